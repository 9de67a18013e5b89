// SPDX-License-Identifier: Apache-2.0
/// What is told of a node of the branch DAG.
#pragma once

#include <optional>

#include "dj/events/branch_events.hpp"
#include "dj/run/branch_job.hpp"

namespace dj {

[[nodiscard]] NodeFigures node_figures(const BranchNodeSpec& spec, const NodeResult& state);

/// Of a node that has come to this status; nothing while it waits to be begun for the first time.
[[nodiscard]] std::optional<Event> node_event(const BranchNodeSpec& spec, const NodeResult& state);

}  // namespace dj
