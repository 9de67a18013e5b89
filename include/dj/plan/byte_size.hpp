// SPDX-License-Identifier: Apache-2.0
/// Byte counts as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace dj {

inline constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20U;

/// "512 B", "8.5 KiB", "12 MiB", "3.4 GiB": three significant digits at most.
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

}  // namespace dj
