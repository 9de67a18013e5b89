// SPDX-License-Identifier: Apache-2.0
// One small file per job id: several jobs may start at once, from several nodes, without a lock.
#include "dj/storage/job_index.hpp"

#include <algorithm>
#include <cstdlib>

#include "dj/base/error.hpp"
#include "dj/base/json_fields.hpp"
#include "dj/storage/job_layout.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostEntries = 1000;
constexpr std::string_view kSuffix = ".json";

std::optional<KnownJob> read_entry(FileSystem& files, const fs::path& path) {
    try {
        const auto text = read_whole_file(files, path);
        const auto json = nlohmann::json::parse(text.value_or(""), nullptr, false);
        KnownJob job;
        std::string folder;
        read_field(json, "job_id", job.job_id);
        read_field(json, "folder", folder);
        read_field(json, "start_time", job.start_time);
        if (job.job_id.empty() || folder.empty()) return std::nullopt;
        job.folder = folder;
        return job;
    } catch (const EnvironmentError&) {
        return std::nullopt;
    }
}

bool is_job_folder(FileSystem& files, const fs::path& folder) {
    try {
        const auto info = files.info(folder);
        if (!info || !info->is_directory) return false;
        const auto layout = JobLayout::of_folder(files, folder);
        return files.info(layout.summary()) || !layout.event_files(files).empty();
    } catch (const std::exception&) {  // a folder of another kind, or one that may not be read
        return false;
    }
}

}  // namespace

std::optional<fs::path> job_index_folder() {
    if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/') {
        return fs::path(state) / "dj-mpi" / "jobs";
    }
    if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
        return fs::path(home) / ".local" / "state" / "dj-mpi" / "jobs";
    }
    return std::nullopt;
}

bool remember_job(FileSystem& files, const fs::path& index_folder, const KnownJob& job) {
    try {
        check_job_id(job.job_id);
        files.create_directories(index_folder);
        const nlohmann::ordered_json entry = {
            {"job_id", job.job_id}, {"folder", job.folder.string()}, {"start_time", job.start_time}};
        replace_file(files, index_folder / (job.job_id + std::string(kSuffix)), entry.dump() + "\n", 0);
        if (files.list(index_folder).size() <= kMostEntries) return true;
        const auto jobs = known_jobs(files, index_folder);
        for (std::size_t i = kMostEntries; i < jobs.size(); ++i) {
            files.remove(index_folder / (jobs[i].job_id + std::string(kSuffix)));
        }
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

std::vector<KnownJob> known_jobs(FileSystem& files, const fs::path& index_folder) {
    std::vector<KnownJob> jobs;
    try {
        if (!files.info(index_folder)) return jobs;
        for (const auto& name : files.list(index_folder)) {
            if (!name.ends_with(kSuffix)) continue;
            if (auto job = read_entry(files, index_folder / name)) jobs.push_back(std::move(*job));
        }
    } catch (const EnvironmentError&) {
        return jobs;
    }
    std::stable_sort(jobs.begin(), jobs.end(),
                     [](const auto& a, const auto& b) { return a.start_time > b.start_time; });
    return jobs;
}

std::optional<fs::path> find_job_folder(FileSystem& files, std::string_view job, const fs::path& work_dir,
                                        const std::optional<fs::path>& index_folder) {
    if (job.empty()) return std::nullopt;
    const auto absolute = [](const fs::path& path) { return fs::absolute(path).lexically_normal(); };
    if (is_job_folder(files, job)) return absolute(job);
    if (job.find('/') != std::string_view::npos) return std::nullopt;
    if (is_job_folder(files, work_dir / job)) return absolute(work_dir / job);
    if (!index_folder) return std::nullopt;
    const auto entry = read_entry(files, *index_folder / (std::string(job) + std::string(kSuffix)));
    if (entry && is_job_folder(files, entry->folder)) return entry->folder;
    return std::nullopt;
}

std::vector<fs::path> job_folders(FileSystem& files, const fs::path& work_dir) {
    std::vector<fs::path> folders;
    const auto info = files.info(work_dir);
    if (!info || !info->is_directory) return folders;
    for (const auto& name : files.list(work_dir)) {
        if (is_job_folder(files, work_dir / name)) folders.push_back(work_dir / name);
    }
    return folders;
}

}  // namespace dj
