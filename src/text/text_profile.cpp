// SPDX-License-Identifier: Apache-2.0
// A block of 64 bytes becomes a few masks, one bit per byte, and counting becomes arithmetic on them (the way in which
// simdjson reads JSON: Langdale and Lemire, "Parsing Gigabytes of JSON per Second", VLDB Journal 2019).
#include "dj/text/text_profile.hpp"

#include <algorithm>
#include <bit>

#include "dj/text/byte_block.hpp"
#include "text/character_table.hpp"

namespace dj {
namespace {

/// What the bytes of a block are; ASCII characters in the first four, first bytes of any in `leads`.
struct BlockMasks {
    std::uint64_t alphanumeric = 0;
    std::uint64_t plain = 0;  ///< ASCII that is not special.
    std::uint64_t special = 0;
    std::uint64_t breaks = 0;
    std::uint64_t separators = 0;  ///< Of words.
    std::uint64_t leads = 0;
    std::uint64_t wide = 0;  ///< The leads beyond ASCII.
};

BlockMasks classify(const ByteBlock& block) {
    BlockMasks masks;
    const std::uint64_t letters = block.between_caseless('a', 'z');
    const std::uint64_t ascii = block.between(0, 0x7F);
    masks.alphanumeric = letters | block.between('0', '9');
    masks.special = (block.between(0x20, 0x7E) & ~letters) | block.between('\t', '\r');
    masks.plain = ascii & ~masks.special;
    masks.breaks = block.between('\n', '\r') | block.between(0x1C, 0x1E);
    masks.separators = block.equal(' ') | block.equal('\n') | block.equal('\t');
    masks.leads = ascii | block.between(0xC0, 0xFF);
    masks.wide = masks.leads & ~ascii;
    return masks;
}

std::uint64_t count(std::uint64_t mask) { return static_cast<std::uint64_t>(std::popcount(mask)); }

class Profiler {
public:
    explicit Profiler(std::string_view text) : text_(text) {}

    TextProfile run() {
        for (std::size_t at = 0; at < text_.size(); at += ByteBlock::kSize) {
            const std::size_t size = std::min(ByteBlock::kSize, text_.size() - at);
            const std::uint64_t valid = size == ByteBlock::kSize ? ~0ULL : (1ULL << size) - 1;
            BlockMasks masks = classify(ByteBlock(text_, at));
            add_wide(masks, at, valid);
            profile_.alphanumeric += count(masks.alphanumeric & valid);
            profile_.special += count(masks.special & valid);
            // Beyond the end everything separates.
            add_words(masks.plain & valid, ~masks.separators & valid);
            if ((masks.breaks & valid) != 0) add_lines(masks.breaks & valid, masks.leads, at);
            profile_.code_points += count(masks.leads & valid);
        }
        if (line_begin_ < profile_.code_points) end_line(profile_.code_points);
        return profile_;
    }

private:
    /// Looks up the characters beyond ASCII and marks them by their first byte.
    void add_wide(BlockMasks& masks, std::size_t block_at, std::uint64_t valid) {
        for (std::uint64_t left = masks.wide & valid; left != 0; left &= left - 1) {
            const std::uint64_t bit = left & (~left + 1);
            std::size_t at = block_at + static_cast<std::size_t>(std::countr_zero(left));
            const std::uint8_t flags = kCharacterFlags.at(decode_valid(text_, at));
            profile_.alphanumeric += flags & kAlphanumericFlag;
            if ((flags & kSpecialFlag) != 0) {
                ++profile_.special;
            } else {
                masks.plain |= bit;
            }
            if ((flags & kLineBreakFlag) != 0) masks.breaks |= bit;
        }
    }

    /// `plain` bytes make a word of the run of `inside` bytes they are in. Adding the two masks carries from the first
    /// plain byte of a run to its end, which marks that part of the run; it begins once per word.
    void add_words(std::uint64_t plain, std::uint64_t inside) {
        plain |= in_word_ & inside;
        const std::uint64_t word = (inside & ~(inside + plain)) | plain;
        profile_.words += count(word & ~(word << 1 | in_word_));
        in_word_ = word >> 63;
    }

    void add_lines(std::uint64_t breaks, std::uint64_t leads, std::size_t block_at) {
        for (; breaks != 0; breaks &= breaks - 1) {
            const int bit = std::countr_zero(breaks);
            const std::size_t at = block_at + static_cast<std::size_t>(bit);
            const std::uint64_t point = profile_.code_points + count(leads & ((1ULL << bit) - 1));
            const bool second_half = text_[at] == '\n' && at > 0 && text_[at - 1] == '\r';
            if (!second_half) end_line(point);
            line_begin_ = point + 1;
        }
    }

    void end_line(std::uint64_t point) {
        ++profile_.lines;
        profile_.longest_line = std::max(profile_.longest_line, point - line_begin_);
    }

    std::string_view text_;
    TextProfile profile_;
    std::uint64_t in_word_ = 0;     ///< 1 if the block before ended inside a word.
    std::uint64_t line_begin_ = 0;  ///< In code points.
};

/// First bytes behind which every character is a letter: Latin, Cyrillic, Chinese and Korean blocks (compare
/// tests/text/text_profile_test.cpp, which looks at each of their characters).
std::uint64_t lead_letters(const ByteBlock& block) {
    return block.between(0xC4, 0xCA) | block.between(0xD0, 0xD1) | block.between(0xE5, 0xE9) |
           block.between(0xEB, 0xEC);
}

}  // namespace

std::uint64_t count_alphanumeric(std::string_view text) {
    std::uint64_t total = 0;
    for (std::size_t at = 0; at < text.size(); at += ByteBlock::kSize) {
        const ByteBlock block(text, at);
        std::uint64_t alphanumeric = block.between_caseless('a', 'z') | block.between('0', '9');
        const std::uint64_t wide = block.between(0xC0, 0xFF);
        if (wide != 0) {
            const std::uint64_t letters = lead_letters(block);
            alphanumeric |= letters;
            for (std::uint64_t left = wide & ~letters; left != 0; left &= left - 1) {
                std::size_t point_at = at + static_cast<std::size_t>(std::countr_zero(left));
                const std::uint8_t flags = kCharacterFlags.at(decode_valid(text, point_at));
                total += (flags & kAlphanumericFlag) != 0 ? 1U : 0U;
            }
        }
        total += count(alphanumeric);
    }
    return total;
}

TextProfile profile_text(std::string_view text) { return Profiler(text).run(); }

bool is_special_character(char32_t point) { return (kCharacterFlags.at(point) & kSpecialFlag) != 0; }

bool python_is_alphanumeric(char32_t point) { return (kCharacterFlags.at(point) & kAlphanumericFlag) != 0; }

}  // namespace dj
