// SPDX-License-Identifier: Apache-2.0
// ranks: 1 2 3 4
#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>
#include <set>

#include <gmock/gmock.h>

#include "run/staged_rows.hpp"

namespace dj {
namespace {

constexpr std::uint64_t kAmple = 1ULL << 30;

std::string key_of(std::uint64_t print) { return {reinterpret_cast<const char*>(&print), sizeof print}; }

/// Rows that go, by comparing each different fingerprint with each.
std::set<std::uint64_t> not_first(const StagedKeys& keys, std::uint32_t distance) {
    std::map<std::uint64_t, std::uint64_t> first_row;
    std::set<std::uint64_t> dropped;
    std::uint64_t row = 0;
    for (const std::string& key : flatten(keys)) {
        std::uint64_t print;
        std::memcpy(&print, key.data(), sizeof print);
        if (!first_row.emplace(print, row).second) dropped.insert(row);
        ++row;
    }
    const std::vector<std::pair<std::uint64_t, std::uint64_t>> prints(first_row.begin(), first_row.end());
    std::vector<std::uint64_t> cluster;
    for (const auto& [print, first] : prints) cluster.push_back(first);
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t a = 0; a < prints.size(); ++a) {
            for (std::size_t b = 0; b < a; ++b) {
                const auto bits =
                    static_cast<std::uint32_t>(std::popcount(prints[a].first ^ prints[b].first));
                if (bits > distance || cluster[a] == cluster[b]) continue;
                cluster[a] = cluster[b] = std::min(cluster[a], cluster[b]);
                changed = true;
            }
        }
    }
    for (std::size_t i = 0; i < prints.size(); ++i) {
        if (cluster[i] != prints[i].second) dropped.insert(prints[i].second);
    }
    return dropped;
}

class DropNearDuplicates : public testing::Test {
protected:
    void expect_first_ones_stay(const StagedKeys& keys, std::uint32_t distance, std::uint64_t memory_bytes) {
        expect_dropped(keys, distance, memory_bytes, not_first(keys, distance));
    }

    void expect_dropped(const StagedKeys& keys, std::uint32_t distance, std::uint64_t memory_bytes,
                        const std::set<std::uint64_t>& expected) {
        StagedRows rows(world_);
        std::vector<StagedPartition> mine = rows.stage(keys);
        const std::uint64_t total = flatten(keys).size();
        const RowPlanCounts counts = drop_near_duplicates(rows.context(memory_bytes), distance, mine, total);
        EXPECT_EQ(counts.rows_in, total);
        EXPECT_EQ(counts.rows_out, total - expected.size());
        EXPECT_EQ(counts.partitions, keys.size());
        for (const StagedPartition& partition : mine) {
            for (std::uint64_t i = 0; i < partition.rows(); ++i) {
                const bool kept = partition.keep.empty() || partition.keep[i];
                EXPECT_EQ(kept, !expected.contains(partition.first_row + i)) << partition.first_row + i;
            }
            for (const StagedPartition::Part& part : partition.parts)
                EXPECT_EQ(part.keys.size_bytes(), 0U) << "keys are not needed any more";
        }
    }

    static std::uint64_t flip(std::uint64_t print, std::uint32_t bits, std::mt19937& random) {
        for (std::uint32_t i = 0; i < bits; ++i) print ^= std::uint64_t{1} << (random() % 64);
        return print;
    }

    /// Half of the rows are copies of earlier ones with some bits flipped: clusters have copies of copies.
    static StagedKeys planted(std::size_t rows, std::uint32_t flips, std::mt19937& random) {
        std::vector<std::uint64_t> prints;
        return spread(rows, random, [&](std::size_t) {
            std::uint64_t print = (std::uint64_t{random()} << 32U) | random();
            if (!prints.empty() && random() % 2 == 0)
                print = flip(prints[random() % prints.size()],
                             static_cast<std::uint32_t>(random() % (flips + 1)), random);
            prints.push_back(print);
            return key_of(print);
        });
    }

    const mpi::Communicator world_ = mpi::Communicator::world();
};

TEST_F(DropNearDuplicates, ClustersAreThoseOfAllPairs) {
    std::mt19937 random(1);
    for (const std::uint32_t distance : {1U, 3U, 4U, 12U})
        expect_first_ones_stay(planted(800, distance + 1, random), distance, kAmple);
}

TEST_F(DropNearDuplicates, ManySharesComeToTheSameAsOne) {
    std::mt19937 random(2);
    const StagedKeys keys = planted(600, 5, random);
    for (const std::uint64_t memory_bytes : {2000U, 9000U, 40'000U})
        expect_first_ones_stay(keys, 4, memory_bytes);
}

TEST_F(DropNearDuplicates, LongChainsOfLinksAreOneCluster) {
    // Row i differs in one bit from row i - 1 (a Gray code), and rows come in any order.
    std::mt19937 random(3);
    std::vector<std::uint64_t> prints(1000);
    for (std::uint64_t i = 0; i < prints.size(); ++i) prints[i] = (i ^ (i >> 1U)) << 20U;
    std::shuffle(prints.begin(), prints.end(), random);
    expect_first_ones_stay(spread(1000, random, [&](std::size_t row) { return key_of(prints[row]); }), 1,
                           kAmple);
}

TEST_F(DropNearDuplicates, AFingerprintOfMostRowsSwampsNobody) {
    std::mt19937 random(4);
    constexpr std::size_t kRows = 60'000;
    std::set<std::uint64_t> expected;
    const StagedKeys keys = spread(kRows, random, [&](std::size_t row) {
        if (row > 0) expected.insert(row);
        return key_of(row % 1000 == 999 ? 15 : 0);
    });
    expect_dropped(keys, 4, 400'000, expected);
}

TEST_F(DropNearDuplicates, AllRowsMayBeEqualOrFarFromEachOther) {
    std::mt19937 random(5);
    expect_first_ones_stay(spread(500, random, [](std::size_t) { return key_of(7); }), 4, 1000);
    expect_first_ones_stay(spread(60, random, [](std::size_t row) { return key_of(0x3FFULL << row % 55); }),
                           4, 1000);
}

TEST_F(DropNearDuplicates, ThereMayBeNoRowsOrNoPartitions) {
    expect_first_ones_stay({}, 4, 100);
    expect_first_ones_stay(StagedKeys(7), 4, 100);
    expect_first_ones_stay({{{}, {}}, {}, {{}}}, 4, 0);
    expect_first_ones_stay({{{key_of(1), key_of(3)}}}, 1, kAmple);
}

}  // namespace
}  // namespace dj
