// SPDX-License-Identifier: Apache-2.0
/// The counts that filters ask of a text, all from one walk over it: ASCII 64 bytes at a time, other characters by
/// table. Stateless and thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace dj {

struct TextProfile {
    std::uint64_t code_points = 0;   ///< Python's `len`.
    std::uint64_t alphanumeric = 0;  ///< Characters for which `str.isalnum` holds.
    std::uint64_t special = 0;       ///< Data-Juicer's SPECIAL_CHARACTERS.
    std::uint64_t words =
        0;  ///< Pieces between spaces, tabs and line feeds with a character that is not special.
    std::uint64_t lines = 0;         ///< `len(str.splitlines())`.
    std::uint64_t longest_line = 0;  ///< In characters, line breaks aside.
};

/// Expects valid UTF-8; never reads out of bounds whatever it is given.
[[nodiscard]] TextProfile profile_text(std::string_view text);

/// `TextProfile::alphanumeric` alone, for less.
[[nodiscard]] std::uint64_t count_alphanumeric(std::string_view text);

/// Whether `point` is one of Data-Juicer's SPECIAL_CHARACTERS.
[[nodiscard]] bool is_special_character(char32_t point);

/// `str.isalnum` of one character.
[[nodiscard]] bool python_is_alphanumeric(char32_t point);

}  // namespace dj
