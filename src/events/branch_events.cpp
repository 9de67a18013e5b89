// SPDX-License-Identifier: Apache-2.0
#include "dj/events/branch_events.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dj {
namespace {

Event node_event(const NodeFigures& figures, std::string_view branch_type, std::string_view node_type) {
    Event event{.type = std::string(figures.is_branch ? branch_type : node_type)};
    event.fields["branch"] = figures.name;
    event.fields["metadata"] = {{"dag_node_id", figures.name},
                                {"branches", figures.branches},
                                {"operators", figures.operators},
                                {"attempt", figures.attempt}};
    return event;
}

std::string what(const NodeFigures& figures) {
    return fmt::format("{} {}", figures.is_branch ? "Branch" : "Shared part", figures.name);
}

}  // namespace

Event node_start_event(const NodeFigures& figures) {
    Event event = node_event(figures, "branch_start", "dag_node_start");
    event.message = fmt::format("{} started", what(figures));
    if (!figures.output.empty()) event.fields["output_path"] = figures.output;
    return event;
}

Event node_complete_event(const NodeFigures& figures, bool reused) {
    Event event = node_event(figures, "branch_complete", "dag_node_complete");
    event.message = reused ? fmt::format("{} is complete already", what(figures))
                           : fmt::format("{} completed: {} of {} rows in {:.3f}s", what(figures),
                                         figures.rows_out, figures.rows_in, figures.seconds);
    event.fields["status"] = reused ? "reused" : "completed";
    event.fields["duration"] = figures.seconds;
    event.fields["input_rows"] = figures.rows_in;
    event.fields["output_rows"] = figures.rows_out;
    if (!figures.output.empty()) event.fields["output_path"] = figures.output;
    event.fields["metadata"].update({{"cpu_seconds", figures.compute_seconds},
                                     {"output_bytes", figures.output_bytes},
                                     {"peak_memory_bytes", figures.peak_memory_bytes}});
    return event;
}

Event node_failed_event(const NodeFigures& figures, const std::string& outcome, const std::string& error) {
    Event event = node_event(figures, "branch_failed", "dag_node_failed");
    event.message =
        fmt::format("{} {}: {}", what(figures), outcome == "failed" ? "failed" : "was " + outcome, error);
    event.fields["status"] = outcome;
    event.fields["error_message"] = error;
    event.fields["duration"] = figures.seconds;
    return event;
}

Event node_retry_event(const NodeFigures& figures, const std::string& error, double delay_seconds) {
    Event event = node_event(figures, "branch_retry", "branch_retry");
    event.message = fmt::format("{} is tried again in {:.1f}s, after attempt {} failed: {}", what(figures),
                                delay_seconds, figures.attempt, error);
    event.fields["error_message"] = error;
    event.fields["retry_count"] = figures.attempt;
    event.fields["metadata"]["delay_seconds"] = delay_seconds;
    return event;
}

void NodeEvents::record(Event event) {
    event.fields["branch"] = node_;
    if (event.type == "generation_committed")
        last_generation_ =
            std::max(last_generation_.load(), event.fields.value("generation", std::uint64_t{0}));
    job_.record(std::move(event));
}

}  // namespace dj
