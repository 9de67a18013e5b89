// SPDX-License-Identifier: Apache-2.0
/// How long intermediate data is kept. Only files with names that `JobLayout::intermediate` makes are ever removed, and
/// folders that are empty then: never output, checkpoints, events or what users put there. So a job that failed or was
/// stopped keeps all that it needs to go on.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/storage/job_layout.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {

enum class RetentionPolicy : std::uint8_t { keep_all, keep_failed_only, cleanup_all };

/// Throws Bug for other names than "keep_all", "keep_failed_only" and "cleanup_all".
[[nodiscard]] RetentionPolicy retention_policy_of(std::string_view name);

/// The recipe's keys of the same names.
struct RetentionRules {
    RetentionPolicy policy = RetentionPolicy::keep_all;
    bool cleanup_on_success = false;
    bool cleanup_temp_files = true;
    /// Of other jobs in the same work_dir: theirs goes so many days after their end. Empty: it stays.
    std::optional<double> max_retention_days{};
};

/// How a job ended.
struct JobEnd {
    JobStatus status = JobStatus::completed;
    std::set<std::uint64_t> failed_partitions{};
    double now_seconds = 0;  ///< Since the epoch.
};

/// Applies the rules to a job that has ended, and to others of its work_dir. Returns what was done, a sentence each. Throws
/// EnvironmentError.
std::vector<std::string> apply_retention(FileSystem& files, const JobLayout& job, const RetentionRules& rules,
                                         const JobEnd& end);

/// Removes files that killed attempts had not finished. Only while no other attempt runs. Returns how many.
std::uint64_t remove_unfinished_intermediate(FileSystem& files, const JobLayout& job);

/// Removes what attempts before `attempt` were killed over while they replaced a file of the job folder (summary, plan,
/// metadata, partition table ...). Only for the attempt that owns the job. Returns how many.
std::uint64_t remove_unfinished_files(FileSystem& files, const JobLayout& job, int attempt);

}  // namespace dj
