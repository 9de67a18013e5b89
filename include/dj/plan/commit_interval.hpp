// SPDX-License-Identifier: Apache-2.0
/// When checkpoint generations are written. Pure arithmetic.
#pragma once

#include <cstdint>
#include <optional>

#include "dj/plan/byte_size.hpp"

namespace dj {

struct CommitPolicy {
    std::optional<double>
        fixed_interval_seconds{};        ///< checkpoint.interval as a number; it goes before the rest.
    double mtbf_seconds = 24 * 3600.0;   ///< Mean time between failures of the machine.
    double least_interval_seconds = 60;  ///< Work of less than this is sooner done again than protected.
    std::uint64_t most_waiting_bytes = 64 * kMebibyte;  ///< States hold memory until they are written.
    bool operator==(const CommitPolicy&) const = default;
};

/// Seconds of work between two writes of `write_seconds` that lose the least time in all, where failures are
/// `mtbf_seconds` apart on average: J. T. Daly, "A higher order estimate of the optimum checkpoint interval for restart
/// dumps", Future Generation Computer Systems 22 (2006), equation 37. Both in the same unit; 0 for a write that costs
/// nothing.
[[nodiscard]] double optimal_commit_interval(double write_seconds, double mtbf_seconds);

/// Seconds of work between two writes under the policy: the fixed ones, else the optimal ones if those are not too few.
[[nodiscard]] double commit_interval(const CommitPolicy& policy, double predicted_write_seconds);

/// Whether states of `waiting_bytes` should be written now: the interval is over, or they are too many. Never if none wait.
/// `seconds_since_last`: since the last write ended, or since the job began.
[[nodiscard]] bool commit_is_due(const CommitPolicy& policy, double seconds_since_last,
                                 double predicted_write_seconds, std::uint64_t waiting_bytes);

}  // namespace dj
