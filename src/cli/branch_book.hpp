// SPDX-License-Identifier: Apache-2.0
/// What is known of the nodes of a job with branches, on rank 0: from earlier starts of the job, and as they run.
#pragma once

#include <mutex>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/run/branch_job.hpp"
#include "dj/storage/job_layout.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {

/// Thread-safe.
class BranchBook {
public:
    /// `job` is referred to; branches whose output, as this start would make it, stands already are marked as done in it.
    BranchBook(FileSystem& files, JobLayout layout, BranchJobSpec& job);

    /// A node's status has changed. Of a branch that is complete it is remembered, durably, that its output stands. Throws
    /// EnvironmentError.
    void changed(std::size_t node, const NodeResult& state);
    /// How far a running node is.
    void look(std::size_t node, const RunProgress& progress);
    [[nodiscard]] std::vector<BranchSummary> summaries() const;
    /// The whole job in the figures of one: what is shared counts once.
    [[nodiscard]] JobResult total(const BranchJobResult& result) const;

private:
    void look_for_record(std::size_t node);
    void note_partitions(const NodeResult& state);
    void write_record(std::size_t node, const JobResult& result);
    void take_figures(std::size_t node, BranchSummary found);
    void fill_steps(std::size_t branch, const std::vector<StepCount>& chain);
    [[nodiscard]] std::vector<StepCount> own_steps(std::size_t node,
                                                   const std::vector<StepCount>& chain) const;
    void fill_shared_steps(std::size_t branch, const std::vector<StepCount>& chain);

    FileSystem& files_;
    const JobLayout layout_;
    const BranchJobSpec& job_;
    mutable std::mutex mutex_;
    std::vector<BranchSummary> nodes_;
    std::vector<std::vector<OutputFile>> outputs_;  ///< By node.
    StepCount read_;                                ///< The reading of the input.
    std::uint64_t records_read_ = 0;                ///< As earlier starts of the job found it.
    std::uint64_t input_bytes_ = 0;
    std::vector<PartitionResult> partitions_;  ///< How they were read; not what became of them in a branch.
};

}  // namespace dj
