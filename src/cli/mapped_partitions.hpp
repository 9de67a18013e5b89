// SPDX-License-Identifier: Apache-2.0
/// The partitions of a job as its metadata shows them, made from the plan and, once there is one, the result.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dj/plan/execution_plan.hpp"
#include "dj/run/job.hpp"
#include "dj/storage/dataset_mapping.hpp"

namespace dj {

class MappedPartitions {
public:
    /// All are referred to; without a result nothing has been done yet. `ops`: the whole chain.
    MappedPartitions(std::span<const Partition> partitions, const std::vector<OpCall>& ops,
                     const JobResult* result);

    /// Refers to this.
    [[nodiscard]] PartitionSource source() const;
    [[nodiscard]] MappedPartition at(std::size_t partition) const;

private:
    void add_steps(std::size_t number, MappedPartition& partition) const;

    const std::span<const Partition> partitions_;
    const std::vector<OpCall>& ops_;
    const JobResult* result_;
    /// First rows in input and output, as far as all partitions before are known.
    std::vector<std::uint64_t> first_rows_;
    std::vector<std::uint64_t> first_rows_out_;
};

}  // namespace dj
