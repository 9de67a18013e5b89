// SPDX-License-Identifier: Apache-2.0
#include "dj/report/job_state.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

/// Without a sign of life for so long a job counts as dead: several heartbeats, and what a busy shared disk may take.
double patience_seconds(const JobState& state) {
    constexpr double kAtLeast = 60;
    const double interval = state.summary ? state.summary->heartbeat_interval : 0;
    return std::max(kAtLeast, 6 * interval);
}

JobCondition condition_in_summary(JobStatus status) {
    switch (status) {
        case JobStatus::completed: return JobCondition::completed;
        case JobStatus::completed_with_failures: return JobCondition::completed_with_failures;
        case JobStatus::failed: return JobCondition::failed;
        case JobStatus::stopped: return JobCondition::stopped;
        case JobStatus::running: break;
    }
    return JobCondition::running;
}

double start_of(const JobState& state) {
    if (state.summary && state.summary->start_time > 0) return state.summary->start_time;
    return state.events.first_timestamp;
}

void read_summary(JobState& state, FileSystem& files, const std::filesystem::path& path) {
    try {
        state.summary = read_job_summary(files, path);
        if (state.summary) return;
        state.summary_problem = files.info(path) ? "is damaged" : "is missing";
    } catch (const EnvironmentError& error) {
        state.summary_problem = fmt::format("cannot be read: {}", error.what());
    }
}

/// Lines of a file that may be large; nullopt if it cannot be read.
std::optional<std::uint64_t> count_lines(FileSystem& files, const std::filesystem::path& path) {
    try {
        const auto file = files.open(path, OpenMode::read);
        std::string block(std::size_t{1} << 20, '\0');
        std::uint64_t lines = 0;
        for (std::uint64_t offset = 0;;) {
            const auto size = file->read_at(block, offset);
            if (size == 0) return lines;
            const auto end = block.begin() + static_cast<std::ptrdiff_t>(size);
            lines += static_cast<std::uint64_t>(std::count(block.begin(), end, '\n'));
            offset += size;
        }
    } catch (const EnvironmentError&) {
        return std::nullopt;
    }
}

JobState without_events(FileSystem& files, const JobLayout& layout) {
    JobState state;
    state.job_id = layout.job_id();
    state.folder = layout.folder();
    read_summary(state, files, layout.summary());
    if (files.info(layout.quarantine())) state.quarantine_file = layout.quarantine();
    return state;
}

void add_events(JobState& state, FileSystem& files, const JobLayout& layout) {
    state.event_files = layout.event_files(files);
    auto first = state.event_files.size();
    while (first > 0 && !stands_alone(files, state.event_files[--first])) {
    }
    const auto offset = static_cast<std::ptrdiff_t>(first);
    const std::vector<std::filesystem::path> needed(state.event_files.begin() + offset,
                                                    state.event_files.end());
    state.events_read = read_events(files, needed, [&state](const auto& event) { state.events.add(event); });
}

}  // namespace

std::string_view to_string(JobCondition condition) {
    switch (condition) {
        case JobCondition::running: return "running";
        case JobCondition::completed: return "completed";
        case JobCondition::completed_with_failures: return "completed_with_failures";
        case JobCondition::failed: return "failed";
        case JobCondition::stopped: return "stopped";
        case JobCondition::dead: return "dead";
        case JobCondition::waiting: return "waiting";
        case JobCondition::unknown: return "unknown";
    }
    throw Bug("a job condition without a name");
}

JobState read_job_head(FileSystem& files, const std::filesystem::path& job_folder) {
    const auto layout = JobLayout::of_folder(files, job_folder);
    auto state = without_events(files, layout);
    if (!state.summary) add_events(state, files, layout);
    return state;
}

JobState read_job_state(FileSystem& files, const std::filesystem::path& job_folder) {
    const auto layout = JobLayout::of_folder(files, job_folder);
    auto state = without_events(files, layout);
    add_events(state, files, layout);
    if (!state.summary && !state.quarantine_file.empty())
        state.rows_in_quarantine_file = count_lines(files, state.quarantine_file);
    return state;
}

bool events_are_current(const JobState& state) {
    return !state.summary || state.events.attempt >= state.summary->attempt;
}

double last_sign_of_life(const JobState& state) {
    const double heartbeat = state.summary ? state.summary->heartbeat : 0;
    return std::max(heartbeat, events_are_current(state) ? state.events.last_timestamp : 0);
}

JobCondition condition_of(const JobState& state, double now) {
    if (state.summary) {
        const auto told = condition_in_summary(state.summary->status);
        const bool done = told == JobCondition::completed || told == JobCondition::completed_with_failures;
        if (state.queued_again && !done) return JobCondition::waiting;
        if (told != JobCondition::running) return told;
        if (state.owner_is_gone) return JobCondition::dead;
    } else if (state.events.ended_by == "job_complete") {
        return JobCondition::completed;
    } else if (state.events.ended_by == "job_failed") {
        return JobCondition::failed;
    }
    const double last = last_sign_of_life(state);
    if (last == 0) return JobCondition::unknown;
    return now - last > patience_seconds(state) ? JobCondition::dead : JobCondition::running;
}

