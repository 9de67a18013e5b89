// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/job_attempt.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "dj/base/error.hpp"
#include "dj/base/json_fields.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {
namespace {

/// A claim whose owner could not write who he is must not keep others out.
void withdraw(FileSystem& files, const std::filesystem::path& path) {
    try {
        files.remove(path);
    } catch (const EnvironmentError&) {
        return;  // the failure before this one is the one to report
    }
}

/// The last attempt by its file and by the summary, which is older than these files where the job is.
int last_known_attempt(FileSystem& files, const std::filesystem::path& summary_path) {
    constexpr int kHighest = 1'000'000'000;  // a damaged number must not use all of them up
    const auto summary = read_job_summary(files, summary_path);
    const int told = summary && summary->attempt < kHighest ? summary->attempt : 0;
    return std::max(told, last_attempt(files, summary_path.parent_path()));
}

}  // namespace

bool claim_attempt(FileSystem& files, const JobLayout& layout, int attempt, const AttemptOwner& owner) {
    files.create_directories(layout.attempts());
    const auto path = layout.attempt(attempt);
    if (files.info(path)) return false;
    std::unique_ptr<File> file;
    try {
        file = files.open(path, OpenMode::create_new);
    } catch (const EnvironmentError&) {
        if (files.info(path)) return false;  // somebody was quicker
        throw;
    }
    const nlohmann::ordered_json json = {{"attempt", attempt},
                                         {"time", owner.time},
                                         {"host", owner.host},
                                         {"process_id", owner.process_id},
                                         {"process_start", owner.process_start},
                                         {"machine", owner.machine}};
    try {
        file->write_at(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n", 0);
        file->sync();
        files.sync_directory(layout.attempts());
    } catch (const EnvironmentError&) {
        withdraw(files, path);
        throw;
    }
    return true;
}

std::optional<AttemptOwner> read_attempt(FileSystem& files, const JobLayout& layout, int attempt) {
    const auto text = read_whole_file(files, layout.attempt(attempt));
    if (!text) return std::nullopt;
    const auto json = nlohmann::json::parse(*text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    AttemptOwner owner;
    read_field(json, "time", owner.time);
    read_field(json, "host", owner.host);
    read_field(json, "process_id", owner.process_id);
    read_field(json, "process_start", owner.process_start);
    read_field(json, "machine", owner.machine);
    return owner;
}

int last_attempt(FileSystem& files, const std::filesystem::path& job_folder) {
    const auto layout = JobLayout::at(job_folder);
    if (!files.info(layout.attempts())) return 0;
    int last = 0;
    for (const auto& name : files.list(layout.attempts())) {
        if (const auto file = layout.parse(layout.attempts() / name)) last = std::max(last, file->attempt);
    }
    return last;
}

int next_attempt(FileSystem& files, const std::filesystem::path& summary_path) {
    return last_known_attempt(files, summary_path) + 1;
}

std::optional<int> later_attempt(FileSystem& files, const std::filesystem::path& summary_path, int attempt) {
    try {
        const int last = last_known_attempt(files, summary_path);
        if (last > attempt) return last;
    } catch (const EnvironmentError&) {
        return std::nullopt;
    }
    return std::nullopt;
}

void require_ownership(FileSystem& files, const std::filesystem::path& job_folder, int attempt) {
    const auto layout = JobLayout::at(job_folder);
    const int last = last_known_attempt(files, layout.summary());
    if (last <= attempt) return;
    const auto owner = read_attempt(files, layout, last);
    throw EnvironmentError(fmt::format(
        "job {} was taken over by attempt {}{}: this one, attempt {}, leaves output and checkpoints alone",
        layout.job_id(), last,
        owner ? fmt::format(" (process {} on {})", owner->process_id, owner->host) : "", attempt));
}

}  // namespace dj
