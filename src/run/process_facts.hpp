// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dj {

/// Seconds since the kernel started this process, to a hundredth; 0 where /proc does not tell.
[[nodiscard]] double process_age_seconds();

/// Greatest resident size of this process so far.
[[nodiscard]] std::uint64_t peak_rss_bytes();

}  // namespace dj
