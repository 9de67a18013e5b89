// SPDX-License-Identifier: Apache-2.0
#include "branch_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dj/report/human_units.hpp"

namespace dj {
namespace {

bool has_ended(const BranchSummary& node) {
    return node.status != "planned" && node.status != "running" && node.status != "skipped";
}

std::string status_of(const BranchSummary& node) {
    std::string text = node.status;
    if (node.status == "running" && node.share_done > 0)
        text += fmt::format(" {:.0f} %", 100 * node.share_done);
    if (node.attempts > 1) text += fmt::format(", try {}", node.attempts);
    return text;
}

Paint paint_of(const BranchSummary& node) {
    if (node.status == "failed") return Paint::red;
    if (node.status == "skipped" || node.status == "stopped") return Paint::yellow;
    if (node.status == "running") return Paint::cyan;
    return node.status == "planned" ? Paint::dim : Paint::green;
}

}  // namespace

std::string branch_table(const std::vector<BranchSummary>& branches, const ScreenStyle& style) {
    if (branches.empty()) return {};
    const std::vector<TableColumn> columns = {
        {.header = "part", .right = false, .keep = 100, .flexible = true},
        {.header = "behind", .right = false, .keep = 40},
        {.header = "status", .right = false, .keep = 100},
        {.header = "rows in", .keep = 80, .hide_empty = true},
        {.header = "rows out", .keep = 90, .hide_empty = true},
        {.header = "seconds", .keep = 70, .hide_empty = true},
        {.header = "core s", .keep = 60, .hide_empty = true},
        {.header = "memory", .keep = 50, .hide_empty = true},
        {.header = "output", .keep = 55, .hide_empty = true}};
    std::vector<std::vector<std::string>> rows;
    for (const BranchSummary& node : branches) {
        // What was shared by branches that are done need not have been looked at again.
        const bool counted = has_ended(node) && (node.status != "reused" || !node.steps.empty());
        const auto shown = [](bool known, std::string text) {
            return known ? std::move(text) : std::string();
        };
        rows.push_back({show_text(node.name), show_text(node.parent.empty() ? "input" : node.parent),
                        status_of(node), shown(counted, show_count(node.rows_in)),
                        shown(counted, show_count(node.rows_out)),
                        shown(node.duration > 0, fmt::format("{:.2f}", node.duration)),
                        shown(node.cpu_seconds > 0, fmt::format("{:.2f}", node.cpu_seconds)),
                        shown(node.peak_memory_bytes > 0, show_bytes(node.peak_memory_bytes)),
                        shown(node.output_bytes > 0, show_bytes(node.output_bytes))});
    }
    std::string text = show_table(columns, rows, style);
    for (const BranchSummary& node : branches) {
        if (node.error_message.empty()) continue;
        text += painted(wrapped(fmt::format("  {}: {}", show_text(node.name), show_text(node.error_message)),
                                style.width, 4),
                        paint_of(node), style) +
                "\n";
    }
    return text;
}

std::string branch_law(const JobSummary& summary) {
    std::size_t ended = 0;
    std::size_t sound = 0;
    for (const BranchSummary& node : summary.branches) {
        if (node.kind != "branch" || (node.status != "complete" && node.status != "reused")) continue;
        ++ended;
        if (node.counts_add_up) ++sound;
    }
    return fmt::format("{} read; {} exported by {} branch{}; {}", show_count(summary.records_read),
                       show_count(summary.exported), ended, ended == 1 ? "" : "es",
                       sound == ended ? "the counts of each add up" : "counts do NOT add up");
}

}  // namespace dj
