// SPDX-License-Identifier: Apache-2.0
/// The partitions of a job as its metadata shows them, made from the plan and, once there is one, the result.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cli/prepare_job.hpp"
#include "dj/run/job.hpp"
#include "dj/storage/dataset_mapping.hpp"

namespace dj {

class MappedPartitions {
public:
    /// Both are referred to; without a result nothing has been done yet.
    MappedPartitions(const PreparedJob& job, const JobResult* result);

    /// Refers to this.
    [[nodiscard]] PartitionSource source() const;
    [[nodiscard]] MappedPartition at(std::size_t partition) const;

private:
    void add_steps(std::size_t number, MappedPartition& partition) const;

    const PreparedJob& job_;
    const JobResult* result_;
    /// First rows in input and output, as far as all partitions before are known.
    std::vector<std::uint64_t> first_rows_;
    std::vector<std::uint64_t> first_rows_out_;
};

}  // namespace dj
