// SPDX-License-Identifier: Apache-2.0
/// Which start of a job owns it. Attempts are numbered; who makes the file `attempts/attempt_{N}.json` first is attempt N,
/// on whatever host, and the highest number owns the job. The files are never removed: a missing one would let a process
/// that was left behind believe that it still owns the job.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "dj/base/file_system.hpp"
#include "dj/storage/job_layout.hpp"

namespace dj {

/// The process that made an attempt: its rank 0.
struct AttemptOwner {
    std::string host{};
    std::int64_t process_id = 0;
    std::string machine{};           ///< Where the number means something: boot and process namespace.
    std::int64_t process_start = 0;  ///< Tells it from another process of the same number.
    double time = 0;                 ///< Of the claim, seconds since the epoch.
    bool operator==(const AttemptOwner&) const = default;
};

/// Tries to become attempt `attempt` (from 1); false if somebody else is. Durable. Throws EnvironmentError.
[[nodiscard]] bool claim_attempt(FileSystem& files, const JobLayout& layout, int attempt,
                                 const AttemptOwner& owner);

/// nullopt if there is no such attempt, or its file does not tell: its owner may be about to write it.
[[nodiscard]] std::optional<AttemptOwner> read_attempt(FileSystem& files, const JobLayout& layout,
                                                       int attempt);

/// The highest number that has been taken; 0: none. Throws EnvironmentError.
[[nodiscard]] int last_attempt(FileSystem& files, const std::filesystem::path& job_folder);

/// What the next start should try to become: one more than the highest number in the folder and in the summary. Throws
/// EnvironmentError.
[[nodiscard]] int next_attempt(FileSystem& files, const std::filesystem::path& summary_path);

/// Number of the attempt that took the job over from `attempt`, if there is one: output, manifest and summary are then its
/// own. A folder that cannot be read tells of none. Costs the listing of one folder.
[[nodiscard]] std::optional<int> later_attempt(FileSystem& files, const std::filesystem::path& summary_path,
                                               int attempt);

/// To be called by rank 0 right before it changes what a later attempt would own: before a line of the manifest, before
/// output gets its name. Throws EnvironmentError if there is a later attempt, or if that cannot be found out.
void require_ownership(FileSystem& files, const std::filesystem::path& job_folder, int attempt);

}  // namespace dj
