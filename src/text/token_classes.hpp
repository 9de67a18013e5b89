// SPDX-License-Identifier: Apache-2.0
/// Classes of characters as the regular expressions of byte-level BPE tokenizers see them. Private to `text`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/character_table.hpp"

namespace dj {

/// What `kTokenClasses` says of a character; at most one of the first three.
inline constexpr std::uint8_t kTokenLetter = 1;  ///< `\p{L}`.
inline constexpr std::uint8_t kTokenNumber = 2;  ///< `\p{N}`.
inline constexpr std::uint8_t kTokenSpace = 4;   ///< `\s`.
inline constexpr std::uint8_t kTokenClassMask = 7;
inline constexpr std::uint8_t kPythonLetter = 8;  ///< `str.isalpha` of CPython 3.11.

using TokenClasses = CodePointTable<std::uint8_t, 200, kTokenLetter | kPythonLetter>;
extern const TokenClasses kTokenClasses;

/// The class (0: none of the three) of the character whose first byte is at `at`, which is moved behind it.
inline std::uint8_t next_token_class(std::string_view text, std::size_t& at) {
    return kTokenClasses.at(decode_valid(text, at)) & kTokenClassMask;
}

}  // namespace dj
