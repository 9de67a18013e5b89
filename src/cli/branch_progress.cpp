// SPDX-License-Identifier: Apache-2.0
#include "cli/branch_progress.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dj/base/clock.hpp"

namespace dj {

BranchProgress::BranchProgress(const BranchJobSpec& job) : begun_(seconds_since_epoch()) {
    for (const BranchNodeSpec& node : job.nodes)
        nodes_.push_back({node.spec.node, NodeStatus::planned, node.first_op, {}});
}

void BranchProgress::changed(std::size_t node, NodeStatus status) { nodes_.at(node).status = status; }

/// "common 45 %"; "2 of 5 done, quality 30 %, html"
std::string BranchProgress::activity() const {
    const auto done = std::ranges::count_if(nodes_, [](const Node& node) {
        return node.status == NodeStatus::complete || node.status == NodeStatus::reused;
    });
    std::string text = done > 0 ? fmt::format("{} of {} done", done, nodes_.size()) : "";
    for (const Node& node : nodes_) {
        if (node.status != NodeStatus::running) continue;
        text += fmt::format("{}{}", text.empty() ? "" : ", ", node.name);
        if (const auto share = share_done(node.last)) text += fmt::format(" {:.0f} %", 100 * *share);
    }
    return text;
}

RunProgress BranchProgress::look(std::size_t number, const RunProgress& progress) {
    nodes_.at(number).last = progress;
    RunProgress all = progress;  // ranks, hosts, threads: those of the job
    all.seconds = seconds_since_epoch() - begun_;
    all.steps.clear();
    all.activity = activity();
    all.pass = 0;
    all.passes = 1;
    all.done = all.total = all.rows = all.bytes = 0;
    all.recent = all.mean = {};
    all.seconds_left.reset();
    for (const Node& node : nodes_) {
        const std::vector<StepCount>& steps = node.last.steps;
        for (std::size_t i = node.first_op == 0 ? 0 : node.first_op + 1; i < steps.size(); ++i) {
            all.steps.push_back(steps[i]);
            all.steps.back().name = fmt::format("{}: {}", node.name, steps[i].name);
        }
        if (node.status != NodeStatus::running) continue;
        all.rows += node.last.rows;
        all.bytes += node.last.bytes;
        all.recent.rows_per_second += node.last.recent.rows_per_second;
        all.recent.bytes_per_second += node.last.recent.bytes_per_second;
        all.mean.rows_per_second += node.last.mean.rows_per_second;
        all.mean.bytes_per_second += node.last.mean.bytes_per_second;
        if (node.last.seconds_left)
            all.seconds_left = std::max(all.seconds_left.value_or(0), *node.last.seconds_left);
    }
    return all;
}

}  // namespace dj
