// SPDX-License-Identifier: Apache-2.0
// ranks: 1 2 3 4
#include <numeric>
#include <random>
#include <set>

#include <gmock/gmock.h>

#include "dj/base/hash.hpp"
#include "run/staged_rows.hpp"

namespace dj {
namespace {

constexpr std::uint64_t kAmple = 1ULL << 30;

/// A key of bands, each told by a number.
std::string key_of(const std::vector<std::uint64_t>& bands) {
    std::string key;
    for (const std::uint64_t band : bands) {
        const Digest128 digest = xxh3_128({reinterpret_cast<const char*>(&band), sizeof band});
        key.append(reinterpret_cast<const char*>(digest.data()), digest.size());
    }
    return key;
}

/// Rows that go, by joining all rows of each band.
std::set<std::uint64_t> not_first(const StagedKeys& keys) {
    const std::vector<std::string> rows = flatten(keys);
    std::vector<std::size_t> parent(rows.size());
    std::iota(parent.begin(), parent.end(), std::size_t{0});
    const auto root_of = [&](std::size_t at) {
        while (parent[at] != at) at = parent[at];
        return at;
    };
    std::map<std::string, std::size_t> first;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        for (std::size_t at = 0; at < rows[row].size(); at += sizeof(Digest128)) {
            const auto other = first.emplace(rows[row].substr(at, sizeof(Digest128)), row).first->second;
            const std::size_t one = root_of(other);
            const std::size_t two = root_of(row);
            parent[std::max(one, two)] = std::min(one, two);
        }
    }
    std::set<std::uint64_t> dropped;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (root_of(row) != row) dropped.insert(row);
    }
    return dropped;
}

class DropBandedDuplicates : public testing::Test {
protected:
    void expect_first_ones_stay(const StagedKeys& keys, std::uint32_t bands, std::uint64_t memory_bytes) {
        const std::set<std::uint64_t> expected = not_first(keys);
        StagedRows rows(world_);
        std::vector<StagedPartition> mine = rows.stage(keys);
        const std::uint64_t total = flatten(keys).size();
        const RowPlanCounts counts = drop_banded_duplicates(rows.context(memory_bytes), bands, mine, total);
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

    mpi::Communicator world_ = mpi::Communicator::world();
};

TEST_F(DropBandedDuplicates, RowsThatShareOneBandBelongTogether) {
    expect_first_ones_stay({{{key_of({1, 2, 3}), key_of({4, 5, 6})}},
                            {{key_of({7, 2, 8}), key_of({9, 10, 11})}},
                            {{key_of({12, 10, 6})}}},
                           3, kAmple);
}

TEST_F(DropBandedDuplicates, ChainsThroughRowsOfAllPartitions) {
    StagedKeys keys(7);
    for (std::uint64_t row = 0; row < 200; ++row) {
        auto& partition = keys[row % keys.size()];
        if (partition.empty()) partition.emplace_back();
        partition.back().push_back(key_of({row, row + 1, 1000 + row}));
    }
    expect_first_ones_stay(keys, 3, kAmple);
}

TEST_F(DropBandedDuplicates, RandomRowsWithAndWithoutMemory) {
    std::mt19937_64 random(11);
    for (const std::uint64_t different : {3U, 100U, 2000U, 100000U}) {
        StagedKeys keys(5);
        for (auto& partition : keys) {
            for (int part = 0; part < 2; ++part) {
                auto& rows = partition.emplace_back();
                for (int row = 0; row < 60; ++row)
                    rows.push_back(key_of({random() % different, 1000000 + random() % different,
                                           2000000 + random() % different, 3000000 + random() % different}));
            }
        }
        for (const std::uint64_t memory_bytes : {kAmple, std::uint64_t{20'000}})
            expect_first_ones_stay(keys, 4, memory_bytes);
    }
}

TEST_F(DropBandedDuplicates, ABandThatAllRowsHave) {
    StagedKeys keys(4);
    for (auto& partition : keys) partition.push_back(std::vector<std::string>(3000, key_of({5, 6})));
    expect_first_ones_stay(keys, 2, kAmple);
}

TEST_F(DropBandedDuplicates, NoRows) {
    expect_first_ones_stay({}, 3, kAmple);
    expect_first_ones_stay({{}, {}}, 3, kAmple);
}

}  // namespace
}  // namespace dj
