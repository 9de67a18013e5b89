// SPDX-License-Identifier: Apache-2.0
/// Lines and words of a text as Python's `str.splitlines()` and `str.split()` find them. Text is valid UTF-8. Stateless and
/// thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dj {

/// Whether a character of `text` is white space, which all line ends are.
[[nodiscard]] bool has_python_space(std::string_view text);

/// `len(text.split())`.
[[nodiscard]] std::uint64_t count_python_words(std::string_view text);

/// Takes the next line of `text.splitlines()` off `rest`, which begins as the text. nullopt behind the last.
[[nodiscard]] std::optional<std::string_view> next_python_line(std::string_view& rest);

}  // namespace dj
