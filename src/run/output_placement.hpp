// SPDX-License-Identifier: Apache-2.0
/// Where the rows of each partition stand in the output, decided in partition order. Pure: no I/O, no messages.
///
/// Rows have weights (bytes of jsonl, 1 for parquet). A shard takes rows until the next one would pass its limit, so
/// shards are as full as they can be and none is above the limit (except one that holds a single larger row). Inside
/// a shard, block k holds the rows that begin in [k * block, (k + 1) * block). All this is a function of the rows
/// alone: it does not depend on partitions or ranks.
///
/// The rows of a block may come from several partitions: they are gathered by the owner of the partition that contains
/// the block's first position, which can be told from partition sizes alone.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace dj {

struct GridOptions {
    std::uint64_t shard_weight = 0;  ///< 0: one shard.
    std::uint64_t block_weight = 0;  ///< 0: not cut into blocks.
};

/// Where a partition's first row goes, and who gathers the block that is open there.
struct PlacementStart {
    std::uint32_t shard = 0;
    std::uint64_t position = 0;
    std::int32_t open_block_owner = -1;
};

/// Rows [first, last) of a partition, which lie in one shard from `position` on.
struct ShardRun {
    std::uint32_t shard = 0;
    std::uint64_t position = 0;
    std::uint64_t weight = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

/// Cuts a partition's rows at shard limits. `weights` are those of all its rows, in order. There is at least one run,
/// which may be empty.
[[nodiscard]] std::vector<ShardRun> cut_into_shards(std::span<const std::uint32_t> weights,
                                                    const PlacementStart& start, const GridOptions& grid);

/// Rows [first, last) of a run, which begin in one block. `coverage`: how much of the block's extent the run covers.
struct BlockPiece {
    std::uint64_t block = 0;
    std::uint64_t coverage = 0;
    std::uint64_t position = 0;  ///< Where the run enters the block.
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    bool own = false;  ///< The block begins inside the run: this partition's owner gathers it.
};
[[nodiscard]] std::vector<BlockPiece> cut_into_blocks(std::span<const std::uint32_t> weights,
                                                      const ShardRun& run, const GridOptions& grid);

/// The cursor that walks over partitions in order.
class OutputPlacement {
public:
    explicit OutputPlacement(GridOptions grid) : grid_(grid) {}

    [[nodiscard]] PlacementStart start() const { return start_; }
    /// Whether all of a partition fits into the current shard, so that its owner need not be asked where it cut.
    [[nodiscard]] bool fits(std::uint64_t weight) const;
    /// Moves past a partition of `owner` that fits, or that ended as its owner says.
    void advance(std::uint64_t weight, int owner);
    void advance_to(std::uint32_t shard, std::uint64_t position, int owner);

private:
    GridOptions grid_;
    PlacementStart start_;
};

}  // namespace dj
