// SPDX-License-Identifier: Apache-2.0
#include "text/token_classes.hpp"

#include <bit>
#include <span>

#include "dj/text/byte_block.hpp"
#include "dj/text/unicode_classes.hpp"
#include "text/token_class_ranges.hpp"

namespace dj {
namespace {

constexpr char32_t kPageSize = TokenClasses::kPageSize;

constexpr TokenClasses make_letters() {
    TokenClasses classes;
    for (const CodePointRange range : kTokenLetterRanges) {
        char32_t point = range.first;
        while (point <= range.last) {
            if (point % kPageSize == 0 && point + kPageSize <= range.last + 1) {
                classes.fill_page(point);
                point += kPageSize;
            } else {
                classes.edit(point++) |= kTokenLetter | kPythonLetter;
            }
        }
    }
    for (const CodePointRange range : kNewerLetterRanges) {
        for (char32_t point = range.first; point <= range.last; ++point) classes.edit(point) = kTokenLetter;
    }
    return classes;
}
/// By itself: in one go it would be more steps than compilers allow.
constexpr TokenClasses kLetters = make_letters();

constexpr TokenClasses make_token_classes() {
    TokenClasses classes = kLetters;
    for (const CodePointRange range : kTokenNumberRanges) {
        for (char32_t point = range.first; point <= range.last; ++point) classes.edit(point) |= kTokenNumber;
    }
    constexpr std::array<CodePointRange, 10> kSpaces{{{'\t', '\r'},
                                                      {' ', ' '},
                                                      {0x85, 0x85},
                                                      {0xA0, 0xA0},
                                                      {0x1680, 0x1680},
                                                      {0x2000, 0x200A},
                                                      {0x2028, 0x2029},
                                                      {0x202F, 0x202F},
                                                      {0x205F, 0x205F},
                                                      {0x3000, 0x3000}}};
    for (const CodePointRange range : kSpaces) {
        for (char32_t point = range.first; point <= range.last; ++point) classes.edit(point) |= kTokenSpace;
    }
    return classes;
}

}  // namespace

constinit const TokenClasses kTokenClasses = make_token_classes();

std::uint64_t count_alphabetic(std::string_view text) {
    std::uint64_t total = 0;
    for (std::size_t at = 0; at < text.size(); at += ByteBlock::kSize) {
        const ByteBlock block(text, at);
        total += static_cast<std::uint64_t>(std::popcount(block.between_caseless('a', 'z')));
        for (std::uint64_t left = block.between(0xC0, 0xFF); left != 0; left &= left - 1) {
            std::size_t point_at = at + static_cast<std::size_t>(std::countr_zero(left));
            total += (kTokenClasses.at(decode_valid(text, point_at)) & kPythonLetter) != 0 ? 1U : 0U;
        }
    }
    return total;
}

bool python_is_alphabetic(char32_t point) { return (kTokenClasses.at(point) & kPythonLetter) != 0; }

}  // namespace dj
