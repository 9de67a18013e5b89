// SPDX-License-Identifier: Apache-2.0
/// Which states of a partition are recorded on its way through the operators, and what each of them holds. A *position*
/// is a number of operators: the state at position k is what the first k operators of the recipe (row plan included,
/// where one is dataset-wide) made of the partition. A state is a delta on the input, or on the state recorded before it.
/// See docs/adr/0013-states-are-deltas-on-the-input.md.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dj/storage/checkpoint_state.hpp"
#include "pipeline.hpp"

namespace dj {

/// What the state at one position holds besides which rows survive.
struct StateLayout {
    std::uint32_t position = 0;
    std::uint32_t base_position = 0;        ///< Of the state that it is a delta on; 0: the input.
    std::vector<std::size_t> texts;         ///< Columns that operators may have written since the base.
    std::vector<std::uint32_t> text_masks;  ///< Their bits in `RowOrigin::written`.
    std::vector<std::size_t> scalars;       ///< Columns of the stats computed since the base.
    StateColumns names;

    [[nodiscard]] bool on_input() const { return base_position == 0; }
};

/// Of one operator: the state behind it is recorded while rows go by, or not.
using Tap = std::optional<StateLayout>;

/// States are of partitions of the input: none is recorded behind a re-ordering operator.
struct StatePlan {
    std::vector<Tap> taps;                   ///< By operator; none behind the last one of a segment.
    std::vector<StateLayout> boundaries;     ///< By segment: its end, before the row plan or the export.
    std::vector<bool> boundary_taps;         ///< By segment: recorded at once, not when a commit asks for it.
    std::vector<std::size_t> written_texts;  ///< Columns; the i-th has bit i in `RowOrigin::written`.
};

struct WantedStates {
    std::vector<bool> behind;  ///< By operator: the recipe asks for a state behind it.
    bool of_all_ends = false;  ///< Others go on from the ends of all passes, the last among them.
};
[[nodiscard]] StatePlan plan_states(const Pipeline& pipeline, const WantedStates& wanted);

/// The bit of a text column in `RowOrigin::written`; 0 for one that no operator writes.
[[nodiscard]] std::uint32_t written_mask(const StatePlan& plan, std::size_t column);

}  // namespace dj
