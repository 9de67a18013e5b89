// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/byte_size.hpp"

#include <array>

#include <fmt/format.h>

namespace dj {

std::string human_bytes(std::uint64_t bytes) {
    constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) return fmt::format("{} B", bytes);
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    // 1023.5 KiB would be shown as 1024 KiB.
    while (value >= 1023.5 && unit + 1 < kUnits.size()) {
        value /= 1024;
        ++unit;
    }
    return value < 9.95 ? fmt::format("{:.1f} {}", value, kUnits[unit])
                        : fmt::format("{:.0f} {}", value, kUnits[unit]);
}

}  // namespace dj
