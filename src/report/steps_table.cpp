// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "dj/report/human_units.hpp"
#include "dj/report/job_views.hpp"

namespace dj {
namespace {

bool is_end(const StepCount& step) { return step.name == "read" || step.name == "export"; }

std::string count_or_nothing(std::uint64_t count) { return count == 0 ? std::string() : show_count(count); }

/// Per core: text bytes read by the step over the time that threads spent in it.
std::string core_rate(const StepCount& step) {
    if (step.bytes_in == 0 || step.cpu_seconds < 1e-6) return {};
    // No core reads so fast: such a step found done what an earlier one had to find out (docs/adr/0009).
    constexpr double kBeyondMemory = 50'000;
    const double rate = static_cast<double>(step.bytes_in) / 1e6 / step.cpu_seconds;
    return rate > kBeyondMemory ? ">" + show_rate(kBeyondMemory) : show_rate(rate);
}

std::string core_seconds(const StepCount& step) {
    if (step.cpu_seconds <= 0) return {};
    return step.cpu_seconds < 0.005 ? "<0.01" : fmt::format("{:.2f}", step.cpu_seconds);
}

std::string share_of_time(const StepCount& step, double all_seconds) {
    if (step.cpu_seconds <= 0 || all_seconds <= 0) return {};
    const double percent = 100 * step.cpu_seconds / all_seconds;
    return percent < 0.5 ? "<1 %" : fmt::format("{:.0f} %", percent);
}

}  // namespace

std::string steps_table(const std::vector<StepLine>& steps, const ScreenStyle& style, StepTime time) {
    double all_seconds = 0;
    for (const auto& line : steps) all_seconds += line.count.cpu_seconds;
    const bool shares = time == StepTime::share;
    const std::vector<TableColumn> columns = {
        {.header = "branch", .right = false, .keep = 100, .hide_empty = true, .flexible = true},
        {.header = "step", .right = false, .keep = 100, .flexible = true},
        {.header = "rows in", .keep = 90},
        {.header = "rows out", .keep = 100},
        {.header = "dropped", .keep = 100, .hide_empty = true},
        {.header = "made", .keep = 80, .hide_empty = true},
        {.header = "merged", .keep = 80, .hide_empty = true},
        {.header = "quarantined", .keep = 85, .hide_empty = true},
        {.header = shares ? "time" : "core s", .keep = shares ? 60 : 20, .hide_empty = true},
        {.header = "MB/s/core", .keep = 30, .hide_empty = true},
    };
    std::vector<std::vector<std::string>> rows;
    std::size_t number = 0;
    for (const auto& line : steps) {
        const auto& step = line.count;
        const bool end = is_end(step);
        rows.push_back(
            {show_text(line.branch),
             end ? step.name : fmt::format("{:>2} {}", ++number, show_text(step.name)),
             end && step.name == "export" ? show_count(step.rows_in) : count_or_nothing(step.rows_in),
             show_count(step.rows_out), count_or_nothing(step.dropped), count_or_nothing(step.made),
             count_or_nothing(step.merged), count_or_nothing(step.quarantined),
             shares ? share_of_time(step, all_seconds) : core_seconds(step), core_rate(step)});
        // An operator that no row reached says 0, not nothing.
        if (!end && step.rows_in == 0) rows.back()[2] = "0";
    }
    return show_table(columns, rows, style);
}

std::string law_line(const JobSummary& summary) {
    std::uint64_t made = 0;
    std::uint64_t dropped = 0;
    std::uint64_t merged = 0;
    for (const auto& step : summary.steps) {
        made += step.made;
        dropped += step.dropped;
        merged += step.merged;
    }
    auto line = fmt::format("read {} + made {} = exported {} + dropped {} + merged {} + quarantined {}",
                            show_count(summary.records_read), show_count(made), show_count(summary.exported),
                            show_count(dropped), show_count(merged), show_count(summary.quarantined));
    if (summary.in_failed_partitions > 0) {
        line += fmt::format(" + in failed partitions {}", show_count(summary.in_failed_partitions));
    }
    return line;
}

}  // namespace dj
