// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dj/report/human_units.hpp"
#include "dj/report/job_views.hpp"
#include "dj/storage/job_layout.hpp"
#include "report/branch_table.hpp"
#include "report/checkpoint_lines.hpp"
#include "report/labelled.hpp"

namespace dj {
namespace {

std::string headline(const JobSummary& summary, const ScreenStyle& style) {
    const auto after = show_duration(summary.duration.value_or(0));
    std::string word = "ended";
    auto paint = Paint::plain;
    switch (summary.status) {
        case JobStatus::running: word = "is running"; break;
        case JobStatus::completed:
            word = fmt::format("done in {}", after);
            paint = Paint::green;
            break;
        case JobStatus::completed_with_failures:
            word = fmt::format("done in {}, with failures", after);
            paint = Paint::yellow;
            break;
        case JobStatus::failed:
            word = fmt::format("failed after {}", after);
            paint = Paint::red;
            break;
        case JobStatus::stopped:
            word = fmt::format("stopped after {}", after);
            paint = Paint::yellow;
            break;
    }
    const auto machine =
        fmt::format("{} rank{} x {} thread{}{}", summary.ranks, summary.ranks == 1 ? "" : "s",
                    summary.threads, summary.threads == 1 ? "" : "s",
                    summary.attempt > 1 ? fmt::format(", attempt {}", summary.attempt) : "");
    return fmt::format("{} {} {}\n", show_text(summary.job_id), painted(word, paint, style),
                       painted(fmt::format("({})", machine), Paint::dim, style));
}

std::string speed(const JobSummary& summary) {
    const double seconds = summary.duration.value_or(0);
    if (seconds <= 0 || summary.records_read == 0) return {};
    auto rows = fmt::format("{} rows/s", show_rate(static_cast<double>(summary.records_read) / seconds));
    // How much of the input a job had read when it ended early is told in rows alone.
    if (summary.status != JobStatus::completed && summary.status != JobStatus::completed_with_failures)
        return rows;
    return fmt::format("{} in, {} out; {}, {} MB/s over the whole job", show_bytes(summary.input_bytes),
                       show_bytes(summary.output_bytes), rows,
                       show_rate(static_cast<double>(summary.input_bytes) / 1e6 / seconds));
}

std::string law(const JobSummary& summary, const ScreenStyle& style) {
    if (summary.steps.empty()) return {};
    // A job that was cut short has exported nothing: its counts say how far it came, and cannot add up.
    const bool finished =
        summary.status == JobStatus::completed || summary.status == JobStatus::completed_with_failures;
    if (!finished) return {};
    auto text = labelled("rows", summary.branches.empty() ? law_line(summary) : branch_law(summary), style);
    if (!summary.counts_add_up) {
        text += labelled(
            "",
            "These counts do not add up: that is a fault of dj-mpi. Please report it with the job folder.",
            style, Paint::red);
    }
    return text;
}

std::string outputs(const JobSummary& summary, const ScreenStyle& style) {
    constexpr std::size_t kShown = 5;
    std::string text;
    for (std::size_t i = 0; i < summary.outputs.size() && i < kShown; ++i) {
        const auto& file = summary.outputs[i];
        text += labelled(i == 0 ? "output" : "",
                         fmt::format("{}  {} rows, {}", show_text(file.path), show_count(file.rows),
                                     show_bytes(file.bytes)),
                         style);
    }
    if (summary.outputs.size() > kShown) {
        text += labelled("", fmt::format("and {} more files", summary.outputs.size() - kShown), style);
    }
    return text;
}

/// Input that is no JSON lines at all fails at every record: then the reason is not in the records.
std::string nothing_read(const JobSummary& summary, const ScreenStyle& style) {
    if (summary.records_read == 0 || summary.steps.empty()) return {};
    const auto& read = summary.steps.front();
    if (read.name != "read" || read.quarantined != summary.records_read) return {};
    return labelled("warning",
                    "not one record of the input could be read: is it one JSON object a line, in UTF-8?",
                    style, Paint::red);
}

/// Which branches the next start of the job has left to do.
std::string what_goes_on(const JobSummary& summary, const ScreenStyle& style) {
    constexpr std::size_t kNamed = 5;
    std::vector<std::string> names;
    bool some_are_done = false;
    for (const BranchSummary& node : summary.branches) {
        if (node.kind != "branch") continue;
        const bool done = node.status == "complete" || node.status == "reused";
        some_are_done = some_are_done || done;
        if (!done) names.push_back(show_text(node.name));
    }
    if (names.empty() || !some_are_done) return {};
    const std::size_t more = names.size() - std::min(names.size(), kNamed);
    names.resize(names.size() - more);
    return labelled("",
                    fmt::format("runs {}{}; what is complete stays", fmt::join(names, ", "),
                                more > 0 ? fmt::format(" and {} more", more) : ""),
                    style);
}

std::string next_steps(const JobSummary& summary, const ScreenStyle& style) {
    const bool again = summary.status == JobStatus::failed || summary.status == JobStatus::stopped ||
                       summary.status == JobStatus::completed_with_failures;
    if (again && !summary.resumption_command.empty()) {
        return labelled_command("to go on", show_text(summary.resumption_command), style) +
               what_goes_on(summary, style);
    }
    if (summary.quarantined > 0) {
        return labelled("next", fmt::format("dj-tools quarantine {}", show_text(summary.job_id)), style,
                        Paint::cyan);
    }
    return {};
}

}  // namespace

std::string final_screen(const JobSummary& summary, const ScreenStyle& style) {
    std::string text = headline(summary, style);
    if (!summary.error_message.empty()) {
        std::string_view rest = summary.error_message;
        const bool stopped = summary.status == JobStatus::stopped;
        const std::string_view label = stopped ? "reason" : "error";
        for (bool first = true; !rest.empty(); first = false) {
            const auto end = std::min(rest.find('\n'), rest.size());
            text += labelled(first ? label : "", show_text(rest.substr(0, end)), style,
                             stopped ? Paint::yellow : Paint::red);
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    if (!summary.steps.empty()) {
        std::vector<StepLine> steps;
        for (const auto& step : summary.steps) steps.push_back({.branch = {}, .count = step});
        for (const auto& branch : summary.branches) {
            if (branch.kind == "common") continue;  // its steps are the job's
            for (const auto& step : branch.steps) steps.push_back({.branch = branch.name, .count = step});
        }
        text += "\n" + steps_table(steps, style) + "\n";
    }
    if (!summary.branches.empty()) text += branch_table(summary.branches, style) + "\n";
    text += law(summary, style);
    if (const auto line = speed(summary); !line.empty()) text += labelled("speed", line, style);
    if (summary.peak_rss_bytes > 0) {
        auto memory = fmt::format("{} at most on one rank", show_bytes(summary.peak_rss_bytes));
        if (summary.spilled_bytes > 0)
            memory += fmt::format("; {} went to scratch", show_bytes(summary.spilled_bytes));
        text += labelled("memory", memory, style);
    }
    text += checkpoint_lines(summary, style) + outputs(summary, style);
    if (!summary.job_dir.empty() && !summary.job_id.empty()) {
        const JobLayout layout(
            {.work_dir = std::filesystem::path(summary.job_dir).parent_path(), .job_id = summary.job_id});
        if (summary.quarantined > 0) {
            text +=
                labelled("quarantine",
                         fmt::format("{}  {} row{}", show_text(layout.quarantine().string()),
                                     show_count(summary.quarantined), summary.quarantined == 1 ? "" : "s"),
                         style, Paint::yellow);
        }
        text += labelled("summary", show_text(layout.summary().string()), style);
    }
    return text + nothing_read(summary, style) + next_steps(summary, style);
}

}  // namespace dj
