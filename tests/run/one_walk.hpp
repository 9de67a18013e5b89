// SPDX-License-Identifier: Apache-2.0
/// What the placement of rows must come to, told by one walk over all rows that knows nothing of partitions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "run/output_placement.hpp"

namespace dj {

using PartitionWeights =
    std::vector<std::vector<std::uint32_t>>;  ///< Per partition, the weights of its rows.

struct PlacedAt {
    std::uint32_t shard = 0;
    std::uint64_t position = 0;
    bool operator==(const PlacedAt&) const = default;
};

struct OneWalk {
    struct Shard {
        std::uint64_t rows = 0;
        std::uint64_t weight = 0;
        bool operator==(const Shard&) const = default;
    };
    std::vector<std::vector<PlacedAt>> rows;  ///< Per partition.
    std::vector<Shard> shards{{}};
    /// The partition that holds the first position of each block.
    std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint32_t> block_owner;

    OneWalk(const PartitionWeights& partitions, const GridOptions& grid) {
        for (std::uint32_t p = 0; p < partitions.size(); ++p) {
            rows.emplace_back();
            for (const std::uint32_t weight : partitions[p]) place(p, weight, grid);
        }
    }

    /// How much of a block's extent there is: all of it, except in a shard's last block.
    [[nodiscard]] std::uint64_t extent(std::uint32_t shard, std::uint64_t block,
                                       std::uint64_t block_weight) const {
        return std::min(block_weight, shards[shard].weight - block * block_weight);
    }

private:
    void place(std::uint32_t partition, std::uint32_t weight, const GridOptions& grid) {
        if (grid.shard_weight != 0 && shards.back().rows != 0 &&
            shards.back().weight + weight > grid.shard_weight) {
            shards.emplace_back();
        }
        const auto number = static_cast<std::uint32_t>(shards.size() - 1);
        Shard& shard = shards.back();
        rows.back().push_back({number, shard.weight});
        for (std::uint64_t at = shard.weight; grid.block_weight != 0 && at < shard.weight + weight; ++at) {
            if (at % grid.block_weight == 0) block_owner[{number, at / grid.block_weight}] = partition;
        }
        ++shard.rows;
        shard.weight += weight;
    }
};

class RandomRows {
public:
    explicit RandomRows(std::uint32_t seed) : random_(seed) {}

    std::uint32_t number(std::uint32_t least, std::uint32_t greatest) {
        return std::uniform_int_distribution<std::uint32_t>(least, greatest)(random_);
    }
    /// Some partitions are empty, some rows much longer than the others.
    PartitionWeights partitions() {
        PartitionWeights made(number(0, 12));
        for (auto& rows : made) {
            rows.resize(number(0, 3) == 0 ? 0 : number(1, 20));
            for (std::uint32_t& weight : rows) weight = number(0, 15) == 0 ? number(100, 300) : number(1, 20);
        }
        return made;
    }
    GridOptions grid() {
        GridOptions grid;
        if (number(0, 2) != 0) grid.shard_weight = number(1, 250);
        if (number(0, 3) != 0) grid.block_weight = number(1, 60);
        return grid;
    }
    std::mt19937& engine() { return random_; }

private:
    std::mt19937 random_;
};

}  // namespace dj
