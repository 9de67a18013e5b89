// SPDX-License-Identifier: Apache-2.0
/// Invalid UTF-8: where it is, and what Python's `errors="replace"` makes of it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dj {

/// At simdjson's speed.
[[nodiscard]] bool utf8_is_sound(std::string_view bytes);

/// Offset of the first byte that is no valid UTF-8; the size of `bytes` if all are.
[[nodiscard]] std::size_t first_invalid_utf8(std::string_view bytes);

/// Appends `bytes` to `out`; each longest prefix of a character that does not go on becomes one U+FFFD.
void append_repaired_utf8(std::string& out, std::string_view bytes);

}  // namespace dj
