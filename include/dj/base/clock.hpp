// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace dj {

/// Wall-clock time in seconds since the epoch: for records, never for durations.
[[nodiscard]] inline double seconds_since_epoch() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace dj
