// SPDX-License-Identifier: Apache-2.0
#include "branch_schedule.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/plan/retry_delay.hpp"

namespace dj {

std::string_view to_string(NodeStatus status) {
    switch (status) {
        case NodeStatus::planned: return "planned";
        case NodeStatus::running: return "running";
        case NodeStatus::complete: return "complete";
        case NodeStatus::reused: return "reused";
        case NodeStatus::failed: return "failed";
        case NodeStatus::skipped: return "skipped";
        case NodeStatus::stopped: return "stopped";
    }
    throw Bug("unknown NodeStatus");
}

BranchSchedule::BranchSchedule(const BranchJobSpec& spec) : spec_(spec), nodes_(spec.nodes.size()) {
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
        if (spec.nodes[node].done || !is_needed(node)) set(node, NodeStatus::reused);
    }
}

void BranchSchedule::set(std::uint32_t node, NodeStatus status) {
    nodes_[node].status = status;
    changed_.push_back(node);
}

/// What is shared is needed only while a branch behind it is missing.
bool BranchSchedule::is_needed(std::uint32_t node) const {
    if (spec_.nodes[node].kind == DagNodeKind::branch) return !spec_.nodes[node].done;
    for (std::uint32_t other = 0; other < spec_.nodes.size(); ++other) {
        if (spec_.nodes[other].parent == node && is_needed(other)) return true;
    }
    return false;
}

bool BranchSchedule::ended_well(std::uint32_t node) const {
    return nodes_[node].status == NodeStatus::complete || nodes_[node].status == NodeStatus::reused;
}

bool BranchSchedule::can_begin(std::uint32_t node, double now_seconds) const {
    const auto parent = spec_.nodes[node].parent;
    return nodes_[node].status == NodeStatus::planned && nodes_[node].next_try_seconds <= now_seconds &&
           (!parent || ended_well(static_cast<std::uint32_t>(*parent)));
}

std::vector<std::uint32_t> BranchSchedule::begin_ready(double now_seconds) {
    std::vector<std::uint32_t> ready;
    if (!stop_reason_.empty() || !first_failure_.empty()) return ready;
    auto running =
        static_cast<std::size_t>(std::ranges::count(nodes_, NodeStatus::running, &NodeResult::status));
    for (std::uint32_t node = 0; node < nodes_.size() && running < spec_.max_at_once; ++node) {
        if (!can_begin(node, now_seconds)) continue;
        if (nodes_[node].tries++ == 0) nodes_[node].begin_seconds = now_seconds;
        set(node, NodeStatus::running);
        ready.push_back(node);
        ++running;
    }
    return ready;
}

void BranchSchedule::ended(std::uint32_t number, JobResult ended_so, double now_seconds) {
    NodeResult& node = nodes_[number];
    node.result = std::move(ended_so);
    const JobResult& result = node.result;
    node.end_seconds = now_seconds;
    node.error = result.error;
    switch (result.exit) {
        case ExitCode::done:
        case ExitCode::done_with_failures:
            set(number, result.was_complete ? NodeStatus::reused : NodeStatus::complete);
            break;
        case ExitCode::stopped:
            if (first_failure_.empty() && stop_reason_.empty()) stop(result.error);
            set(number, NodeStatus::stopped);
            break;
        default: fail(number, now_seconds); break;
    }
}

void BranchSchedule::forget_partitions(std::uint32_t number) {
    JobResult& result = nodes_.at(number).result;
    result.partitions = {};
    result.op_rows = {};
}

void BranchSchedule::fail(std::uint32_t number, double now_seconds) {
    const BranchNodeSpec& spec = spec_.nodes[number];
    NodeResult& node = nodes_[number];
    const bool goes_on = stop_reason_.empty() && first_failure_.empty();
    if (goes_on && node.tries <= spec.max_retries) {
        node.next_try_seconds =
            now_seconds + retry_delay_seconds(spec.spec.retry.delays, spec.spec.node, 0, node.tries);
        set(number, NodeStatus::planned);
        return;
    }
    set(number, NodeStatus::failed);
    skip_children();
    if (!spec_.fail_fast || !goes_on) return;
    first_failure_ = spec.spec.node;
    for (std::uint32_t other = 0; other < nodes_.size(); ++other) {
        if (nodes_[other].status == NodeStatus::running) stopping_.push_back(other);
    }
    stop_waiting(fmt::format("{} has failed", first_failure_));
}

void BranchSchedule::skip_children() {
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {  // parents come first
        const auto parent = spec_.nodes[node].parent;
        if (!parent || nodes_[node].status != NodeStatus::planned) continue;
        const NodeResult& before = nodes_[*parent];
        if (before.status != NodeStatus::failed && before.status != NodeStatus::skipped) continue;
        nodes_[node].error =
            fmt::format("{} has failed, and its rows come from there", spec_.nodes[*parent].spec.node);
        set(node, NodeStatus::skipped);
    }
}

void BranchSchedule::stop_waiting(const std::string& reason) {
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
        if (nodes_[node].status != NodeStatus::planned) continue;
        nodes_[node].error = reason;
        set(node, NodeStatus::stopped);
    }
}

void BranchSchedule::stop(const std::string& reason) {
    if (!stop_reason_.empty()) return;
    stop_reason_ = reason.empty() ? "asked to" : reason;
    stop_waiting(stop_reason_);
}

std::vector<std::uint32_t> BranchSchedule::take_stopping() { return std::exchange(stopping_, {}); }

std::vector<std::uint32_t> BranchSchedule::take_changed() { return std::exchange(changed_, {}); }

bool BranchSchedule::over() const {
    return std::ranges::none_of(nodes_, [](const NodeResult& node) {
        return node.status == NodeStatus::planned || node.status == NodeStatus::running;
    });
}

void BranchSchedule::fill(BranchJobResult& result) const {
    std::size_t branches_done = 0;
    bool failed = false;
    bool partitions_failed = false;
    for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
        const NodeResult& node = nodes_[number];
        const BranchNodeSpec& spec = spec_.nodes[number];
        if (spec.kind == DagNodeKind::branch && ended_well(number)) ++branches_done;
        partitions_failed = partitions_failed || node.result.exit == ExitCode::done_with_failures;
        if (node.status != NodeStatus::failed) continue;
        failed = true;
        result.error +=
            fmt::format("{}{} {}: {}", result.error.empty() ? "" : "\n",
                        spec.kind == DagNodeKind::branch ? "branch" : "part", spec.spec.node, node.error);
    }
    if (!stop_reason_.empty()) {
        result.exit = ExitCode::stopped;
        if (result.error.empty()) result.error = stop_reason_;
    } else if (failed) {
        result.exit = spec_.fail_fast || branches_done == 0 ? ExitCode::failed : ExitCode::done_with_failures;
    } else {
        result.exit = partitions_failed ? ExitCode::done_with_failures : ExitCode::done;
    }
}

}  // namespace dj
