// SPDX-License-Identifier: Apache-2.0
/// How a rank's memory budget is divided: the run keeps to it, `--dry-run` reckons with it.
#pragma once

#include <cstdint>

namespace dj {

/// Rows that wait between passes, or for their place in the output; beyond it they go to scratch.
inline constexpr double kStageShare = 0.25;
/// Keys and buffers of one round of a row plan's exchange.
inline constexpr double kExchangeShare = 0.15;
/// Morsels under way with their copies.
inline constexpr double kMorselShare = 0.5;
/// With less, a row plan would take a great many rounds.
inline constexpr std::uint64_t kLeastExchangeBytes = 1 << 20;
// What is left is for the program itself and the allocator's slack.

}  // namespace dj
