// SPDX-License-Identifier: Apache-2.0
/// Classes and lower case of any character in two loads: a page of 256 characters, then the place in it. Private to
/// `text`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dj/text/utf8.hpp"

namespace dj {

/// What `kCharacterFlags` says of a character, in sums.
inline constexpr std::uint8_t kAlphanumericFlag = 1;  ///< `str.isalnum`.
inline constexpr std::uint8_t kSpecialFlag = 2;       ///< One of Data-Juicer's SPECIAL_CHARACTERS.
inline constexpr std::uint8_t kLineBreakFlag = 4;     ///< Ends a line for `str.splitlines`.

/// A value per code point. Page 0 is all zeros and page 1 all `Fill`; they stand for any number of pages of the code
/// space. The others, `Pages` in all, stand for one each.
template <class Value, std::size_t Pages, Value Fill>
class CodePointTable {
public:
    static constexpr std::size_t kPageSize = 256;
    static constexpr char32_t kLast = 0x10FFFF;

    constexpr CodePointTable() { pages_[1].fill(Fill); }

    [[nodiscard]] constexpr Value at(char32_t point) const {
        return point > kLast ? Value{} : pages_[page_of_[point / kPageSize]][point % kPageSize];
    }
    /// Where the value of `point` is set.
    constexpr Value& edit(char32_t point) {
        std::uint8_t& page = page_of_[point / kPageSize];
        if (page < kShared) {
            pages_[used_] = pages_[page];
            page = static_cast<std::uint8_t>(used_++);
        }
        return pages_[page][point % kPageSize];
    }
    /// Gives `Fill` to the 256 characters that `point` is the first of.
    constexpr void fill_page(char32_t point) { page_of_[point / kPageSize] = 1; }

private:
    static constexpr std::size_t kShared = 2;
    std::array<std::uint8_t, (kLast + 1) / kPageSize> page_of_{};
    std::array<std::array<Value, kPageSize>, Pages> pages_{};
    std::size_t used_ = kShared;
};

using CharacterFlags = CodePointTable<std::uint8_t, 160, kAlphanumericFlag>;
extern const CharacterFlags kCharacterFlags;

/// How far away the lower case of a character is, where that is one other character; ASCII included.
using LowerCaseDeltas = CodePointTable<std::int32_t, 26, 0>;
extern const LowerCaseDeltas kLowerCaseDeltas;

/// The code point whose first byte is at `at`, which is moved behind it. Malformed text gives any number.
inline char32_t decode_valid(std::string_view text, std::size_t& at) {
    constexpr std::size_t kLongest = 4;
    if (at + kLongest > text.size()) return next_code_point(text, at);
    const auto byte = [&](std::size_t i) {
        return static_cast<char32_t>(static_cast<unsigned char>(text[at + i]));
    };
    const char32_t lead = byte(0);
    const auto tail = [&](std::size_t i) { return byte(i) & 0x3F; };
    if (lead < 0x80) {
        ++at;
        return lead;
    }
    if (lead < 0xE0) {
        const char32_t point = (lead & 0x1F) << 6 | tail(1);
        at += 2;
        return point;
    }
    if (lead < 0xF0) {
        const char32_t point = (lead & 0x0F) << 12 | tail(1) << 6 | tail(2);
        at += 3;
        return point;
    }
    const char32_t point = (lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3);
    at += 4;
    return point;
}

}  // namespace dj
