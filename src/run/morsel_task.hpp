// SPDX-License-Identifier: Apache-2.0
/// What travels from the reader thread of a pass to the threads that run operators.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "dj/format/input.hpp"
#include "dj/storage/checkpoint_state.hpp"
#include "morsel_budget.hpp"
#include "staged_partition.hpp"

namespace dj {

/// What earlier starts of the job stored of a partition, opened: applied one after the other to the rows that are read
/// again. Operators run wherever the next state counts from a later position than the one reached.
struct RestoredPartition {
    struct Step {
        StateHead head;
        StoredState state;
    };
    std::vector<Step> steps;
    std::vector<StepTally> tallies;  ///< Of the operators before `position`.
    std::vector<RowFault> faults;    ///< Of the same; records are counted within the partition.
    std::uint32_t position = 0;      ///< Operators that need not run again.
    std::string content_hash;        ///< Of the input bytes, as they were; empty: not known.
};

/// Bytes read, a stored batch with the rows that the plan keeps, or a whole partition whose rows must first be put in
/// order.
struct MorselTask {
    std::uint64_t ticket = 0;  ///< Of the try of the partition that it belongs to.
    std::uint32_t partition = 0;
    std::uint32_t sequence = 0;
    MorselCharge charge;  ///< On the run's memory.
    std::optional<RawMorsel> raw;
    std::shared_ptr<const RestoredPartition> restored;  ///< With `raw`: what is known of it; may be null.
    std::optional<StagedPartition::Part> part;
    std::optional<std::vector<std::uint32_t>> rows;
    std::optional<StagedPartition> scattered;
};

/// Of the rows and bytes that it holds.
[[nodiscard]] std::uint64_t bytes_of(const MorselTask& task);

}  // namespace dj
