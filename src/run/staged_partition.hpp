// SPDX-License-Identifier: Apache-2.0
/// A partition between two passes: its rows in the stage store, and the row plan's word on which of them go on and in
/// which order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "dj/data/batch.hpp"
#include "dj/storage/stage_store.hpp"
#include "messages.hpp"
#include "partition_state.hpp"

namespace dj {

struct StagedPartition {
    std::uint32_t partition = 0;  ///< Position among all partitions of the coming pass.
    std::uint64_t first_row = 0;  ///< Id of its first row, before the row plan.
    struct Part {
        std::uint64_t rows = 0;
        std::shared_ptr<SharedBlob> batch;  ///< Serialised Batch.
        StoredBlob keys;                    ///< Until the row plan has been made.
        StoredBlob sizes;                   ///< Bytes of each row as u64, where the row plan moves rows.
        /// Added to `RowOrigin::row` when its rows are read, so that it counts records within the partition: the origins
        /// of rows from the input count within their morsel.
        std::uint64_t record_base = 0;
        std::vector<std::uint64_t> positions;  ///< Of its rows in the new order; empty if the order stays.
        DeltaBase base;                        ///< What the next delta of its rows counts from.
    };
    std::vector<Part> parts;
    std::uint64_t record_base = 0;  ///< Number of the partition's first input record.

    /// Row plan "keep or drop": one flag per row over all parts. Empty: all stay.
    std::vector<bool> keep;
    /// Row plan "reorder": rows of all parts are to be sorted by `positions`.
    bool scattered = false;

    [[nodiscard]] std::uint64_t rows() const {
        std::uint64_t total = 0;
        for (const Part& part : parts) total += part.rows;
        return total;
    }
};

/// Clears the flag of a row of these partitions, which are in the order of their rows.
inline void drop_row(std::vector<StagedPartition>& partitions, std::uint64_t row_id) {
    const auto behind =
        std::upper_bound(partitions.begin(), partitions.end(), row_id,
                         [](std::uint64_t id, const StagedPartition& p) { return id < p.first_row; });
    // Partitions without rows share their first id with the one behind them: the last of them has the row.
    StagedPartition& partition = *std::prev(behind);
    if (partition.keep.empty()) partition.keep.assign(partition.rows(), true);
    partition.keep.at(row_id - partition.first_row) = false;
}

/// This rank's partitions of a pass that is complete, on their way to the row plan. `states` are as `complete` numbers
/// them; their rows and keys are moved from.
[[nodiscard]] std::vector<StagedPartition> stage(std::vector<PartitionState>& states,
                                                 const PassComplete& complete);

}  // namespace dj
