// SPDX-License-Identifier: Apache-2.0
#include "cli/time_limit.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "dj/report/human_units.hpp"

namespace dj {
namespace {

/// As `#SBATCH --signal` in slurm/job.sh.
constexpr double kSlurmMarginSeconds = 120;

std::optional<TimeLimit> slurm_limit(const std::string& end, double now_seconds) {
    std::int64_t seconds = 0;
    const auto [stop, error] = std::from_chars(end.data(), end.data() + end.size(), seconds);
    if (error != std::errc{} || stop != end.data() + end.size()) return std::nullopt;
    const double left = static_cast<double>(seconds) - now_seconds;
    if (left <= 0) return std::nullopt;
    const double margin = std::min(kSlurmMarginSeconds, left / 4);
    return TimeLimit{left - margin, fmt::format("Slurm ends the job in {}", show_duration(margin))};
}

}  // namespace

std::string slurm_end_time() {
    const char* const end = std::getenv("SLURM_JOB_END_TIME");
    return end == nullptr ? "" : end;
}

std::optional<TimeLimit> time_limit(const TimeGranted& granted, double now_seconds) {
    auto limit = slurm_limit(granted.slurm_end, now_seconds);
    if (!granted.max_runtime_seconds) return limit;
    const double left = std::max(0.0, *granted.max_runtime_seconds - granted.spent_seconds);
    if (limit && limit->seconds <= left) return limit;
    return TimeLimit{left, fmt::format("the run time of {:g} s is up", *granted.max_runtime_seconds)};
}

}  // namespace dj
