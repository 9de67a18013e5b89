// SPDX-License-Identifier: Apache-2.0
/// What Slurm says of jobs that run, or ran, under it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "dj/report/job_state.hpp"

namespace dj {

struct SlurmJob {
    std::string state;   ///< As Slurm writes it: RUNNING, PENDING, CANCELLED ...
    std::string nodes;   ///< "n[1-4]"; empty where it has none.
    std::string reason;  ///< Why it is pending; empty otherwise.
    /// "RUNNING on n[1-4]", "PENDING (BeginTime)".
    [[nodiscard]] std::string text() const;
    /// Whether no process of it is there: it waits, or has ended.
    [[nodiscard]] bool has_no_processes() const;
};

struct SlurmAnswer {
    std::map<std::string, SlurmJob> jobs;  ///< By number; without those that Slurm has forgotten.
    std::string problem;                   ///< Why nothing is known; empty otherwise.
};

/// Asks squeue, and sacct for what that has forgotten. Takes `timeout_seconds` at most for each: a controller that is away
/// does not answer for minutes. Without numbers nobody is asked.
[[nodiscard]] SlurmAnswer ask_slurm(const std::set<std::string>& numbers, double timeout_seconds = 5);

/// "4711" of the job that the summary names; empty: it did not run under Slurm.
[[nodiscard]] std::string slurm_number(const JobState& state);

/// Adds what Slurm says to each: its words, whether it has queued the job again, and whether the processes are gone of one
/// that says it runs. Returns why nothing is known; empty otherwise.
std::string look_at_slurm(const std::vector<JobState*>& states);

}  // namespace dj
