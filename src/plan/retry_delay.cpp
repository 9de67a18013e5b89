// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/retry_delay.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"

namespace dj {
namespace {

constexpr std::array<std::pair<RetryBackoff, std::string_view>, 3> kNames = {{
    {RetryBackoff::exponential, "exponential"},
    {RetryBackoff::linear, "linear"},
    {RetryBackoff::fixed, "fixed"},
}};

double growth(RetryBackoff backoff, int retry) {
    switch (backoff) {
        case RetryBackoff::exponential: return std::ldexp(1.0, retry - 1);
        case RetryBackoff::linear: return retry;
        case RetryBackoff::fixed: return 1;
    }
    throw Bug("unknown RetryBackoff");
}

/// From 0 to below 1, evenly, by what it is for.
double chance(std::string_view job_id, std::uint64_t partition, int retry) {
    const auto key = fmt::format("{}\n{}\n{}", job_id, partition, retry);
    return std::ldexp(static_cast<double>(xxh3_64(key) >> 11), -53);
}

}  // namespace

RetryBackoff retry_backoff_of(std::string_view name) {
    for (const auto& [backoff, known] : kNames) {
        if (known == name) return backoff;
    }
    throw UserError(fmt::format("retry_backoff: {} is none of exponential, linear, fixed", name));
}

std::string_view to_string(RetryBackoff backoff) {
    for (const auto& [known, name] : kNames) {
        if (known == backoff) return name;
    }
    throw Bug("a backoff without a name");
}

double retry_delay_seconds(const RetryDelays& delays, std::string_view job_id, std::uint64_t partition,
                           int retry) {
    // 2^1023 is the last that a double holds; the cap came long before.
    const double grown = delays.base_seconds * growth(delays.backoff, std::clamp(retry, 1, 1000));
    const double longest = std::clamp(grown, 0.0, std::max(0.0, delays.cap_seconds));
    return longest * (1 - std::clamp(delays.jitter, 0.0, 1.0) * chance(job_id, partition, retry));
}

}  // namespace dj
