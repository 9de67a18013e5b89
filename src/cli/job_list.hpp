// SPDX-License-Identifier: Apache-2.0
/// The jobs that a user may ask for: those of a folder, and those that the index of jobs remembers.
#pragma once

#include <string>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/report/job_state.hpp"

namespace dj {

struct ListedJob {
    JobState state;
    JobCondition condition = JobCondition::unknown;
    double start = 0;  ///< Seconds since the epoch; 0: not known.
};

struct JobList {
    std::vector<ListedJob> jobs;  ///< The newest first.
    std::string slurm_problem;    ///< Why it is not known what Slurm says of them; empty otherwise.
};

/// `now`: seconds since the epoch. A folder that cannot be read does not hide the others.
[[nodiscard]] JobList list_jobs(FileSystem& files, const std::string& work_dir, double now);

/// Those that give a sign of life, as a table and as JSON: who runs where, and how each could be stopped.
[[nodiscard]] std::string running_jobs_text(const JobList& list, double now);
[[nodiscard]] std::string running_jobs_json(const JobList& list);

}  // namespace dj
