// SPDX-License-Identifier: Apache-2.0
/// A job on a screen and as JSON. Pure functions of what was read; `now` is seconds since the epoch.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "dj/report/job_state.hpp"
#include "dj/report/screen.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {

/// What a run prints at its end: per step what became of rows, the law, where things lie, what to do next.
[[nodiscard]] std::string final_screen(const JobSummary& summary, const ScreenStyle& style);

/// One screen about a job in any condition.
[[nodiscard]] std::string monitor_screen(const JobState& state, double now, bool detailed,
                                         const ScreenStyle& style);
/// The same as one object.
[[nodiscard]] nlohmann::ordered_json monitor_json(const JobState& state, double now);

/// The law of promise 1 with this job's figures: "read 10 + made 0 = exported 8 + dropped 2 + ...".
[[nodiscard]] std::string law_line(const JobSummary& summary);
/// Table of steps.
enum class StepTime : std::uint8_t {
    core_seconds,  ///< Seconds of all cores, and MB/s per core.
    share,         ///< Of the time of all steps.
};
[[nodiscard]] std::string steps_table(const std::vector<StepLine>& steps, const ScreenStyle& style,
                                      StepTime time = StepTime::core_seconds);

}  // namespace dj
