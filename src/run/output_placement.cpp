// SPDX-License-Identifier: Apache-2.0
#include "output_placement.hpp"

#include <algorithm>

namespace dj {

namespace {

/// Whether [begin, end) contains a multiple of `block`.
bool block_begins_in(std::uint64_t begin, std::uint64_t end, std::uint64_t block) {
    return begin < end && (begin % block == 0 || begin / block != (end - 1) / block);
}

}  // namespace

std::vector<ShardRun> cut_into_shards(std::span<const std::uint32_t> weights, const PlacementStart& start,
                                      const GridOptions& grid) {
    std::vector<ShardRun> runs{{start.shard, start.position, 0, 0, 0}};
    for (std::uint64_t row = 0; row < weights.size(); ++row) {
        const ShardRun& current = runs.back();
        const std::uint64_t fill = current.position + current.weight;
        if (grid.shard_weight != 0 && fill != 0 && fill + weights[row] > grid.shard_weight) {
            runs.push_back({current.shard + 1, 0, 0, row, row});
        }
        runs.back().weight += weights[row];
        runs.back().last = row + 1;
    }
    return runs;
}

std::vector<BlockPiece> cut_into_blocks(std::span<const std::uint32_t> weights, const ShardRun& run,
                                        const GridOptions& grid) {
    std::vector<BlockPiece> pieces;
    if (run.weight == 0) return pieces;
    const std::uint64_t end = run.position + run.weight;
    std::uint64_t row = run.first;
    std::uint64_t row_begin = run.position;
    for (std::uint64_t block = run.position / grid.block_weight; block * grid.block_weight < end; ++block) {
        const std::uint64_t block_begin = block * grid.block_weight;
        const std::uint64_t block_end = block_begin + grid.block_weight;
        BlockPiece piece;
        piece.block = block;
        piece.position = std::max(block_begin, run.position);
        piece.coverage = std::min(block_end, end) - piece.position;
        piece.own = block_begin >= run.position;
        piece.first = row;
        while (row < run.last && row_begin < block_end) row_begin += weights[row++];
        piece.last = row;
        pieces.push_back(piece);
    }
    return pieces;
}

bool OutputPlacement::fits(std::uint64_t weight) const {
    return grid_.shard_weight == 0 || weight == 0 || start_.position + weight <= grid_.shard_weight;
}

void OutputPlacement::advance(std::uint64_t weight, int owner) {
    const std::uint64_t end = start_.position + weight;
    if (grid_.block_weight != 0 && block_begins_in(start_.position, end, grid_.block_weight)) {
        start_.open_block_owner = owner;
    }
    start_.position = end;
}

void OutputPlacement::advance_to(std::uint32_t shard, std::uint64_t position, int owner) {
    if (shard == start_.shard) {
        advance(position - start_.position, owner);
        return;
    }
    start_ = {shard, 0, -1};
    advance(position, owner);
}

}  // namespace dj
