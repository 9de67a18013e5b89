// SPDX-License-Identifier: Apache-2.0
/// How long to wait before something that failed is tried again. A pure function: no clock, no random state.
#pragma once

#include <cstdint>
#include <string_view>

namespace dj {

enum class RetryBackoff : std::uint8_t { exponential, linear, fixed };

/// "exponential", "linear", "fixed". Throws UserError for another.
[[nodiscard]] RetryBackoff retry_backoff_of(std::string_view name);
[[nodiscard]] std::string_view to_string(RetryBackoff backoff);

struct RetryDelays {
    RetryBackoff backoff = RetryBackoff::exponential;
    double base_seconds = 1;
    double cap_seconds = 60;
    /// Share of a delay by which it is shortened at random, so that ranks that failed together do not come back together.
    double jitter = 0.25;
    bool operator==(const RetryDelays&) const = default;
};

/// Seconds before retry number `retry`, from 1: base, 2 base, 4 base ... (exponential), base, 2 base, 3 base ... (linear) or
/// base (fixed), at most `cap_seconds`, less up to `jitter` of it. The same for the same job, partition and retry.
[[nodiscard]] double retry_delay_seconds(const RetryDelays& delays, std::string_view job_id,
                                         std::uint64_t partition, int retry);

}  // namespace dj
