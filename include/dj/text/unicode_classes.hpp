// SPDX-License-Identifier: Apache-2.0
/// Classes and mappings of characters with the meaning of Python's `str` (3.11, Unicode 14) and of the `regex` module,
/// on which Data-Juicer's results depend. Text is valid UTF-8. Stateless and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dj {

/// `str.isspace` of one character, which is also what `str.strip()` removes and what `\s` of module `re` matches.
[[nodiscard]] bool python_is_space(char32_t point);

/// `\s` of module `regex`: without U+001C to U+001F.
[[nodiscard]] bool regex_is_space(char32_t point);

/// `\d` of module `regex`.
[[nodiscard]] bool regex_is_digit(char32_t point);

/// `\w` of module `regex`, by which its `\b` goes too: letters, marks, digits and connectors.
[[nodiscard]] bool regex_is_word(char32_t point);

/// `str.isalpha` of one character.
[[nodiscard]] bool python_is_alphabetic(char32_t point);

/// The characters of `text` for which `str.isalpha` holds. Never reads out of bounds whatever it is given.
[[nodiscard]] std::uint64_t count_alphabetic(std::string_view text);

/// `str.strip()`: a part of `text`.
[[nodiscard]] std::string_view python_strip(std::string_view text);

/// `not str.strip()`.
[[nodiscard]] bool python_is_blank(std::string_view text);

/// Appends `str.lower()`: full mappings, final sigma by its context, no locale.
void append_python_lower(std::string& out, std::string_view text);

}  // namespace dj
