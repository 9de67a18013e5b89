// SPDX-License-Identifier: Apache-2.0
/// After which operators a partition's state is wanted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dj/plan/execution_plan.hpp"

namespace dj {

enum class CheckpointStrategy : std::uint8_t {
    every_op,
    every_n_ops,
    every_partition,
    manual,
    disabled,
    automatic
};

/// By the recipe's words: "every_op", ..., "auto". Throws UserError for another.
[[nodiscard]] CheckpointStrategy checkpoint_strategy_of(std::string_view name);
[[nodiscard]] std::string_view to_string(CheckpointStrategy strategy);

struct CheckpointPlaces {
    CheckpointStrategy strategy = CheckpointStrategy::every_n_ops;
    std::uint64_t n_ops = 5;  ///< every_n_ops; at least 1.
    std::vector<std::string>
        op_names{};  ///< manual; all of them are in the recipe, which its check has seen to.
};

/// [i]: a state is wanted after operator i. every_op: after all; every_n_ops: after each n-th; manual: after each operator
/// of one of the names, however often it stands there. The others want none within the pipeline: what is kept at the end of
/// a pass or at the end of a partition, and where `auto` finds an operator dear, is decided where the job runs.
[[nodiscard]] std::vector<bool> tap_after(const CheckpointPlaces& places, const std::vector<OpCall>& ops);

}  // namespace dj
