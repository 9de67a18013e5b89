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
    json["steps"] = steps_json(state);
    json["quarantine_file"] =
        state.quarantine_file.empty() ? ordered_json() : ordered_json(state.quarantine_file.string());
    json["events"] = events_json(state);
    json["job_summary"] = state.summary ? to_json(*state.summary) : ordered_json();
    return json;
}

}  // namespace dj
