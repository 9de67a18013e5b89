// SPDX-License-Identifier: Apache-2.0
#include "run/output_placement.hpp"

#include <numeric>

#include <gmock/gmock.h>

#include "run/one_walk.hpp"

namespace dj {
namespace {

struct Covered {
    std::uint64_t coverage = 0;
    std::uint64_t rows = 0;
};

/// Places all partitions one by one, as coordinator and owners do, and compares with the walk.
class PartitionWalk {
public:
    PartitionWalk(const PartitionWeights& partitions, const GridOptions& grid)
        : grid_(grid), expected_(partitions, grid), placement_(grid) {
        for (std::uint32_t p = 0; p < partitions.size(); ++p) place(p, partitions[p]);
        check_coverage();
    }

    [[nodiscard]] const OneWalk& expected() const { return expected_; }

private:
    void place(std::uint32_t partition, const std::vector<std::uint32_t>& weights) {
        const PlacementStart start = placement_.start();
        const std::uint64_t total = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
        const std::vector<ShardRun> runs = cut_into_shards(weights, start, grid_);
        ASSERT_FALSE(runs.empty());
        std::uint64_t next_row = 0;
        for (const ShardRun& run : runs) {
            EXPECT_EQ(run.first, next_row);
            next_row = run.last;
            check_rows(partition, weights, run);
            if (grid_.block_weight != 0) check_blocks(partition, weights, run, start);
        }
        EXPECT_EQ(next_row, weights.size());
        const auto owner = static_cast<int>(partition);
        if (placement_.fits(total)) {
            EXPECT_EQ(runs.size(), 1U);
            placement_.advance(total, owner);
        } else {
            placement_.advance_to(runs.back().shard, runs.back().position + runs.back().weight, owner);
        }
    }

    void check_rows(std::uint32_t partition, const std::vector<std::uint32_t>& weights, const ShardRun& run) {
        std::uint64_t position = run.position;
        for (std::uint64_t row = run.first; row < run.last; ++row) {
            EXPECT_EQ(expected_.rows[partition][row], (PlacedAt{run.shard, position}));
            position += weights[row];
        }
        EXPECT_EQ(position, run.position + run.weight);
    }

    void check_blocks(std::uint32_t partition, const std::vector<std::uint32_t>& weights, const ShardRun& run,
                      const PlacementStart& start) {
        std::uint64_t next_row = run.first;
        std::uint64_t next_position = run.position;
        for (const BlockPiece& piece : cut_into_blocks(weights, run, grid_)) {
            EXPECT_EQ(piece.first, next_row);
            EXPECT_EQ(piece.position, next_position);
            next_row = piece.last;
            next_position += piece.coverage;
            for (std::uint64_t row = piece.first; row < piece.last; ++row) {
                EXPECT_EQ(expected_.rows[partition][row].position / grid_.block_weight, piece.block);
            }
            const auto gatherer = piece.own ? static_cast<int>(partition) : start.open_block_owner;
            const auto owner = expected_.block_owner.find({run.shard, piece.block});
            ASSERT_NE(owner, expected_.block_owner.end());
            EXPECT_EQ(gatherer, static_cast<int>(owner->second));
            Covered& covered = blocks_[owner->first];
            covered.coverage += piece.coverage;
            covered.rows += piece.last - piece.first;
        }
        EXPECT_EQ(next_row, run.last);
        EXPECT_EQ(next_position, run.position + run.weight);
    }

    void check_coverage() const {
        if (grid_.block_weight == 0) return;
        EXPECT_EQ(blocks_.size(), expected_.block_owner.size());
        std::uint64_t rows = 0;
        for (const auto& [id, covered] : blocks_) {
            EXPECT_EQ(covered.coverage, expected_.extent(id.first, id.second, grid_.block_weight));
            rows += covered.rows;
        }
        std::uint64_t expected_rows = 0;
        for (const OneWalk::Shard& shard : expected_.shards) expected_rows += shard.rows;
        EXPECT_EQ(rows, expected_rows);
    }

