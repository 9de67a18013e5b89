// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "dj/report/human_units.hpp"
#include "dj/report/job_views.hpp"
#include "report/branch_table.hpp"
#include "report/checkpoint_lines.hpp"
#include "report/labelled.hpp"
#include "report/progress_words.hpp"

namespace dj {
namespace {

Paint paint_of(JobCondition condition) {
    switch (condition) {
        case JobCondition::running: return Paint::cyan;
        case JobCondition::completed: return Paint::green;
        case JobCondition::completed_with_failures:
        case JobCondition::waiting:
        case JobCondition::stopped: return Paint::yellow;
        case JobCondition::failed:
        case JobCondition::dead: return Paint::red;
        case JobCondition::unknown: break;
    }
    return Paint::plain;
}

std::string words_of(JobCondition condition) {
    switch (condition) {
        case JobCondition::completed_with_failures: return "COMPLETED WITH FAILURES";
        case JobCondition::stopped: return "STOPPED";
        case JobCondition::waiting: return "WAITING (queued again by Slurm)";
        case JobCondition::dead: return "DEAD (no sign of life)";
        case JobCondition::unknown: return "UNKNOWN";
        default: break;
    }
    std::string word(to_string(condition));
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    return word;
}

std::string machine_of(const JobSummary& summary) {
    return fmt::format("{}; {} rank{} x {} thread{}; attempt {}; dj-mpi {}", show_text(summary.host),
                       summary.ranks, summary.ranks == 1 ? "" : "s", summary.threads,
                       summary.threads == 1 ? "" : "s", summary.attempt, show_text(summary.version));
}

std::string times_of(const JobState& state, const JobProgress& progress, JobCondition condition, double now) {
    const double start = state.summary ? state.summary->start_time : state.events.first_timestamp;
    if (start <= 0) return "not known";
    auto text = show_time(start);
    const auto elapsed = show_duration(progress.elapsed_seconds);
    if (condition == JobCondition::running) {
        text += fmt::format(", {} ago", elapsed);
    } else {
        text += fmt::format(", took {}", elapsed);
    }
    const double last = last_sign_of_life(state);
    if (last > 0 && (condition == JobCondition::running || condition == JobCondition::dead)) {
        text += fmt::format("; last sign of life {} ago", show_duration(std::max(0.0, now - last)));
    }
    return text;
}

std::string bar(double share, const ScreenStyle& style) {
    const std::size_t length = std::clamp<std::size_t>(style.width / 3, 10, 40);
    const auto filled = static_cast<std::size_t>(share * static_cast<double>(length));
    return fmt::format("[{}{}] {:5.1f} %", std::string(filled, '#'), std::string(length - filled, '.'),
                       share * 100);
}

/// What the run itself said last; of a job that ended, nothing.
std::string now_lines(const EventTally& events, double now, const ScreenStyle& style) {
    std::string text;
    const auto& said = events.progress;
    if (said.timestamp > 0) {
        auto line = said.passes > 1 ? fmt::format("pass {} of {}, ", said.pass, said.passes) : std::string();
        line += show_text(said.activity);
        if (said.share) line += fmt::format(", {:.0f} %", *said.share * 100);
        const auto speed = words_of_speed({said.rows_per_second, said.bytes_per_second});
        if (!speed.empty()) line += "; " + speed;
        if (said.seconds_left)
            line += fmt::format("; about {} left of it", show_duration(*said.seconds_left));
        line += fmt::format(" (said {} ago)", show_duration(std::max(0.0, now - said.timestamp)));
        text += labelled("now", line, style);
    }
    const auto& usage = events.usage;
    if (usage.timestamp == 0) return text;
    if (usage.busy_least) {
        auto place = fmt::format("rank {}", usage.least_busy_rank);
        if (!usage.least_busy_host.empty()) place += " on " + show_text(usage.least_busy_host);
        text += labelled(
            "cpu",
            fmt::format("{:.0f} to {:.0f} % of the granted cores, median {:.0f} %; least busy: {}",
                        *usage.busy_least * 100, usage.busy_most * 100, usage.busy_median * 100, place),
            style);
    }
    return text + labelled("memory",
                           fmt::format("{} of {} on the rank that uses most, {} at the peak",
                                       show_bytes(usage.largest_rss_bytes), show_bytes(usage.budget_bytes),
                                       show_bytes(usage.peak_rss_bytes)),
                           style);
}

/// `told`: the run itself says how fast it is.
std::string progress_lines(const JobProgress& progress, JobCondition condition, bool told,
                           const ScreenStyle& style) {
    auto text = labelled("progress", bar(progress.share, style), style);
    std::string parts = fmt::format("{} partitions done", show_count(progress.partitions_done));
    if (progress.nodes_total > 0) {
        parts = fmt::format("{} of {} parts done", progress.nodes_done, progress.nodes_total);
    } else if (progress.partitions_total > 0) {
        parts = fmt::format("{} of {} partitions done", show_count(progress.partitions_done),
                            show_count(progress.partitions_total));
    }
    if (progress.partitions_resumed > 0) {
        parts += fmt::format(" ({} from an earlier start)", show_count(progress.partitions_resumed));
    }
    if (progress.partitions_running > 0 && progress.nodes_total == 0)
        parts += fmt::format(", {} running", show_count(progress.partitions_running));
    if (progress.partitions_failed > 0) {
        parts += fmt::format(", {} failure{}", show_count(progress.partitions_failed),
                             progress.partitions_failed == 1 ? "" : "s");
    }
    text += labelled("", parts, style);
    const bool all_read =
        progress.partitions_total > 0 && progress.partitions_done >= progress.partitions_total;
    if (condition == JobCondition::running && all_read && !told && progress.nodes_total == 0) {
        text +=
            labelled("", "the input is read; operators that look at all of it, and the export, go on", style);
    }
    std::string rates =
        fmt::format("{} rows in, {} {}", show_count(progress.rows_in), show_count(progress.rows_out),
                    condition == JobCondition::running ? "of them left so far" : "out");
    if (told) return text + labelled("", rates, style);
    if (progress.rows_per_second > 0)
        rates += fmt::format("; {} rows/s", show_rate(progress.rows_per_second));
    if (progress.bytes_per_second > 0)
        rates += fmt::format(", {} MB/s", show_rate(progress.bytes_per_second / 1e6));
    if (progress.seconds_left)
        rates += fmt::format("; about {} to go", show_duration(*progress.seconds_left));
    if (condition == JobCondition::running && !all_read && !progress.seconds_left)
        rates += "; time to go not known yet";
    return text + labelled("", rates, style);
}

std::string trouble_lines(const JobState& state, bool detailed, const ScreenStyle& style) {
    std::string text;
    const auto& events = state.events;
    if (events.noted.empty()) return text;
    text += labelled("trouble",
                     fmt::format("{} warning{}, {} error{}; the last:", show_count(events.warnings),
                                 events.warnings == 1 ? "" : "s", show_count(events.errors),
                                 events.errors == 1 ? "" : "s"),
                     style, Paint::yellow);
    const std::size_t shown = std::min<std::size_t>(events.noted.size(), detailed ? events.noted.size() : 3);
    for (auto i = events.noted.size() - shown; i < events.noted.size(); ++i) {
        const auto& noted = events.noted[i];
        const auto clock = show_time(noted.timestamp).substr(11, 8);
        text += labelled("", fmt::format("{} {}", clock, show_text(noted.message)), style);
    }
    return text;
}

std::string record_lines(const JobState& state, const ScreenStyle& style) {
    std::string text;
    const auto& read = state.events_read;
    auto events = fmt::format("{} read, from {} of {} file{}", show_count(read.events), read.files,
                              state.event_files.size(), state.event_files.size() == 1 ? "" : "s");
    if (read.unreadable_lines > 0)
        events += fmt::format("; {} unreadable lines", show_count(read.unreadable_lines));
    if (read.torn_tail) events += "; the last line is incomplete";
    text += labelled("events", events, style);
    for (const auto& file : state.event_files) text += labelled("", show_text(file.string()), style);
    return text;
}

std::string place_lines(const JobState& state, const JobProgress& progress, const ScreenStyle& style) {
    std::string text;
    if (progress.quarantined == 0U && !state.quarantine_file.empty()) {
        text += labelled("quarantine",
                         fmt::format("0 rows so far; those of an earlier output are in {}",
                                     show_text(state.quarantine_file.string())),
                         style);
    } else if (progress.quarantined != 0U) {
        const auto rows = progress.quarantined ? show_count(*progress.quarantined) : "an unknown number of";
        text += labelled("quarantine",
                         fmt::format("{} row{}  {}", rows, progress.quarantined == 1U ? "" : "s",
                                     show_text(state.quarantine_file.string())),
                         style, Paint::yellow);
    }
    if (!state.summary) return text;
    text += checkpoint_lines(*state.summary, style);
    for (std::size_t i = 0; i < state.summary->outputs.size() && i < 5; ++i) {
        const auto& file = state.summary->outputs[i];
        text += labelled(i == 0 ? "output" : "",
                         fmt::format("{}  {} rows, {}", show_text(file.path), show_count(file.rows),
                                     show_bytes(file.bytes)),
                         style);
    }
    if (state.summary->outputs.size() > 5) {
        text += labelled("", fmt::format("and {} more files", state.summary->outputs.size() - 5), style);
    }
    return text;
}

bool can_go_on(JobCondition condition) {
    return condition == JobCondition::failed || condition == JobCondition::stopped ||
           condition == JobCondition::dead || condition == JobCondition::completed_with_failures;
}

}  // namespace

std::string monitor_screen(const JobState& state, double now, bool detailed, const ScreenStyle& style) {
    const auto condition = condition_of(state, now);
    const auto progress = progress_of(state, now);
    auto text = labelled("job", show_text(state.job_id), style, Paint::bold);
    text += labelled("status", words_of(condition), style, paint_of(condition));
    text += labelled("folder", show_text(state.folder.string()), style);
    if (state.summary) {
        text += labelled("on", machine_of(*state.summary), style);
    } else {
        text += labelled(
            "note",
            fmt::format("job_summary.json {}; what follows is from the events alone", state.summary_problem),
            style, Paint::yellow);
    }
    text += labelled("started", times_of(state, progress, condition, now), style);
    const bool told = condition == JobCondition::running && state.events.progress.timestamp > 0;
    text += progress_lines(progress, condition, told, style);
    if (condition == JobCondition::running) text += now_lines(state.events, now, style);
    if (condition == JobCondition::running && state.event_files.empty()) {
        text +=
            labelled("", "this job records no events: how far it is cannot be told", style, Paint::yellow);
    }
    if (state.summary && !state.summary->error_message.empty()) {
        text += labelled("error", show_text(state.summary->error_message), style, Paint::red);
    }
    if (const auto steps = steps_of(state); !steps.empty()) text += "\n" + steps_table(steps, style) + "\n";
    const bool branched = state.summary && !state.summary->branches.empty();
    if (branched) text += branch_table(state.summary->branches, style) + "\n";
    if (state.summary && condition != JobCondition::running && !state.summary->steps.empty()) {
        text += labelled("rows", branched ? branch_law(*state.summary) : law_line(*state.summary), style,
                         state.summary->counts_add_up ? Paint::plain : Paint::red);
    }
    text += place_lines(state, progress, style);
    text += trouble_lines(state, detailed, style);
    if (detailed) text += record_lines(state, style);
    if (can_go_on(condition) && state.summary && !state.summary->resumption_command.empty()) {
        text += labelled_command("to go on", show_text(state.summary->resumption_command), style);
    }
    return text;
}

}  // namespace dj
