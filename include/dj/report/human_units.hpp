// SPDX-License-Identifier: Apache-2.0
/// Figures as people read them. ASCII only; decimal units (1 MB = 1,000,000 bytes).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dj {

[[nodiscard]] std::string show_count(std::uint64_t count);  ///< 1,234,567
[[nodiscard]] std::string show_bytes(std::uint64_t bytes);  ///< 512 B, 1.5 MB
[[nodiscard]] std::string show_duration(double seconds);    ///< 0.12 s, 3 min 20 s, 2 h 05 min, 3 d 04 h
[[nodiscard]] std::string show_time(double seconds_since_epoch);  ///< 2026-01-02 03:04:05 UTC
[[nodiscard]] std::string show_rate(double per_second);           ///< 0.12, 3.4, 123, 12,345
/// Control characters as escapes, so that what stands in a file cannot drive a terminal or forge a line.
[[nodiscard]] std::string show_text(std::string_view text);
/// At most `width` characters, with `...` in the middle where something is left out.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t width);
/// Characters (code points) of UTF-8 text.
[[nodiscard]] std::size_t display_width(std::string_view text);

}  // namespace dj
