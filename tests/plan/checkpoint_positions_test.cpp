// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/checkpoint_positions.hpp"

#include <gtest/gtest.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

std::vector<OpCall> ops() {
    return {{.name = "a"}, {.name = "b"}, {.name = "a"}, {.name = "c"}, {.name = "d"}};
}

using Taps = std::vector<bool>;

TEST(TapAfter, FollowsTheStrategy) {
    EXPECT_EQ(tap_after({CheckpointStrategy::every_op}, ops()), Taps(5, true));
    EXPECT_EQ(tap_after({CheckpointStrategy::every_n_ops, 2}, ops()),
              (Taps{false, true, false, true, false}));
    EXPECT_EQ(tap_after({CheckpointStrategy::every_n_ops, 5}, ops()),
              (Taps{false, false, false, false, true}));
    EXPECT_EQ(tap_after({CheckpointStrategy::every_n_ops, 6}, ops()), Taps(5, false));
    EXPECT_EQ(tap_after({CheckpointStrategy::every_n_ops, 1}, ops()), Taps(5, true));
    EXPECT_EQ(tap_after({CheckpointStrategy::manual, 5, {"a", "d"}}, ops()),
              (Taps{true, false, true, false, true}));
    for (const auto strategy :
         {CheckpointStrategy::every_partition, CheckpointStrategy::disabled, CheckpointStrategy::automatic}) {
        EXPECT_EQ(tap_after({strategy, 1, {"a"}}, ops()), Taps(5, false));
    }
    EXPECT_EQ(tap_after({CheckpointStrategy::every_op}, {}), Taps());
}

TEST(CheckpointStrategy, HasTheRecipesNames) {
    for (const auto* name : {"every_op", "every_n_ops", "every_partition", "manual", "disabled", "auto"}) {
        EXPECT_EQ(to_string(checkpoint_strategy_of(name)), name);
    }
    EXPECT_THROW((void)checkpoint_strategy_of("automatic"), UserError);
}

}  // namespace
}  // namespace dj
