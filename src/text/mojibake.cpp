// SPDX-License-Identifier: Apache-2.0
#include "text/mojibake.hpp"

#include <array>
#include <cstdint>

#include "text/alphanumeric_ranges.hpp"
#include "text/mojibake_characters.hpp"
#include "text/mojibake_rules.hpp"

namespace dj {
namespace {

using mojibake::kRules;
using mojibake::Rule;
using mojibake::RuleSet;

constexpr char32_t kAsciiEnd = 0x80;
/// Rules are kept in two words, a bit for each of their characters; no rule is in both.
constexpr std::size_t kWords = 2;
constexpr std::size_t kWordBits = 64;
using Bits = std::array<std::uint64_t, kWords>;

/// The index of the range that has the character, of ranges in their order; their number if there is none.
template <class Ranges>
constexpr std::size_t find_range(const Ranges& ranges, char32_t point) {
    std::size_t begin = 0;
    std::size_t end = ranges.size();
    while (begin < end) {
        const std::size_t middle = (begin + end) / 2;
        if (point > ranges[middle].last) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    return begin < ranges.size() && point >= ranges[begin].first ? begin : ranges.size();
}
template <class Ranges>
constexpr bool is_in(const Ranges& ranges, char32_t point) {
    return find_range(ranges, point) < ranges.size();
}

/// `str.isspace`; as in `python_is_space`, but for the compiler.
constexpr std::array<CodePointRange, 10> kSpaces{{{0x9, 0xD},
                                                  {0x1C, 0x20},
                                                  {0x85, 0x85},
                                                  {0xA0, 0xA0},
                                                  {0x1680, 0x1680},
                                                  {0x2000, 0x200A},
                                                  {0x2028, 0x2029},
                                                  {0x202F, 0x202F},
                                                  {0x205F, 0x205F},
                                                  {0x3000, 0x3000}}};

constexpr std::uint32_t categories_of(char32_t point) {
    const std::size_t found = find_range(kMojibakeCharacters, point);
    return found < kMojibakeCharacters.size() ? kMojibakeCharacters[found].classes : 0;
}

constexpr std::uint8_t kinds_of(char32_t point) {
    const bool lower = point >= 'a' && point <= 'z';
    const bool upper = point >= 'A' && point <= 'Z';
    unsigned kinds = lower ? mojibake::kLower : upper ? mojibake::kUpper : mojibake::kNoLetter;
    if (point != '\n') kinds |= mojibake::kNoLineFeed;
    if (is_in(kSpaces, point)) kinds |= mojibake::kSpace;
    if (point == '_' || is_in(kAlphanumericRanges, point)) kinds |= mojibake::kWord;
    return static_cast<std::uint8_t>(kinds);
}

/// All rules at once: bit i of the state says that the text up to here ends with the first characters of a rule, up to the
/// one that bit i stands for (Baeza-Yates and Gonnet, A New Approach to Text Searching, CACM 35, 1992).
class RuleMatcher {
public:
    constexpr RuleMatcher() {
        place_rules();
        for (char32_t point = 0; point < kAsciiEnd; ++point) list(point);
        for (const auto& run : kMojibakeCharacters) list_all(run.first, run.last);
        for (const auto& range : kSpaces) list_all(range.first, range.last);
        for (std::size_t i = 0; i < position_count_; ++i) {
            for (const char32_t point : positions_[i].set->characters) {
                list(point);
                add(masks_[index_.at(point)], i);
            }
        }
        constexpr char32_t kNoWord = 0xE000;
        constexpr char32_t kAnyWord = 0x4E00;
        other_ = bits_of(kNoWord);
        other_word_ = bits_of(kAnyWord);
    }

    [[nodiscard]] bool search(std::u32string_view text, bool from_start) const {
        Bits state{};
        Bits starts = from_start ? text_starts_ : starts_;
        for (const char32_t point : text) {
            const std::uint16_t listed = index_.at(point);
            const Bits& mask = listed != 0 ? masks_[listed] : is_word(point) ? other_word_ : other_;
            std::uint64_t met = 0;
            for (std::size_t word = 0; word < kWords; ++word) {
                state[word] = (state[word] << 1 | starts[word]) & mask[word];
                met |= state[word] & ends_[word];
            }
            if (met != 0) return true;
            starts = starts_;
        }
        return false;
    }

private:
    static bool is_word(char32_t point) { return (kCharacterFlags.at(point) & kAlphanumericFlag) != 0; }

    constexpr void place_rules() {
        std::size_t word = 0;
        std::size_t used = 0;
        for (const Rule& rule : kRules) {
            std::size_t length = 0;
            while (length < rule.sets.size() && !rule.sets[length].empty()) ++length;
            if (used + length > kWordBits) {
                ++word;
                used = 0;
            }
            const std::uint64_t first = std::uint64_t{1} << used;
            for (std::size_t i = 0; i < length; ++i) {
                positions_[position_count_++] = {&rule.sets[i], word, first << i};
            }
            if (!rule.at_start) starts_[word] |= first;
            text_starts_[word] |= first;
            ends_[word] |= first << (length - 1);
            used += length;
        }
        for (std::size_t i = 0; i < position_count_; ++i) {
            const RuleSet& set = *positions_[i].set;
            for (std::size_t bit = 0; bit < kCategories; ++bit) {
                if ((set.categories >> bit & 1) != 0) add(of_category_[bit], i);
            }
            for (std::size_t bit = 0; bit < kKinds; ++bit) {
                if ((set.kinds >> bit & 1) != 0) add(of_kind_[bit], i);
            }
        }
    }
    constexpr void add(Bits& bits, std::size_t position) const {
        bits[positions_[position].word] |= positions_[position].bit;
    }
    /// Where a character may stand by its categories and kinds.
    [[nodiscard]] constexpr Bits bits_of(char32_t point) const {
        Bits bits{};
        const auto unite = [&](const Bits& more) {
            for (std::size_t word = 0; word < kWords; ++word) bits[word] |= more[word];
        };
        const std::uint32_t categories = categories_of(point);
        for (std::size_t bit = 0; bit < kCategories; ++bit) {
            if ((categories >> bit & 1) != 0) unite(of_category_[bit]);
        }
        const std::uint8_t kinds = kinds_of(point);
        for (std::size_t bit = 0; bit < kKinds; ++bit) {
            if ((kinds >> bit & 1) != 0) unite(of_kind_[bit]);
        }
        return bits;
    }
    constexpr void list(char32_t point) {
        if (index_.at(point) != 0) return;
        index_.edit(point) = static_cast<std::uint16_t>(listed_);
        masks_[listed_++] = bits_of(point);
    }
    constexpr void list_all(char32_t first, char32_t last) {
        for (char32_t point = first; point <= last; ++point) list(point);
    }

    /// One character of a rule.
    struct Position {
        const RuleSet* set = nullptr;
        std::size_t word = 0;
        std::uint64_t bit = 0;
    };
    static constexpr std::size_t kCategories = 14;
    static constexpr std::size_t kKinds = 6;
    static constexpr std::size_t kMostListed = 800;
    std::array<Position, kWords * kWordBits> positions_{};
    std::size_t position_count_ = 0;
    std::array<Bits, kCategories> of_category_{};
    std::array<Bits, kKinds> of_kind_{};
    CodePointTable<std::uint16_t, 24, 0> index_{};  ///< Into `masks_`; 0: in no set but by its kind.
    std::array<Bits, kMostListed> masks_{};
    std::size_t listed_ = 1;
    Bits starts_{};
    Bits text_starts_{};
    Bits ends_{};
    Bits other_{};
    Bits other_word_{};
};

constexpr RuleMatcher kRuleMatcher;

}  // namespace

bool is_mojibake(std::u32string_view text, bool from_start) { return kRuleMatcher.search(text, from_start); }

}  // namespace dj
