// SPDX-License-Identifier: Apache-2.0
#include "dj/report/job_views.hpp"

namespace dj {
namespace {

using nlohmann::ordered_json;

ordered_json progress_json(const JobProgress& progress) {
    ordered_json json = {
        {"partitions_total", progress.partitions_total},
        {"partitions_done", progress.partitions_done},
        {"partitions_running", progress.partitions_running},
        {"partitions_failed", progress.partitions_failed},
        {"partitions_resumed", progress.partitions_resumed},
        {"rows_in", progress.rows_in},
        {"rows_out", progress.rows_out},
        {"quarantined", progress.quarantined ? ordered_json(*progress.quarantined) : ordered_json()},
        {"share", progress.share},
        {"elapsed_seconds", progress.elapsed_seconds},
        {"rows_per_second", progress.rows_per_second},
        {"bytes_per_second", progress.bytes_per_second}};
    json["seconds_left"] = progress.seconds_left ? ordered_json(*progress.seconds_left) : ordered_json();
    return json;
}

ordered_json steps_json(const JobState& state) {
    auto list = ordered_json::array();
    for (const auto& line : steps_of(state)) {
        ordered_json step = {{"name", line.count.name},         {"family", line.count.family},
                             {"rows_in", line.count.rows_in},   {"rows_out", line.count.rows_out},
                             {"dropped", line.count.dropped},   {"made", line.count.made},
                             {"merged", line.count.merged},     {"quarantined", line.count.quarantined},
                             {"bytes_in", line.count.bytes_in}, {"cpu_seconds", line.count.cpu_seconds}};
        if (!line.branch.empty()) step["branch"] = line.branch;
        if (line.partitions > 0) step["partitions"] = line.partitions;
        list.push_back(std::move(step));
    }
    return list;
}

/// What the run itself said last; null before it said anything.
ordered_json now_json(const EventTally& events) {
    const auto& said = events.progress;
    if (said.timestamp == 0) return {};
    const auto known = [](const std::optional<double>& value) {
        return value ? ordered_json(*value) : ordered_json();
    };
    return {{"timestamp", said.timestamp},
            {"activity", said.activity},
            {"pass", said.pass},
            {"passes", said.passes},
            {"share", known(said.share)},
            {"rows_per_second", said.rows_per_second},
            {"bytes_per_second", said.bytes_per_second},
            {"seconds_left", known(said.seconds_left)}};
}

ordered_json usage_json(const EventTally& events) {
    const auto& usage = events.usage;
    if (usage.timestamp == 0) return {};
    ordered_json json = {{"timestamp", usage.timestamp},
                         {"largest_rank_rss_bytes", usage.largest_rss_bytes},
                         {"peak_rss_bytes", usage.peak_rss_bytes},
                         {"memory_budget_bytes", usage.budget_bytes},
                         {"cpu_seconds", usage.cpu_seconds}};
    if (!usage.busy_least) return json;
    json["busy_least"] = *usage.busy_least;
    json["busy_median"] = usage.busy_median;
    json["busy_most"] = usage.busy_most;
    json["least_busy_rank"] = usage.least_busy_rank;
    json["least_busy_host"] = usage.least_busy_host;
    return json;
}

ordered_json events_json(const JobState& state) {
    const auto& read = state.events_read;
    ordered_json json = {{"count", read.events},
                         {"unreadable_lines", read.unreadable_lines},
                         {"torn_tail", read.torn_tail},
                         {"warnings", state.events.warnings},
                         {"errors", state.events.errors}};
    json["files"] = ordered_json::array();
    for (const auto& file : state.event_files) json["files"].push_back(file.string());
    json["noted"] = ordered_json::array();
    for (const auto& noted : state.events.noted) {
        json["noted"].push_back(
            {{"timestamp", noted.timestamp}, {"event_type", noted.type}, {"message", noted.message}});
    }
    return json;
}

}  // namespace

ordered_json monitor_json(const JobState& state, double now) {
    ordered_json json;
    json["job_id"] = state.job_id;
    json["status"] = to_string(condition_of(state, now));
    json["folder"] = state.folder.string();
    json["last_sign_of_life"] = last_sign_of_life(state);
    json["progress"] = progress_json(progress_of(state, now));
    json["now"] = now_json(state.events);
    json["usage"] = usage_json(state.events);
    json["steps"] = steps_json(state);
    json["quarantine_file"] =
        state.quarantine_file.empty() ? ordered_json() : ordered_json(state.quarantine_file.string());
    json["events"] = events_json(state);
    json["job_summary"] = state.summary ? to_json(*state.summary) : ordered_json();
    return json;
}

}  // namespace dj
