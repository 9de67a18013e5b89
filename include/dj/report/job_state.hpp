// SPDX-License-Identifier: Apache-2.0
/// All that the files of a job tell about it, read once; the views are pure functions of it. Also of a job that is running,
/// was killed, or whose files are torn.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/base/step_count.hpp"
#include "dj/events/event_reader.hpp"
#include "dj/events/event_tally.hpp"
#include "dj/storage/job_layout.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {

enum class JobCondition : std::uint8_t {
    running,
    completed,
    completed_with_failures,
    failed,
    stopped,
    dead,     ///< Says it runs, but gives no sign of life.
    waiting,  ///< Slurm has queued it again.
    unknown,  ///< The files do not tell.
};
[[nodiscard]] std::string_view to_string(JobCondition condition);

struct JobState {
    std::string job_id;
    std::filesystem::path folder;
    std::filesystem::path quarantine_file;  ///< Empty: there is none.
    std::optional<JobSummary> summary;
    bool owner_is_gone =
        false;            ///< Set by who can see the process that runs the job: it is not there any more.
    std::string slurm{};  ///< What Slurm says of it: "RUNNING on n[1-4]"; empty: nothing is known.
    bool queued_again = false;    ///< By Slurm, as far as was asked.
    std::string summary_problem;  ///< Why there is none; empty otherwise.
    /// Without a summary: rows in the quarantine file, if it can be read. The events tell of some, not of all.
    std::optional<std::uint64_t> rows_in_quarantine_file{};
    EventTally events;
    EventReadCounts events_read;                     ///< Of the files that were needed, the newest.
    std::vector<std::filesystem::path> event_files;  ///< All there are.
};

/// Never throws for what stands in the files; EnvironmentError if the folder itself cannot be read.
[[nodiscard]] JobState read_job_state(FileSystem& files, const std::filesystem::path& job_folder);

/// The same without the events, unless there is no summary: quick, enough for a list.
[[nodiscard]] JobState read_job_head(FileSystem& files, const std::filesystem::path& job_folder);

/// Whether the events are of the attempt that the summary speaks of, or of a later one.
[[nodiscard]] bool events_are_current(const JobState& state);
/// `now`: seconds since the epoch.
[[nodiscard]] JobCondition condition_of(const JobState& state, double now);
/// Newest of heartbeat and events; 0 if there is neither.
[[nodiscard]] double last_sign_of_life(const JobState& state);

struct JobProgress {
    std::uint64_t partitions_total = 0;  ///< 0: not known.
    std::uint64_t partitions_done = 0;
    std::uint64_t partitions_running = 0;
    std::uint64_t partitions_failed = 0;
    std::uint64_t partitions_resumed = 0;
    std::size_t nodes_total = 0;  ///< Of a job with branches; its partitions pass each of them.
    std::size_t nodes_done = 0;
    std::uint64_t rows_in = 0;
    std::uint64_t rows_out = 0;
    /// Nothing: there are some, but the files do not tell how many.
    std::optional<std::uint64_t> quarantined = 0;
    double share =
        0;  ///< 0 to 1, by bytes where known, else by partitions; of several passes each counts the same.
    double elapsed_seconds = 0;  ///< Of this attempt.
    double rows_per_second = 0;
    double bytes_per_second = 0;
    std::optional<double> seconds_left;  ///< Of a running job, if it can be told.
};
[[nodiscard]] JobProgress progress_of(const JobState& state, double now);

/// Counts per step: the final ones of the summary, else the sums of the events so far.
struct StepLine {
    std::string branch;
    StepCount count;
    std::uint64_t partitions = 0;  ///< In which it completed; 0: not known.
};
[[nodiscard]] std::vector<StepLine> steps_of(const JobState& state);

}  // namespace dj
