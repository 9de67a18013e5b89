// SPDX-License-Identifier: Apache-2.0
/// job_summary.json: what a job is and how it went, written when it starts, at every heartbeat and when it ends.
/// Field by field in docs/formats/job_summary.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/base/file_system.hpp"
#include "dj/base/step_count.hpp"
#include "dj/storage/job_attempt.hpp"

namespace dj {

enum class JobStatus : std::uint8_t { running, completed, completed_with_failures, failed, stopped };

[[nodiscard]] std::string_view to_string(JobStatus status);

/// One node of a job with branches.
struct BranchSummary {
    std::string name{};
    std::string kind{};    ///< "common", "shared" or "branch"
    std::string status{};  ///< "planned", "running", "complete", "reused", "failed", "skipped", "stopped"
    std::string parent{};  ///< The node whose rows it takes; empty: the input's.
    std::vector<std::string> operators{};  ///< Its own.
    std::string output_path{};             ///< Of a branch.
    std::string error_message{};
    double share_done = 0;  ///< Of a running one, as far as that can be told.
    int attempts = 0;       ///< By this start of the job.
    double start_time = 0;
    double duration = 0;  ///< Seconds.
    std::uint64_t rows_in = 0;
    std::uint64_t rows_out = 0;
    std::uint64_t quarantined = 0;        ///< On the whole way from the input.
    double cpu_seconds = 0;               ///< Of computing threads, over all ranks.
    std::uint64_t peak_memory_bytes = 0;  ///< Of rows that waited, greatest over ranks.
    std::uint64_t output_bytes = 0;
    bool counts_add_up = false;
    std::vector<StepCount> steps{};  ///< Its own; of a branch with the export.

    bool operator==(const BranchSummary&) const = default;
};

struct JobSummary {
    // Under Data-Juicer's names.
    std::string job_id;
    JobStatus status = JobStatus::running;
    double start_time = 0;  ///< Of this attempt, seconds since the epoch.
    std::optional<double> end_time{};
    std::optional<double> duration{};  ///< Seconds.
    std::string error_message{};       ///< Empty: none.
    std::string executor_type = "default";
    std::string config_file{};
    std::string work_dir{};  ///< Without the job id.
    std::string job_dir{};
    std::string resumption_command{};
    std::string event_log_file{};
    std::string event_log_dir{};
    std::string checkpoint_dir{};
    std::string metadata_dir{};
    std::string backed_up_config_path{};

    // Additions.
    int attempt = 1;
    double first_start_time = 0;    ///< Of the first attempt.
    double heartbeat = 0;           ///< When the job was last seen alive, seconds since the epoch.
    double heartbeat_interval = 5;  ///< Seconds between two.
    std::string host{};             ///< Of rank 0.
    std::int64_t process_id = 0;    ///< Of rank 0.
    int ranks = 1;
    int threads = 1;                       ///< Per rank.
    std::string version{};                 ///< Of dj-mpi.
    std::vector<std::string> operators{};  ///< In order.
    std::string dataset_path{};
    std::uint64_t input_bytes = 0;  ///< As they lie on disk.
    std::uint64_t partitions = 0;
    std::optional<int> exit_code{};
    std::vector<StepCount> steps{};  ///< read, the operators, export.
    std::uint64_t records_read = 0;
    std::uint64_t exported = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t in_failed_partitions = 0;
    bool counts_add_up = false;
    std::vector<OutputFile> outputs{};
    std::uint64_t output_bytes = 0;
    std::uint64_t peak_rss_bytes = 0;  ///< Greatest over ranks.
    std::uint64_t spilled_bytes = 0;
    double seconds_to_first_row = 0;
    std::uint64_t generations = 0;           ///< Of checkpoints, committed by this attempt.
    std::uint64_t checkpoint_bytes = 0;      ///< Of their states, as stored.
    std::uint64_t checkpoint_raw_bytes = 0;  ///< Before compression.
    std::uint64_t resumed_partitions = 0;    ///< For which something that earlier attempts did was used.
    std::uint64_t retries = 0;
    std::uint64_t failed_partitions = 0;  ///< Given up after their retries.
    std::string output_identity{};    ///< Hash of recipe, input and export: see docs/formats/job_summary.md.
    std::string working_directory{};  ///< Where the relative paths of `resumption_command` begin.
    std::string machine{};            ///< Where `process_id` means something: boot and process namespace.
    std::vector<BranchSummary> branches{};  ///< The nodes, parents first; empty: the job has no branches.
    std::int64_t process_start = 0;         ///< Tells the process from another of the same number.

    std::string slurm_step{};  ///< "4711.0", job and step in which it runs; empty: not under Slurm.

    bool operator==(const JobSummary&) const = default;
};

[[nodiscard]] nlohmann::ordered_json to_json(const BranchSummary& branch);
/// As of a whole summary.
[[nodiscard]] BranchSummary branch_summary_from_json(const nlohmann::json& json);
[[nodiscard]] nlohmann::ordered_json to_json(const JobSummary& summary);
/// What is missing or of another type keeps its default, so that summaries of other versions (and Data-Juicer's) can be read.
[[nodiscard]] JobSummary job_summary_from_json(const nlohmann::json& json);

/// nullopt if there is none, or none that can be read.
[[nodiscard]] std::optional<JobSummary> read_job_summary(FileSystem& files,
                                                         const std::filesystem::path& path);
/// Durable, all or nothing. Throws EnvironmentError.
void write_job_summary(FileSystem& files, const std::filesystem::path& path, const JobSummary& summary);

/// Keeps the heartbeat of a running job: a thread that rewrites job_summary.json. A disk that refuses a heartbeat does not
/// end the job, nor does a later attempt that took the job over: heartbeats then cease.
class JobHeartbeat {
public:
    /// Writes the summary with status running. Throws EnvironmentError if that fails.
    JobHeartbeat(FileSystem& files, std::filesystem::path path, JobSummary summary);
    ~JobHeartbeat();
    JobHeartbeat(const JobHeartbeat&) = delete;
    JobHeartbeat& operator=(const JobHeartbeat&) = delete;

    /// Thread-safe. Changes what the next heartbeat writes.
    void update(const std::function<void(JobSummary&)>& change);
    /// The next heartbeat comes at once: something has changed that people wait for.
    void hasten();
    /// Ends the heartbeats and writes the last summary, as it is after `change`. Sets end_time, duration and heartbeat where
    /// `change` has not. Throws EnvironmentError.
    void finish(const std::function<void(JobSummary&)>& change);
    [[nodiscard]] JobSummary summary() const;
    /// Whether a later attempt of the same job was seen.
    [[nodiscard]] bool superseded() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dj
