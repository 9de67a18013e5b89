// SPDX-License-Identifier: Apache-2.0
/// Which node of a branch DAG begins when: rank 0's book of a job with branches. It knows no threads and no MPI; the
/// caller tells it what has ended, and the time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dj/run/branch_job.hpp"

namespace dj {

class BranchSchedule {
public:
    /// `spec` is referred to.
    explicit BranchSchedule(const BranchJobSpec& spec);

    /// The nodes that can begin now, as many as may run at once; they count as running from now on.
    [[nodiscard]] std::vector<std::uint32_t> begin_ready(double now_seconds);
    /// A node that ran has ended so. What follows from that for others is settled: they are skipped, or stop.
    void ended(std::uint32_t node, JobResult result, double now_seconds);
    /// The job has been asked to stop: nothing begins any more.
    void stop(const std::string& reason);

    /// Running nodes that are to stop since another has failed; each is named once.
    [[nodiscard]] std::vector<std::uint32_t> take_stopping();
    /// Nodes whose status has changed since the last call, in the order of the changes.
    [[nodiscard]] std::vector<std::uint32_t> take_changed();

    [[nodiscard]] bool over() const;
    [[nodiscard]] const NodeResult& node(std::uint32_t number) const { return nodes_.at(number); }
    /// Gives back the memory of what a node's result says of single partitions: of a million, in fifty branches.
    void forget_partitions(std::uint32_t node);
    /// One exit for the job, and why.
    void fill(BranchJobResult& result) const;

private:
    void set(std::uint32_t node, NodeStatus status);
    void fail(std::uint32_t node, double now_seconds);
    void skip_children();
    void stop_waiting(const std::string& reason);
    [[nodiscard]] bool is_needed(std::uint32_t node) const;
    [[nodiscard]] bool can_begin(std::uint32_t node, double now_seconds) const;
    [[nodiscard]] bool ended_well(std::uint32_t node) const;

    const BranchJobSpec& spec_;
    std::vector<NodeResult> nodes_;
    std::vector<std::uint32_t> changed_;
    std::vector<std::uint32_t> stopping_;
    std::string stop_reason_;    ///< Of the whole job; empty: it goes on.
    std::string first_failure_;  ///< With fail_fast.
};

}  // namespace dj
