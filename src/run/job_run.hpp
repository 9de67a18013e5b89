// SPDX-License-Identifier: Apache-2.0
/// Everything one rank holds during a run of one chain of operators: a whole job, or one node of a job with branches.
/// Several may be under way in a process at once, each on a communicator of its own.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dj/run/job.hpp"
#include "job_accounts.hpp"
#include "job_checkpoints.hpp"
#include "job_faults.hpp"
#include "pass.hpp"
#include "progress_board.hpp"
#include "progress_reporter.hpp"
#include "rank_desk.hpp"
#include "row_plan.hpp"

namespace dj {

class JobRun {
public:
    /// Collective: makes communicators, and finds out what earlier starts of the job left. All arguments are referred to and
    /// outlive the run. Throws on all ranks or on none.
    JobRun(const mpi::Communicator& communicator, const JobSurroundings& surroundings, const JobSpec& spec,
           const JobInput& input);
    JobRun(const JobRun&) = delete;
    JobRun& operator=(const JobRun&) = delete;

    /// Collective; makes no communicators. Never throws: errors are in the result, which is complete on rank 0.
    void run(JobResult& result);

private:
    void make_pipeline_everywhere(const OpCatalog& catalog);
    void make_exporter();
    [[nodiscard]] bool exports() const { return spec_.goal == RunGoal::export_rows; }
    void begin_pass(std::uint32_t pass, std::uint32_t partitions, std::uint64_t rows);
    [[nodiscard]] bool run_passes();
    void note_first_rows();
    void add_kept(std::vector<PartitionState>& states);
    void on_commit_message(const mpi::Message& message);
    void commit(CommitReason reason);
    [[nodiscard]] RowPlanCounts resolve(const BoundOp& bound, std::vector<StagedPartition>& staged,
                                        std::uint64_t total_rows);
    void publish(JobResult& result);
    void settle_kept_states();
    void check_still_ours();
    void conclude(JobResult& result);
    void conclude_after_loss(JobResult& result);
    void settle_exit(JobResult& result);
    void clean_up();
    [[nodiscard]] std::uint64_t kept_rows() const;
    void fill_counts(JobResult& result);

    // The order is the order of their making.
    const mpi::Communicator& communicator_;
    FileSystem& files_;
    const JobSpec& spec_;
    const JobInput& input_;
    const StopRequest& stop_;
    const bool claims_;
    ComputeShare* const compute_;
    MorselBudget budget_;
    const double compute_begun_;
    JobFaults faults_;

    std::optional<Pipeline> pipeline_;
    std::optional<StageStore> store_;
    std::optional<IntermediateStorage> intermediate_;
    GridOptions grid_;
    std::optional<JobCheckpoints> checkpoints_;
    std::optional<Coordinator> coordinator_;
    std::optional<Exporter> exporter_;
    std::optional<RankDesk> desk_;
    WorkMeter meter_{spec_.ops.size() + 1};
    std::optional<ProgressBoard> board_;
    std::optional<ProgressReporter> reporter_;

    std::uint32_t first_pass_ = 0;
    std::string commit_problem_;
    std::atomic<bool> started_{
        false};  ///< Messages about rounds may arrive while this rank is still being made ready.
    std::vector<ResolvedOp> resolved_;
    std::atomic<bool> first_rows_seen_{false};
    double seconds_to_first_row_ = 0;
    bool failed_ = false;
    bool reached_ = false;  ///< The goal: the output is there under its name, or the states are committed.
    std::optional<Abandon> error_;
};

/// Collective. The run; or null on all ranks, and in `failure` why there is none.
[[nodiscard]] std::unique_ptr<JobRun> make_run(const mpi::Communicator& communicator,
                                               const JobSurroundings& surroundings, const JobSpec& spec,
                                               const JobInput& input, JobResult& failure);

}  // namespace dj
