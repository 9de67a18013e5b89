// SPDX-License-Identifier: Apache-2.0
/// A small index of this user's jobs in $XDG_STATE_HOME/dj-mpi (or ~/.local/state/dj-mpi), so that a job id is found again from
/// any folder. A convenience: nothing fails when it cannot be written or read.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dj/base/file_system.hpp"

namespace dj {

struct KnownJob {
    std::string job_id;
    std::filesystem::path folder;  ///< Absolute.
    double start_time = 0;         ///< Seconds since the epoch.
    bool operator==(const KnownJob&) const = default;
};

/// Where the index lies; nullopt if the environment names no home. `getenv` is called: not while another thread sets it.
[[nodiscard]] std::optional<std::filesystem::path> job_index_folder();

/// Adds or renews an entry; drops the oldest beyond a thousand. False if the index cannot be written.
bool remember_job(FileSystem& files, const std::filesystem::path& index_folder, const KnownJob& job);
/// Newest first; entries that cannot be read are left out.
[[nodiscard]] std::vector<KnownJob> known_jobs(FileSystem& files, const std::filesystem::path& index_folder);

/// The job folder that `job` names: a folder with a job in it, else an id under `work_dir`, else an id in the index (whose
/// folder is still there). nullopt if there is none.
[[nodiscard]] std::optional<std::filesystem::path> find_job_folder(
    FileSystem& files, std::string_view job, const std::filesystem::path& work_dir,
    const std::optional<std::filesystem::path>& index_folder);
/// Job folders directly under `work_dir`, by name.
[[nodiscard]] std::vector<std::filesystem::path> job_folders(FileSystem& files,
                                                             const std::filesystem::path& work_dir);

}  // namespace dj
