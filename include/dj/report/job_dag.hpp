// SPDX-License-Identifier: Apache-2.0
/// The DAG of a job, put together from its plan and from what its files tell of how it went. Pure functions.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "dj/plan/dag_plan.hpp"
#include "dj/report/dag_picture.hpp"
#include "dj/report/job_state.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {

/// Of a job that has not begun: all parts are planned. `name`: of the recipe. `summary`: as it would be at the start.
[[nodiscard]] DagPicture planned_dag(const DagPlan& plan, const std::string& name, const JobSummary& summary);

/// Of a job in any condition. `now`: seconds since the epoch. A part that was running when the job died has failed. Rows of
/// parts that are not complete are those of the present start so far, by the events. Without a summary, parts of which the
/// events tell nothing are "unknown".
[[nodiscard]] DagPicture job_dag(const DagPlan& plan, const JobState& state, double now);

/// The same for scripts: an array with an object for each part, in the plan's order. `picture` is made of `plan`.
[[nodiscard]] nlohmann::ordered_json dag_parts_json(const DagPlan& plan, const DagPicture& picture);

}  // namespace dj
