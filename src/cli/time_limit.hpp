// SPDX-License-Identifier: Apache-2.0
/// How long a run may take.
#pragma once

#include <optional>
#include <string>

#include "dj/run/stop_request.hpp"

namespace dj {

struct TimeGranted {
    std::optional<double> max_runtime_seconds{};  ///< --max-runtime
    double spent_seconds = 0;                     ///< Since the program's start.
    std::string slurm_end{};                      ///< $SLURM_JOB_END_TIME: seconds since the epoch.
};

/// $SLURM_JOB_END_TIME, or nothing.
[[nodiscard]] std::string slurm_end_time();

/// The nearest of the limits, from now on. Slurm kills what is still there at its end: the run stops two minutes before,
/// or, where less than eight are left, with a quarter of them left. A time that is over already is not believed, nor one that
/// is none.
[[nodiscard]] std::optional<TimeLimit> time_limit(const TimeGranted& granted, double now_seconds);

}  // namespace dj
