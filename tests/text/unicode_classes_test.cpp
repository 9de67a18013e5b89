// SPDX-License-Identifier: Apache-2.0
// All code points against CPython 3.11 and `regex` 2026.11.15, as digests over one character ('0' or '1') each.
#include "dj/text/unicode_classes.hpp"

#include <gtest/gtest.h>

#include "dj/base/hash.hpp"
#include "dj/text/python_regex.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

template <class Visit>
void for_each_code_point(Visit visit) {
    for (char32_t point = 0; point < 0x110000; ++point) {
        if (point < 0xD800 || point >= 0xE000) visit(point);
    }
}

template <class Class>
std::string digest_of(Class is_member) {
    std::string flags;
    for_each_code_point([&](char32_t point) { flags += is_member(point) ? '1' : '0'; });
    return to_hex(md5(flags));
}

std::string digest_of_pattern(std::string_view pattern, RegexModule module) {
    const PythonRegex regex(pattern, module, false);
    RegexMatcher matcher(regex);
    return digest_of([&](char32_t point) {
        std::string text;
        append_code_point(text, point);
        matcher.start(text);
        return matcher.next() == RegexOutcome::match;
    });
}

constexpr auto* kIsSpace = "3e7fee61e3c6a715bc72c23622ffd348";
constexpr auto* kRegexSpace = "883011aa124542014c73add7435ec02d";
constexpr auto* kRegexDigit = "823ccd25f373019cfdba113d756eac13";
constexpr auto* kRegexWord = "8e9ae43cd73d30f94c4fa76b8c69f532";
constexpr auto* kReDigit = "8f4b43c507d6f66c79e2096f52dcee71";
constexpr auto* kReWord = "f30c8a8095094ad5572889e9d96ccb0f";

TEST(UnicodeClasses, AreThoseOfPython) {
    EXPECT_EQ(digest_of(python_is_space), kIsSpace);
    EXPECT_EQ(digest_of(regex_is_space), kRegexSpace);
    EXPECT_EQ(digest_of(regex_is_digit), kRegexDigit);
    EXPECT_EQ(digest_of(regex_is_word), kRegexWord);
}

TEST(UnicodeClasses, AreTheSameInPatterns) {
    EXPECT_EQ(digest_of_pattern(R"(\s)", RegexModule::re), kIsSpace);
    EXPECT_EQ(digest_of_pattern(R"(\d)", RegexModule::re), kReDigit);
    EXPECT_EQ(digest_of_pattern(R"(\w)", RegexModule::re), kReWord);
    EXPECT_EQ(digest_of_pattern(R"(\s)", RegexModule::regex), kRegexSpace);
    EXPECT_EQ(digest_of_pattern(R"(\d)", RegexModule::regex), kRegexDigit);
    EXPECT_EQ(digest_of_pattern(R"([^\W])", RegexModule::regex), kRegexWord);
    EXPECT_EQ(digest_of_pattern(R"(\b(?s:.))", RegexModule::regex), kRegexWord);
    EXPECT_EQ(digest_of_pattern(R"((?s:.)\b)", RegexModule::regex), kRegexWord);
    EXPECT_EQ(digest_of_pattern(R"((?!\B)(?s:.)(?!\B))", RegexModule::regex), kRegexWord);
}

TEST(PythonLower, EveryCharacter) {
    std::string lowered;
    for_each_code_point([&](char32_t point) {
        std::string text;
        append_code_point(text, point);
        append_python_lower(lowered, text);
        lowered += '\n';
    });
    EXPECT_EQ(to_hex(md5(lowered)), "121d5b89d8135eaa8c4a04c32f337ae5");
}

TEST(PythonLower, SigmaBesideEveryCharacter) {
    std::string lowered;
    for_each_code_point([&](char32_t point) {
        std::string c;
        append_code_point(c, point);
        append_python_lower(lowered, "A" + c + "Σ" + c + "b " + c + "Σ" + c + " AΣ" + c);
        lowered += '\n';
    });
    EXPECT_EQ(to_hex(md5(lowered)), "a9e7bdf006ea5360d24f519cbf39f2ae");
}

TEST(PythonLower, AsciiRunsOfEveryLength) {
    for (std::size_t length = 0; length < 40; ++length) {
        std::string lowered;
        append_python_lower(lowered, std::string(length, 'Z') + "É@[`{");
        EXPECT_EQ(lowered, std::string(length, 'z') + "é@[`{");
    }
}

TEST(PythonStrip, TakesSpacesOfBothEndsAlone) {
    EXPECT_EQ(python_strip(""), "");
    EXPECT_EQ(python_strip(" \t\n\x1c\u3000"), "");
    EXPECT_EQ(python_strip("\u2028\x1f a \u00a0b\u0085\u205f"), "a \u00a0b");
    EXPECT_EQ(python_strip("\u200b a\ufeff"), "\u200b a\ufeff");
    EXPECT_EQ(python_strip(std::string_view("\0 ", 2)), std::string_view("\0", 1));
    EXPECT_TRUE(python_is_blank("\u2000\r\n"));
    EXPECT_TRUE(python_is_blank(""));
    EXPECT_FALSE(python_is_blank("\u200b"));
}

}  // namespace
}  // namespace dj
