// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "storage/checkpoint_folder.hpp"

namespace dj {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class CheckpointRetentionTest : public testing::Test {
protected:
    /// A generation with these states. Nothing is on disk: retention is a function of the contents.
    void add(std::uint64_t number, int attempt, const std::vector<StateHead>& heads) {
        const auto name = generation_file_name(number, attempt);
        contents_.generations.push_back({.number = number, .attempt = attempt, .file = name});
        const auto path = std::make_shared<const std::filesystem::path>("/checkpoints/" + name);
        for (auto head : heads) {
            head.attempt = static_cast<std::uint32_t>(attempt);
            contents_.states.push_back({.head = head, .generation = number, .file = path});
        }
    }
    [[nodiscard]] std::vector<std::string> removable(std::uint32_t keep) const {
        return generations_to_remove(contents_, keep);
    }
    CheckpointContents contents_;
};

TEST_F(CheckpointRetentionTest, NothingToRemoveFromNothing) { EXPECT_THAT(removable(2), IsEmpty()); }

TEST_F(CheckpointRetentionTest, TheNewestVersionsStay) {
    for (std::uint32_t i = 1; i <= 4; ++i) add(i, 1, {head_of(0, i)});
    EXPECT_THAT(removable(1),
                ElementsAre("generation_000001.a1.h5", "generation_000002.a1.h5", "generation_000003.a1.h5"));
    EXPECT_THAT(removable(0), removable(1)) << "one stays in any case";
    EXPECT_THAT(removable(2), ElementsAre("generation_000001.a1.h5", "generation_000002.a1.h5"));
    EXPECT_THAT(removable(9), IsEmpty());
}

TEST_F(CheckpointRetentionTest, AGenerationGoesOnlyWhenNoPartitionNeedsIt) {
    add(1, 1, {head_of(0, 1), head_of(1, 1)});
    add(2, 1, {head_of(0, 2)});
    EXPECT_THAT(removable(1), IsEmpty()) << "partition 1 has nothing newer";
    add(3, 1, {head_of(1, 2)});
    EXPECT_THAT(removable(1), ElementsAre("generation_000001.a1.h5"));
}

TEST_F(CheckpointRetentionTest, BasesStayWithAllTheirBases) {
    add(1, 1, {head_of(0, 1)});
    add(2, 1, {head_of(0, 2, 1)});
    add(3, 1, {head_of(0, 3, 2)});
    add(4, 1, {head_of(0, 4)});
    EXPECT_THAT(removable(1),
                ElementsAre("generation_000001.a1.h5", "generation_000002.a1.h5", "generation_000003.a1.h5"));
    contents_.states.back().head.base_position = 3;
    EXPECT_THAT(removable(1), IsEmpty());
}

TEST_F(CheckpointRetentionTest, RowPlansStay) {
    add(1, 1, {head_of(0, 2, 1, "ops", StateKind::row_plan)});
    add(2, 1, {head_of(0, 3)});
    add(3, 1, {head_of(0, 4)});
    EXPECT_THAT(removable(1), ElementsAre("generation_000002.a1.h5"));
}

TEST_F(CheckpointRetentionTest, WhatWasWrittenAgainReplaces) {
    add(1, 1, {head_of(0, 2)});
    add(2, 2, {head_of(0, 2)});
    EXPECT_THAT(removable(2), ElementsAre("generation_000001.a1.h5"));
}

TEST_F(CheckpointRetentionTest, AnEditedRecipeReplacesLittleByLittle) {
    add(1, 1, {head_of(0, 2), head_of(0, 8, 2)});
    add(2, 2, {head_of(0, 4, 2, "edited")});
    EXPECT_THAT(removable(2), IsEmpty()) << "the old recipe may come back";
    add(3, 2, {head_of(0, 6, 4, "edited")});
    EXPECT_THAT(removable(2), IsEmpty()) << "what the new states are based on is in the first generation";
    contents_.states[2].head.base_position = 0;
    EXPECT_THAT(removable(2), ElementsAre("generation_000001.a1.h5"));
}

TEST_F(CheckpointRetentionTest, NodesAreApart) {
    auto other = head_of(0, 1);
    other.node = 1;
    add(1, 1, {other});
    add(2, 1, {head_of(0, 2)});
    EXPECT_THAT(removable(1), IsEmpty());
}

}  // namespace
}  // namespace dj
