// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include "dj/ops/op_spec.hpp"
#include "ops/mapper/character_sieve.hpp"

namespace dj {
namespace {

/// Data-Juicer's list of what counts as punctuation; white space other than U+0020 is not on it.
constexpr std::u32string_view kPunctuation = U".， ,-。%《*》/•、&＆(—)（+）：？!！“”·";

bool is_chinese(char32_t point) { return point >= 0x4E00 && point <= 0x9FA5; }

struct RemoveNonChineseCharacterMapper {
    bool keep_alphabet = true;
    bool keep_number = true;
    bool keep_punc = true;

    void prepare() {
        for (std::size_t byte = 0; byte < kAscii; ++byte) {
            const auto c = static_cast<char>(byte);
            const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            const bool digit = c >= '0' && c <= '9';
            const bool punctuation = kPunctuation.find(static_cast<char32_t>(byte)) != kPunctuation.npos;
            ascii_stays_[byte] =
                (letter && keep_alphabet) || (digit && keep_number) || (punctuation && keep_punc);
        }
    }

    void map(const Sample& sample) const {
        remove_characters(
            sample, [&](std::string_view text, std::size_t at) { return skip_what_stays(text, at); },
            [&](char32_t point) {
                if (point < kAscii) return !ascii_stays_[point];
                if (is_chinese(point)) return false;
                return !keep_punc || kPunctuation.find(point) == kPunctuation.npos;
            });
    }

private:
    /// Not all of it: what can be told by first bytes. Those from E5 to E8 begin characters from U+5000 to U+8FFF.
    [[nodiscard]] std::size_t skip_what_stays(std::string_view text, std::size_t at) const {
        while (at < text.size()) {
            const auto byte = static_cast<unsigned char>(text[at]);
            if (byte < kAscii && ascii_stays_[byte]) {
                ++at;
            } else if (byte >= 0xE5 && byte <= 0xE8) {
                at += 3;
            } else {
                return at;
            }
        }
        return text.size();
    }

    static constexpr std::size_t kAscii = 0x80;
    std::array<bool, kAscii> ascii_stays_{};
};

}  // namespace

OpSpec remove_non_chinese_character_mapper() {
    using T = RemoveNonChineseCharacterMapper;
    return Describe<T>(
               "remove_non_chinese_character_mapper",
               "Removes all characters but Chinese ones and, if wanted, ASCII letters, digits and some "
               "punctuation.\n\n"
               "Chinese characters are those from U+4E00 to U+9FA5. Line breaks and tabs always go.")
        .param(&T::keep_alphabet, "keep_alphabet", "Whether the letters a to z and A to Z stay.")
        .param(&T::keep_number, "keep_number", "Whether the digits 0 to 9 stay.")
        .param(&T::keep_punc, "keep_punc",
               "Whether these stay: the space and `.` `,` `-` `%` `*` `/` `&` `(` `)` `+` `!` `，` `。` `《` "
               "`》` `•` "
               "`、` `＆` `—` `（` `）` `：` `？` `！` `“` `”` `·`.")
        .example("{}", R"("汉字 ABC 123，\né?")", R"("汉字 ABC 123，")")
        .example(R"({"keep_alphabet": false, "keep_number": false, "keep_punc": false})",
                 R"("汉字 ABC 123，")", R"("汉字")");
}

}  // namespace dj
