// SPDX-License-Identifier: Apache-2.0
/// What a start of a job takes over from earlier starts. Decided on rank 0 from the states that the manifest lists: a pure
/// function of them, of the recipe's hashes and of the plan.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "dj/base/hash.hpp"
#include "dj/plan/execution_plan.hpp"
#include "dj/storage/checkpoint_store.hpp"
#include "pipeline.hpp"

namespace dj {

/// The states that fit the recipe, by partition and position; of each the newest.
class UsableStates {
public:
    struct Fit {
        const std::vector<Digest128>& hashes;  ///< By position.
        Digest128 export_hash{};
        std::uint32_t partitions = 0;
    };
    UsableStates(const std::vector<StateRef>& states, const Fit& fit);

    [[nodiscard]] const StateRef* find(StateKind kind, std::uint32_t partition, std::uint32_t position) const;
    [[nodiscard]] const StateRef* exported(std::uint32_t partition) const;
    /// For all partitions, or it is none: a dataset-wide operator decides at once.
    [[nodiscard]] bool has_row_plan(std::uint32_t position) const;
    /// It has turned out to be damaged, or its rows to be gone.
    void forget(const StateRef& state);

    /// The states from which the rows at `position`, or at a position before it, are made, in the order in which they are
    /// applied: each counts from the input or from the one before it.
    [[nodiscard]] std::vector<StateRef> rows_up_to(std::uint32_t partition, std::uint32_t position) const;

private:
    using Place = std::pair<std::uint32_t, std::uint32_t>;  ///< Partition, position.
    std::map<Place, StateRef> rows_;
    std::map<Place, StateRef> row_plans_;
    std::map<std::uint32_t, StateRef> exported_;
    std::uint32_t partitions_;
};

/// The pass with which the job goes on: the one behind the last row plan that is there, with all before it.
[[nodiscard]] std::uint32_t first_pass(const Pipeline& pipeline, const UsableStates& states);

/// What the partition goes on from in `pass`: the rows it has, and the row plans before the pass.
[[nodiscard]] std::vector<StateRef> reach(const Pipeline& pipeline, const UsableStates& states,
                                          std::uint32_t partition, std::uint32_t pass);

/// How many rows there are behind the last operator, if states tell them all; nothing if something is missing.
[[nodiscard]] std::optional<std::uint64_t> rows_at_end(const Pipeline& pipeline, const UsableStates& states,
                                                       std::uint32_t partitions);

}  // namespace dj
