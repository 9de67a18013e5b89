// SPDX-License-Identifier: Apache-2.0
/// Random texts that are full of what word, line and character counting can get wrong.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "dj/text/utf8.hpp"

namespace dj::testing {

class RandomText {
public:
    explicit RandomText(std::uint32_t seed) : random_(seed) {}

    /// Up to `most` pieces: words, separators, line breaks, emoji, marks, letters that change their class in lower case.
    std::string next(std::size_t most) {
        static constexpr std::array<std::string_view, 64> kPieces{
            "a",      "B",       "word",    "The",    "the",
            "Z9",     " ",       " ",       "  ",     "\n",
            "\r\n",   "\r",      "\t",      ".",      ",",
            "--",     "(",       "42",      "\v",     "\f",
            "\x1C",   "\x1D",    "\x1E",    "\x1F",   "\x85",
            "é",      "ß",       "Ø",       "ø",      "Г",
            "г",      "İ",       "ı",       "Σ",      "ΑΣ",
            "σας",    "ς",       "漢字",    "ー",     "一",
            "。",     "　",      "か",      "한국",   "ا",
            "ة",      "हिन्दी",   "e\u0301", "\u0085", "\u2028",
            "\u2029", "\u00A0",  "\u200B",  "😀",      "👨‍👩‍👧",
            "🇩🇪",     "1️⃣", "½",       "٣",      "\x7F",
            "𝔘",      "ⅷ",       "\u0345",  "x"};
        std::string text;
        const std::size_t count = random_() % (most + 1);
        const bool ascii = random_() % 4 == 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::string_view piece = kPieces[random_() % kPieces.size()];
            if (piece == "\x85") continue;  // a byte, not a character
            if (!ascii || ascii_prefix(piece) == piece.size()) text += piece;
        }
        return text;
    }
    /// A text that says the same things again.
    std::string next_repetitive(std::size_t most) {
        std::string text = next(most / 4);
        while (random_() % 4 != 0) {
            const std::string copy = text;
            text += next(2);
            text += copy;
            if (text.size() > 16 * most) break;
        }
        return text;
    }
    std::uint32_t number(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }

private:
    std::mt19937 random_;
};

}  // namespace dj::testing
