// SPDX-License-Identifier: Apache-2.0
#include "node_figures.hpp"

namespace dj {

NodeFigures node_figures(const BranchNodeSpec& spec, const NodeResult& state) {
    NodeFigures figures;
    figures.name = spec.spec.node;
    figures.is_branch = spec.kind == DagNodeKind::branch;
    figures.branches = spec.branches;
    for (std::size_t op = spec.first_op; op < spec.spec.ops.size(); ++op)
        figures.operators.push_back(spec.spec.ops[op].name);
    if (figures.is_branch) figures.output = spec.spec.output.path.string();
    figures.attempt = state.tries;
    if (state.begin_seconds > 0 && state.end_seconds > 0)
        figures.seconds = state.end_seconds - state.begin_seconds;
    figures.compute_seconds = state.result.compute_seconds;
    figures.rows_out = state.result.exported;
    // Steps begin with the reading of the input: what the node took is what the step before its first left.
    if (spec.first_op < state.result.steps.size())
        figures.rows_in = state.result.steps[spec.first_op].rows_out;
    figures.output_bytes = state.result.output_bytes;
    figures.peak_memory_bytes = state.result.peak_row_bytes;
    return figures;
}

std::optional<Event> node_event(const BranchNodeSpec& spec, const NodeResult& state) {
    const NodeFigures figures = node_figures(spec, state);
    switch (state.status) {
        case NodeStatus::planned:
            if (state.tries == 0) return std::nullopt;
            return node_retry_event(figures, state.error, state.next_try_seconds - state.end_seconds);
        case NodeStatus::running: return node_start_event(figures);
        case NodeStatus::complete: return node_complete_event(figures, false);
        case NodeStatus::reused: return node_complete_event(figures, true);
        default: return node_failed_event(figures, std::string(to_string(state.status)), state.error);
    }
}

}  // namespace dj
