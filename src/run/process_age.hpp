// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dj {

/// Seconds since the kernel started this process, to a hundredth; 0 where /proc does not tell.
[[nodiscard]] double process_age_seconds();

}  // namespace dj
