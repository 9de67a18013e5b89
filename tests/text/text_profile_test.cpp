// SPDX-License-Identifier: Apache-2.0
#include "dj/text/text_profile.hpp"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"
#include "support/random_text.hpp"

namespace dj {
namespace {

bool breaks_line(char32_t point) {
    return (point >= 0x0A && point <= 0x0D) || (point >= 0x1C && point <= 0x1E) || point == 0x85 ||
           point == 0x2028 || point == 0x2029;
}

/// The same counts, one character after the other.
TextProfile plainly(std::string_view text) {
    TextProfile profile;
    std::uint64_t line = 0;
    bool open_line = false;
    bool counted_word = false;
    char32_t before = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t point = next_code_point(text, at);
        ++profile.code_points;
        if (python_is_alphanumeric(point)) ++profile.alphanumeric;
        if (is_special_character(point)) {
            ++profile.special;
        } else if (!counted_word) {
            counted_word = true;
            ++profile.words;
        }
        if (point == ' ' || point == '\n' || point == '\t') counted_word = false;
        if (point == '\n' && before == '\r') {
            before = point;
            continue;
        }
        before = point;
        open_line = !breaks_line(point);
        if (open_line) {
            ++line;
            continue;
        }
        ++profile.lines;
        profile.longest_line = std::max(profile.longest_line, line);
        line = 0;
    }
    if (open_line) {
        ++profile.lines;
        profile.longest_line = std::max(profile.longest_line, line);
    }
    return profile;
}

void expect_equal(const TextProfile& got, const TextProfile& want, std::string_view text) {
    EXPECT_EQ(got.code_points, want.code_points) << text;
    EXPECT_EQ(count_alphanumeric(text), want.alphanumeric) << text;
    std::uint64_t letters = 0;
    for (std::size_t at = 0; at < text.size();)
        letters += python_is_alphabetic(next_code_point(text, at)) ? 1U : 0U;
    EXPECT_EQ(count_alphabetic(text), letters) << text;
    EXPECT_EQ(got.alphanumeric, want.alphanumeric) << text;
    EXPECT_EQ(got.special, want.special) << text;
    EXPECT_EQ(got.words, want.words) << text;
    EXPECT_EQ(got.lines, want.lines) << text;
    EXPECT_EQ(got.longest_line, want.longest_line) << text;
}

TEST(TextProfile, IsThatOfTheText) {
    const TextProfile profile = profile_text("Ab 1, \xC3\xA9t\xC3\xA9 --\r\nlast line\n");
    EXPECT_EQ(profile.code_points, 24U);
    EXPECT_EQ(profile.alphanumeric, 14U);
    EXPECT_EQ(profile.special, 11U);
    EXPECT_EQ(profile.words, 4U);
    EXPECT_EQ(profile.lines, 2U);
    EXPECT_EQ(profile.longest_line, 12U);
}

TEST(TextProfile, OfNothingIsZeros) { expect_equal(profile_text(""), TextProfile{}, ""); }

TEST(TextProfile, IsThatOfAPlainWalk) {
    testing::RandomText random(1);
    for (int i = 0; i < 20000; ++i) {
        const std::string text = random.next(i % 100 == 0 ? 2000 : 60);
        expect_equal(profile_text(text), plainly(text), text);
        if (HasFailure()) return;
    }
}

TEST(TextProfile, LettersAreCountedCharacterByCharacter) {
    for (char32_t point = 0; point <= 0x10FFFF; ++point) {
        if (point >= 0xD800 && point < 0xE000) continue;
        std::string text;
        append_code_point(text, point);
        ASSERT_EQ(count_alphanumeric(text), python_is_alphanumeric(point) ? 1U : 0U)
            << static_cast<std::uint32_t>(point);
        ASSERT_EQ(count_alphabetic(text), python_is_alphabetic(point) ? 1U : 0U)
            << static_cast<std::uint32_t>(point);
    }
}

TEST(TextProfile, CarriesWordsAndLinesOverBlocks) {
    for (std::size_t before = 50; before < 80; ++before) {
        for (const std::string_view middle :
             {"\r\n", "\n", "a", " ", "\xE2\x80\xA8", "\xC2\x85", ".", "\xE6\xBC\xA2"}) {
            for (const char fill : {'x', '.', ' ', '\n'}) {
                const auto text = std::string(before, fill) + std::string(middle) + std::string(before, fill);
                expect_equal(profile_text(text), plainly(text), text);
            }
        }
    }
}

TEST(TextProfile, ReadsNothingBehindDamagedText) {
    for (const std::string_view text :
         {"\xF0", "\xE2\x80", "a\xC3", "\x80\x80", "\xFF\xFE", "ab\xF4\x90\x80\x80"}) {
        const std::string exact(text);  // on the heap, where a sanitizer sees its end
        EXPECT_LE(profile_text(exact).code_points, exact.size());
    }
}

/// "0041-005A 0061", as the recorder writes it.
std::vector<std::pair<char32_t, char32_t>> ranges(const std::string& text) {
    std::vector<std::pair<char32_t, char32_t>> result;
    std::istringstream in(text);
    for (std::string range; in >> range;) {
        const auto dash = range.find('-');
        const auto hex = [](const std::string& digits) {
            return static_cast<char32_t>(std::stoul(digits, nullptr, 16));
        };
        result.emplace_back(hex(range.substr(0, dash)),
                            hex(dash == std::string::npos ? range : range.substr(dash + 1)));
    }
    return result;
}

template <class Class>
std::vector<std::pair<char32_t, char32_t>> ranges_of(Class is_member) {
    std::vector<std::pair<char32_t, char32_t>> result;
    for (char32_t point = 0; point <= 0x10FFFF; ++point) {
        if ((point >= 0xD800 && point < 0xE000) || !is_member(point)) continue;
        if (!result.empty() && result.back().second + 1 == point) {
            result.back().second = point;
        } else {
            result.emplace_back(point, point);
        }
    }
    return result;
}

TEST(TextProfile, ClassesAreThoseRecordedFromPythonAndDataJuicer) {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    std::ifstream file(std::string(root == nullptr ? "." : root) + "/tests/goldens/unicode_classes.json");
    const auto classes = nlohmann::json::parse(file);
    EXPECT_EQ(ranges_of(python_is_alphanumeric), ranges(classes.at("str.isalnum").get<std::string>()));
    EXPECT_EQ(ranges_of(python_is_alphabetic), ranges(classes.at("str.isalpha").get<std::string>()));
    EXPECT_EQ(ranges_of(is_special_character), ranges(classes.at("SPECIAL_CHARACTERS").get<std::string>()));
    EXPECT_FALSE(is_special_character(0x110000));
}

}  // namespace
}  // namespace dj
