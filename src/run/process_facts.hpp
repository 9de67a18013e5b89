// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dj {

/// Seconds since the kernel started this process, to a hundredth; 0 where /proc does not tell.
[[nodiscard]] double process_age_seconds();

struct ProcessUse {
    double cpu_seconds = 0;  ///< Of all threads so far.
    std::uint64_t rss_bytes = 0;
    std::uint64_t peak_rss_bytes = 0;
};
/// Costs a few microseconds.
[[nodiscard]] ProcessUse process_use();

}  // namespace dj
