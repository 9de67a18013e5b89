// SPDX-License-Identifier: Apache-2.0
/// Which characters beside each other tell that a text was decoded with the wrong encoding: the heuristic of ftfy 6.3.1
/// (BADNESS_RE in ftfy/badness.py), rule by rule. Private to `text`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/mojibake_table.hpp"

namespace dj::mojibake {

/// Sets of a rule that are no category.
inline constexpr std::uint8_t kLower = 1;        ///< a-z
inline constexpr std::uint8_t kUpper = 2;        ///< A-Z
inline constexpr std::uint8_t kSpace = 4;        ///< Python's `\s`
inline constexpr std::uint8_t kWord = 8;         ///< Python's `\w`
inline constexpr std::uint8_t kNoLetter = 16;    ///< anything but a-z and A-Z
inline constexpr std::uint8_t kNoLineFeed = 32;  ///< anything but a line feed

/// A character that is in one of the categories, or one of `characters`, or of one of the kinds.
struct RuleSet {
    std::uint32_t categories = 0;
    std::u32string_view characters{};
    std::uint8_t kinds = 0;
    [[nodiscard]] constexpr bool empty() const { return categories == 0 && characters.empty() && kinds == 0; }
};

/// Characters that follow each other; up to the first empty set.
struct Rule {
    std::array<RuleSet, 7> sets;
    bool at_start = false;  ///< Only at the beginning of the text.
};

inline constexpr std::uint32_t kAccented = kLowerAccented | kUpperAccented;
inline constexpr std::uint32_t kSymbols = kBox | kStart | kEnd | kCurrency | kNumeric | kLaw;

// clang-format off
inline constexpr Rule kRules[] = {
    {{{{kC1}}}},
    {{{{kBad | kAccented | kSymbols}, {kBad}}}},
    {{{{0, U"", kLower | kUpper}, {kLowerCommon | kUpperCommon}, {kBad}}}},
    {{{{kBad}, {kAccented | kSymbols}}}},
    {{{{kLowerAccented | kLowerCommon | kBox | kEnd | kCurrency | kNumeric}, {kUpperAccented}}}},
    {{{{kBox | kEnd | kCurrency | kNumeric}, {kLowerAccented}}}},
    {{{{kLowerAccented | kBox | kEnd}, {kCurrency}}}},
    {{{{0, U"", kSpace}, {kUpperAccented}, {kCurrency}}}},
    {{{{kUpperAccented | kBox}, {kNumeric | kLaw}}}},
    {{{{kAccented | kBox | kCurrency | kEnd}, {kStart}, {kNumeric}}}},
    {{{{kAccented | kCurrency | kNumeric | kBox | kLaw}, {kEnd}, {kStart}}}},
    {{{{kCurrency | kNumeric | kBox}, {kStart}}}},
    {{{{0, U"", kLower}, {kUpperAccented}, {kStart | kCurrency}}}},
    {{{{kBox}, {kKaomoji}}}},
    {{{{kAccented | kCurrency | kNumeric | kStart | kEnd | kLaw}, {kBox}}}},
    {{{{kBox}, {kEnd}}}},
    {{{{kAccented}, {kStart | kEnd}, {0, U"", kWord}}}},
    {{{{0, U"Œœ"}, {0, U"", kNoLetter}}}},
    {{{{kUpperAccented}, {0, U"°"}}}},
    // Pairs of Windows-1252.
    {{{{0, U"ÂÃÎÐ"}, {kStart | kEnd, U"€œŠš¢£Ÿž\u00A0\u00AD®©°·»–—´"}}}},
    {{{{0, U"×"}, {0, U"²³"}}}},
    // Arabic in Windows-1252: the characters are common, so two pairs are asked for.
    {{{{0, U"ØÙ"}, {kCommon | kCurrency | kBad | kNumeric | kStart, U"ŸŠ®°µ»"},
       {0, U"ØÙ"}, {kCommon | kCurrency | kBad | kNumeric | kStart, U"ŸŠ®°µ»"}}}},
    // Alphabets of South Asia in Windows-1252.
    {{{{0, U"à"}, {0, U"²µ¹¼½¾"}}}},
    // MacRoman.
    {{{{0, U"√"}, {0, U"±∂†≠®™´≤≥¥µø"}}}},
    {{{{0, U"≈"}, {0, U"°¢"}}}},
    {{{{0, U"‚"}, {0, U"Ä"}, {0, U"ìîïòôúùû†°¢π"}}}},
    {{{{0, U"‚"}, {0, U"âó"}, {0, U"àä°ê"}}}},
    // Windows-1251: U+2000 and on, Latin-1 or Cyrillic, and that on top of Windows-1252.
    {{{{0, U"в"}, {0, U"Ђ"}}}},
    {{{{0, U"ВГРС"}, {kC1 | kBad | kStart | kEnd | kCurrency, U"°µ"}, {0, U"ВГРС"}}}},
    {{{{0, U"Г"}, {0, U"ў"}, {0, U"В"}, {0, U"Ђ"}, {0, U"В"}, {0, U"", kNoLineFeed}, {0, U" ", kLower | kUpper}}}},
    // Windows-1252 for à, á and the no-break space.
    {{{{0, U"Ã"}, {0, U"\u00A0¡"}}}},
    {{{{0, U"", kLower}, {0, U"ÃÂ"}, {0, U" "}}}},
    {{{{0, U"", kLower}, {0, U"", kSpace}, {0, U"ÃÂ"}, {0, U" "}}}},
    {{{{0, U"ÃÂ"}, {0, U" "}}}, true},
    // The same character in Windows-1252 and, behind Â, in UTF-8.
    {{{{kEnd, U".,?!", kLower}, {0, U"Â"}, {kStart | kEnd, U" "}}}},
    // Windows-1253: U+2000 and on, Latin-1 or Greek.
    {{{{0, U"β"}, {0, U"€"}, {0, U"™\u00A0Ά\u00AD®°"}}}},
    {{{{0, U"ΒΓΞΟ"}, {kC1 | kBad | kStart | kEnd | kCurrency, U"°"}, {0, U"ΒΓΞΟ"}}}},
    // Windows-1257: U+2000 and on.
    {{{{0, U"ā"}, {0, U"€"}}}},
};
// clang-format on

/// A text without any of these meets no rule: each rule has one of them among its first four characters.
inline constexpr RuleSet kTriggers{
    kC1 | kBad | kUpperAccented | kNumeric | kCurrency | kLaw | kStart | kEnd | kBox, U"ŒœÙЂ°"};
/// Characters in front of a trigger, and behind it, that a rule may take in.
inline constexpr std::size_t kReachBack = 3;
inline constexpr std::size_t kReachOn = 6;

}  // namespace dj::mojibake