namespace {

std::optional<std::uint64_t> quarantined_of(const JobState& state, const EventTally& events) {
    if (state.summary) return std::max(events.rows_quarantined, state.summary->quarantined);
    if (state.quarantine_file.empty()) return events.rows_quarantined;
    // The file appears when a job ends, and holds all of its rows.
    return state.rows_in_quarantine_file;
}

/// Partitions and their bytes tell of the first pass alone: a job of several is done with as many of them as it said,
/// and with its share of the present one.
JobProgress over_passes(JobProgress progress, const NotedProgress& said) {
    const bool reading = said.pass <= 1;
    const double before = reading ? 0 : static_cast<double>(said.pass - 1);
    const double within = reading ? progress.share : said.share.value_or(0);
    progress.share = std::clamp((before + within) / static_cast<double>(said.passes), 0.0, 1.0);
    progress.seconds_left.reset();
    if (!reading) {
        progress.rows_per_second = said.rows_per_second;
        progress.bytes_per_second = said.bytes_per_second;
    }
    return progress;
}

/// A job with branches is done with as much of it as its nodes are, each counting the same.
JobProgress over_nodes(JobProgress progress, const std::vector<BranchSummary>& nodes,
                       JobCondition condition) {
    progress.nodes_total = nodes.size();
    double share = 0;
    for (const BranchSummary& node : nodes) {
        const bool done = node.status == "complete" || node.status == "reused";
        if (done) ++progress.nodes_done;
        share += done ? 1 : node.share_done;
    }
    progress.share = std::clamp(share / static_cast<double>(nodes.size()), 0.0, 1.0);
    if (condition == JobCondition::completed) progress.share = 1;
    progress.seconds_left.reset();
    return progress;
}

}  // namespace

JobProgress progress_of(const JobState& state, double now) {
    const EventTally none;
    const auto& events = events_are_current(state) ? state.events : none;
    const auto condition = condition_of(state, now);
    JobProgress progress;
    progress.partitions_total =
        events.partitions_total.value_or(state.summary ? state.summary->partitions : 0);
    progress.partitions_done = events.partitions_done;
    progress.partitions_resumed = events.partitions_resumed;
    progress.partitions_failed = events.partitions_failed;
    const auto settled = events.partitions_done - events.partitions_resumed + events.partitions_failed;
    if (condition == JobCondition::running && events.partitions_started > settled) {
        progress.partitions_running = events.partitions_started - settled;
    }
    progress.rows_in = events.rows_in;
    progress.rows_out = events.rows_out;
    if (state.summary && !state.summary->steps.empty()) {
        progress.rows_in = state.summary->records_read;
        progress.rows_out = state.summary->exported;
    }
    if (condition == JobCondition::completed) progress.partitions_done = progress.partitions_total;
    progress.quarantined = quarantined_of(state, events);

    const double start = start_of(state);
    const double end = condition == JobCondition::running ? now : std::max(start, last_sign_of_life(state));
    progress.elapsed_seconds = std::max(0.0, end - start);
    if (state.summary && state.summary->duration) progress.elapsed_seconds = *state.summary->duration;
    const auto fresh_bytes =
        static_cast<double>(events.bytes_done - std::min(events.bytes_done, events.bytes_resumed));
    if (progress.elapsed_seconds > 0) {
        progress.rows_per_second = static_cast<double>(progress.rows_in) / progress.elapsed_seconds;
        progress.bytes_per_second = fresh_bytes / progress.elapsed_seconds;
    }
    if (events.bytes_total > 0) {
        progress.share = static_cast<double>(events.bytes_done) / static_cast<double>(events.bytes_total);
    } else if (progress.partitions_total > 0) {
        progress.share =
            static_cast<double>(progress.partitions_done) / static_cast<double>(progress.partitions_total);
    }
    if (state.summary && !state.summary->branches.empty())
        return over_nodes(progress, state.summary->branches, condition);
    // Bytes are an estimate where files are compressed.
    const bool all_read =
        progress.partitions_total > 0 && progress.partitions_done >= progress.partitions_total;
    if (all_read || condition == JobCondition::completed) progress.share = 1;
    progress.share = std::clamp(progress.share, 0.0, 1.0);
    if (condition == JobCondition::running && events.progress.passes > 1)
        return over_passes(progress, events.progress);
    if (condition == JobCondition::running && !all_read && events.bytes_total > events.bytes_done &&
        progress.bytes_per_second > 0) {
        progress.seconds_left =
            static_cast<double>(events.bytes_total - events.bytes_done) / progress.bytes_per_second;
    }
    return progress;
}

std::vector<StepLine> steps_of(const JobState& state) {
    std::vector<StepLine> lines;
    if (state.summary && !state.summary->steps.empty()) {
        for (const auto& step : state.summary->steps) lines.push_back({.count = step});
        for (const auto& branch : state.summary->branches) {
            if (branch.kind == "common") continue;  // its steps are the job's
            for (const auto& step : branch.steps) lines.push_back({.branch = branch.name, .count = step});
        }
        return lines;
    }
    if (!events_are_current(state)) return lines;
    for (const auto& [key, op] : state.events.ops) {
        lines.push_back({.branch = key.first, .count = op.count, .partitions = op.partitions});
    }
    return lines;
}

}  // namespace dj
