// SPDX-License-Identifier: Apache-2.0
#include "text/mojibake.hpp"

#include <array>
#include <cstdint>
#include <iterator>
#include <vector>

#include "dj/base/error.hpp"
#include "dj/text/unicode_classes.hpp"
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

bool is_word(char32_t point) { return point == '_' || (kCharacterFlags.at(point) & kAlphanumericFlag) != 0; }

bool contains(const RuleSet& set, char32_t point) {
    const bool lower = point >= 'a' && point <= 'z';
    const bool upper = point >= 'A' && point <= 'Z';
    const auto is = [&](std::uint8_t kind) { return (set.kinds & kind) != 0; };
    return (set.categories & kMojibakeClasses.at(point)) != 0 ||
           set.characters.find(point) != std::u32string_view::npos || (is(mojibake::kLower) && lower) ||
           (is(mojibake::kUpper) && upper) || (is(mojibake::kSpace) && python_is_space(point)) ||
           (is(mojibake::kWord) && is_word(point)) || (is(mojibake::kNoLetter) && !lower && !upper) ||
           (is(mojibake::kNoLineFeed) && point != '\n');
}

/// All rules at once: bit i of the state says that the text up to here ends with the first characters of a rule, up to the
/// one that bit i stands for (Baeza-Yates and Gonnet, A New Approach to Text Searching, CACM 35, 1992).
class RuleMatcher {
public:
    RuleMatcher() {
        place_rules();
        for (char32_t point = 0; point < kAsciiEnd; ++point) add(point);
        for (const Position& position : positions_) {
            for (const char32_t point : position.set->characters) add(point);
        }
        constexpr char32_t kPlaneEnd = 0x10000;
        for (char32_t point = kAsciiEnd; point < kPlaneEnd; ++point) {
            if (kMojibakeClasses.at(point) != 0 || python_is_space(point)) add(point);
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
            const std::uint8_t listed = class_of_.at(point);
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
    struct Position {
        const RuleSet* set;
        std::size_t word;
        std::uint64_t bit;
    };

    void place_rules() {
        std::size_t word = 0;
        std::size_t used = 0;
        for (const Rule& rule : kRules) {
            std::size_t length = 0;
            while (length < rule.sets.size() && !rule.sets[length].empty()) ++length;
            if (used + length > kWordBits) {
                ++word;
                used = 0;
            }
            if (word == kWords) throw Bug("text/mojibake.cpp: kWords is too small for the rules");
            for (std::size_t i = 0; i < length; ++i) {
                positions_.push_back({&rule.sets[i], word, std::uint64_t{1} << (used + i)});
            }
            if (!rule.at_start) starts_[word] |= std::uint64_t{1} << used;
            text_starts_[word] |= std::uint64_t{1} << used;
            ends_[word] |= std::uint64_t{1} << (used + length - 1);
            used += length;
        }
    }
    [[nodiscard]] Bits bits_of(char32_t point) const {
        Bits bits{};
        for (const Position& position : positions_) {
            if (contains(*position.set, point)) bits[position.word] |= position.bit;
        }
        return bits;
    }
    void add(char32_t point) {
        const Bits bits = bits_of(point);
        std::size_t found = 1;
        while (found < masks_.size() && masks_[found] != bits) ++found;
        if (found == masks_.size()) masks_.push_back(bits);
        class_of_.edit(point) = static_cast<std::uint8_t>(found);
    }

    std::vector<Position> positions_;
    CodePointTable<std::uint8_t, 24, 0> class_of_;  ///< Index of `masks_`; 0: in no set by name.
    std::vector<Bits> masks_ = std::vector<Bits>(1);
    Bits starts_{};
    Bits text_starts_{};
    Bits ends_{};
    Bits other_{};
    Bits other_word_{};
};

const RuleMatcher& rule_matcher() {
    static const RuleMatcher kMatcher;
    return kMatcher;
}

}  // namespace

bool is_mojibake(std::u32string_view text, bool from_start) {
    return rule_matcher().search(text, from_start);
}

}  // namespace dj
