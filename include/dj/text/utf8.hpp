// SPDX-License-Identifier: Apache-2.0
/// Code points in UTF-8. All functions expect valid UTF-8 unless they say otherwise, and never read out of bounds
/// whatever they are given. Stateless and thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dj {

/// Whether `bytes` is UTF-8: no overlong forms, no surrogates, nothing beyond U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view bytes);

/// Python's `len(str)`.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

/// Bytes that the first `count` code points of `text` take; all of it if there are no more.
[[nodiscard]] std::size_t bytes_of_code_points(std::string_view text, std::size_t count);

/// The code point at `at`, which is moved behind it. A malformed sequence gives U+FFFD and moves by one byte.
[[nodiscard]] char32_t next_code_point(std::string_view text, std::size_t& at);

/// The code point that ends at `end`, which is moved in front of it.
[[nodiscard]] char32_t previous_code_point(std::string_view text, std::size_t& end);

void append_code_point(std::string& out, char32_t point);

/// The length of the ASCII run at the beginning of `text`.
[[nodiscard]] std::size_t ascii_prefix(std::string_view text);

}  // namespace dj
