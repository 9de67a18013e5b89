// SPDX-License-Identifier: Apache-2.0
/// `performance_metric` and `resource_usage`: what a run's progress leaves in the event log. Pure functions; see
/// docs/formats/events.md. `metadata.scope` says what an event is about.
#pragma once

#include <cstddef>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/base/step_count.hpp"
#include "dj/events/event.hpp"
#include "dj/events/run_progress.hpp"

namespace dj {

/// The figures of the moment, steps and ranks left out: `metadata` of the event below, and part of a progress line.
[[nodiscard]] nlohmann::json progress_figures(const RunProgress& progress);
/// Load and memory over all ranks, likewise.
[[nodiscard]] nlohmann::json load_figures(const RunProgress& progress);

/// scope "job": the moment.
[[nodiscard]] Event performance_metric_event(const RunProgress& progress);
[[nodiscard]] Event resource_usage_event(const RunProgress& progress);

/// An activity that is over, over all ranks; 0: not known.
struct ActivityFigures {
    std::string activity{};
    std::uint32_t pass = 0;
    double seconds = 0;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
};
/// scope "activity".
[[nodiscard]] Event performance_metric_event(const ActivityFigures& figures);
/// scope "operation": over the whole run, per core.
[[nodiscard]] Event performance_metric_event(const StepCount& step, std::size_t op_index);
/// scope "node": one for each host, about the sum of its ranks; none beyond `most_nodes` hosts.
[[nodiscard]] std::vector<Event> node_usage_events(const RunProgress& progress, std::size_t most_nodes);

}  // namespace dj