    const GridOptions grid_;
    const OneWalk expected_;
    OutputPlacement placement_;
    std::map<std::pair<std::uint32_t, std::uint64_t>, Covered> blocks_;
};

/// Shards of what `cut_into_shards` says about all rows at once.
std::vector<ShardRun> shards_of(const std::vector<std::uint32_t>& weights, const GridOptions& grid) {
    return cut_into_shards(weights, {}, grid);
}

TEST(OutputPlacement, PartitionsComeToTheSameAsOneWalkOverAllRows) {
    RandomRows random(1);
    for (int trial = 0; trial < 400; ++trial) {
        SCOPED_TRACE(trial);
        const PartitionWalk walk(random.partitions(), random.grid());
        if (HasFailure()) return;
    }
}

TEST(OutputPlacement, HowTheSameRowsAreCutIntoPartitionsDoesNotMatter) {
    RandomRows random(2);
    for (int trial = 0; trial < 50; ++trial) {
        const GridOptions grid = random.grid();
        std::vector<std::uint32_t> rows(random.number(1, 100));
        for (std::uint32_t& weight : rows) weight = random.number(1, 30);
        const OneWalk whole({rows}, grid);
        PartitionWeights parts(1);
        for (const std::uint32_t weight : rows) {
            while (random.number(0, 4) == 0) parts.emplace_back();
            parts.back().push_back(weight);
        }
        const PartitionWalk walk(parts, grid);
        EXPECT_EQ(walk.expected().shards, whole.shards);
    }
}

TEST(OutputPlacement, ShardsAreAsFullAsCanBeAndNoneIsAboveTheLimitButForASingleRow) {
    RandomRows random(3);
    for (int trial = 0; trial < 200; ++trial) {
        std::vector<std::uint32_t> weights(random.number(1, 60));
        for (std::uint32_t& weight : weights) weight = random.number(1, 40);
        const GridOptions grid{random.number(1, 90), 0};
        const std::vector<ShardRun> runs = shards_of(weights, grid);
        for (std::size_t i = 0; i < runs.size(); ++i) {
            EXPECT_EQ(runs[i].shard, i);
            EXPECT_GT(runs[i].last, runs[i].first);
            if (runs[i].last - runs[i].first > 1) {
                EXPECT_LE(runs[i].weight, grid.shard_weight);
            }
            if (i + 1 < runs.size()) {
                EXPECT_GT(runs[i].weight + weights[runs[i].last], grid.shard_weight);
            }
        }
    }
}

TEST(OutputPlacement, AShardMayBeFilledToTheLastByte) {
    const std::vector<ShardRun> runs = shards_of({4, 6, 10, 1}, {10, 0});
    ASSERT_EQ(runs.size(), 3U);
    EXPECT_EQ(runs[0].last, 2U);
    EXPECT_EQ(runs[1].weight, 10U);
    EXPECT_EQ(runs[2].first, 3U);
}

TEST(OutputPlacement, ARowAboveTheLimitHasAShardOfItsOwn) {
    const std::vector<ShardRun> runs = shards_of({3, 50, 3}, {10, 0});
    ASSERT_EQ(runs.size(), 3U);
    EXPECT_EQ(runs[1].weight, 50U);
    EXPECT_EQ(runs[1].position, 0U);
    EXPECT_EQ(runs[2].shard, 2U);
}

TEST(OutputPlacement, WhatDoesNotFitLeavesAnEmptyRunInTheShardItFound) {
    const std::vector<ShardRun> runs = cut_into_shards(std::vector<std::uint32_t>{5}, {3, 8, 1}, {10, 4});
    ASSERT_EQ(runs.size(), 2U);
    EXPECT_EQ(runs[0].shard, 3U);
    EXPECT_EQ(runs[0].position, 8U);
    EXPECT_EQ(runs[0].first, runs[0].last);
    EXPECT_EQ(runs[1].shard, 4U);
    EXPECT_EQ(runs[1].position, 0U);
}

TEST(OutputPlacement, NoRowsAreOneEmptyRunAndNoBlock) {
    const std::vector<ShardRun> runs = cut_into_shards({}, {2, 7, 0}, {10, 5});
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(runs[0].shard, 2U);
    EXPECT_EQ(runs[0].position, 7U);
    EXPECT_EQ(runs[0].last, 0U);
    EXPECT_TRUE(cut_into_blocks({}, runs[0], {10, 5}).empty());
    const PartitionWalk none({}, {10, 5});
    EXPECT_EQ(none.expected().shards.size(), 1U);
    const PartitionWalk empties(PartitionWeights(5), {10, 5});
    EXPECT_EQ(empties.expected().shards.front().rows, 0U);
}

TEST(OutputPlacement, ARowLongerThanABlockLeavesBlocksInWhichNoRowBegins) {
    const std::vector<std::uint32_t> weights{2, 25, 3};
    const GridOptions grid{0, 10};
    const std::vector<BlockPiece> pieces = cut_into_blocks(weights, shards_of(weights, grid).front(), grid);
    ASSERT_EQ(pieces.size(), 3U);
    EXPECT_EQ(pieces[0].last, 2U);
    EXPECT_EQ(pieces[1].first, pieces[1].last);
    EXPECT_EQ(pieces[1].coverage, 10U);
    EXPECT_TRUE(pieces[1].own);
    EXPECT_EQ(pieces[2].first, 2U);
    EXPECT_EQ(pieces[2].coverage, 10U);
}

TEST(OutputPlacement, OnlyWhatPassesTheLimitMustBeAskedFor) {
    OutputPlacement placement({10, 4});
    EXPECT_TRUE(placement.fits(10));
    EXPECT_FALSE(placement.fits(11));
    placement.advance(6, 3);
    EXPECT_EQ(placement.start().open_block_owner, 3);
    EXPECT_TRUE(placement.fits(4));
    EXPECT_FALSE(placement.fits(5));
    placement.advance_to(2, 30, 1);
    EXPECT_EQ(placement.start().shard, 2U);
    EXPECT_EQ(placement.start().position, 30U);
    EXPECT_EQ(placement.start().open_block_owner, 1);
    EXPECT_TRUE(placement.fits(0));
    EXPECT_FALSE(placement.fits(1));
}

}  // namespace
}  // namespace dj
