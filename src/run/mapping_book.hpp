// SPDX-License-Identifier: Apache-2.0
/// What became of each input partition: rows in and out of every operator, rows exported. Filled from what ranks report at
/// the end of each pass, as long as the partitions of a pass are those of the input: an operator that puts all rows in a
/// new order ends that. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dj/run/job.hpp"
#include "messages.hpp"
#include "pipeline.hpp"

namespace dj {

/// Rows of a partition that a dataset-wide operator took, without those that had no key, and left.
struct EarlierRows {
    std::uint32_t partition = 0;
    std::uint64_t rows_in = 0;
    std::uint64_t rows_out = 0;
};

class MappingBook {
public:
    /// Beyond so many (partition, operator) pairs there is nothing on operators: neither memory nor reports would bear it.
    static constexpr std::size_t kMostPairs = 200'000;

    MappingBook(const Pipeline& pipeline, std::size_t partitions);

    /// What operator `op_index` decided in an earlier start of the job. Before partitions are added.
    void take_over(std::size_t op_index, const std::vector<EarlierRows>& decisions);

    /// A partition that is reported again counts as it was reported last.
    void add(std::uint32_t pass, const PartitionDone& done);

    /// Sets what it knows of the partitions, which stand there already, and of the operators.
    void fill(JobResult& result) const;

private:
    struct Pass {
        std::size_t first_op = 0;
        std::size_t end_op = 0;
        bool ends_dataset_wide = false;
    };
    [[nodiscard]] OpRows& rows_of(std::uint32_t partition, std::size_t op) {
        return op_rows_[partition * ops_ + op];
    }
    [[nodiscard]] bool is_dataset_wide(std::size_t op) const;
    void add_ops(const Pass& pass, const PartitionDone& done);
    void add_row_plan(std::uint32_t pass, const PartitionDone& done);

    std::vector<Pass> passes_;  ///< Whose partitions are those of the input.
    bool exports_ = false;      ///< Whether the last of them exports.
    std::size_t ops_;
    std::vector<OpRows> op_rows_;                     ///< Empty if there are too many.
    std::vector<std::optional<std::uint64_t>> left_;  ///< Rows that left the partition's last pass so far.
    std::vector<std::optional<std::uint64_t>> exported_;
};

}  // namespace dj
