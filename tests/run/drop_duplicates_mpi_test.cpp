// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gmock/gmock.h>

#include "dj/base/hash.hpp"
#include "run/staged_rows.hpp"

namespace dj {
namespace {

constexpr std::uint64_t kAmple = 1ULL << 30;

std::string key_of(std::uint64_t n) {
    const Digest128 digest = xxh3_128(std::to_string(n));
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// Rows that go, in a plain walk over all keys.
std::set<std::uint64_t> duplicates_of(const StagedKeys& keys) {
    std::set<std::string> seen;
    std::set<std::uint64_t> dropped;
    std::uint64_t row = 0;
    for (const std::string& key : flatten(keys)) {
        if (!seen.insert(key).second) dropped.insert(row);
        ++row;
    }
    return dropped;
}

class DropDuplicates : public testing::Test {
protected:
    void expect_first_ones_stay(const StagedKeys& keys, std::uint64_t memory_bytes) {
        StagedRows rows(world_);
        std::vector<StagedPartition> mine = rows.stage(keys);
        const std::set<std::uint64_t> expected = duplicates_of(keys);
        const std::uint64_t total = flatten(keys).size();
        const RowPlanCounts counts = drop_duplicates(rows.context(memory_bytes), mine, total);
        EXPECT_EQ(counts.rows_in, total);
        EXPECT_EQ(counts.rows_out, total - expected.size());
        EXPECT_EQ(counts.partitions, keys.size());
        for (const StagedPartition& partition : mine) {
            const std::uint64_t count = partition.rows();
            if (!partition.keep.empty()) {
                EXPECT_EQ(partition.keep.size(), count);
            }
            for (std::uint64_t i = 0; i < count; ++i) {
                const bool kept = partition.keep.empty() || partition.keep[i];
                EXPECT_EQ(kept, !expected.contains(partition.first_row + i)) << partition.first_row + i;
            }
            EXPECT_FALSE(partition.scattered);
            for (const StagedPartition::Part& part : partition.parts) {
                EXPECT_EQ(part.keys.size_bytes(), 0U) << "keys are not needed any more";
                EXPECT_NE(part.batch->size_bytes(), 0U);
            }
        }
    }

    const mpi::Communicator world_ = mpi::Communicator::world();
};

TEST_F(DropDuplicates, OfEqualKeysTheFirstStays) {
    std::mt19937 random(1);
    for (const std::uint64_t different : {1U, 7U, 300U, 100'000U}) {
        expect_first_ones_stay(
            spread(1000, random, [&](std::size_t) { return key_of(random() % different); }), kAmple);
    }
}

TEST_F(DropDuplicates, ManySharesComeToTheSameAsOne) {
    std::mt19937 random(2);
    const StagedKeys keys = spread(2000, random, [&](std::size_t) { return key_of(random() % 500); });
    for (const std::uint64_t memory_bytes : {1000U, 5000U, 20'000U})
        expect_first_ones_stay(keys, memory_bytes);
}

TEST_F(DropDuplicates, KeysOfOtherLengthsAreComparedWhole) {
    std::mt19937 random(3);
    const std::string stem(40, 'k');
    expect_first_ones_stay(
        spread(600, random,
               [&](std::size_t) {
                   const auto n = random() % 200;
                   return n == 0 ? std::string() : n == 1 ? std::string(1, '\0') : stem + std::to_string(n);
               }),
        2000);
}

TEST_F(DropDuplicates, AllRowsMayBeEqualOrAllDifferent) {
    std::mt19937 random(4);
    expect_first_ones_stay(spread(500, random, [](std::size_t) { return key_of(1); }), 1000);
    expect_first_ones_stay(spread(500, random, [](std::size_t row) { return key_of(row); }), 1000);
}

TEST_F(DropDuplicates, ThereMayBeNoRowsOrNoPartitions) {
    expect_first_ones_stay({}, 100);
    expect_first_ones_stay(StagedKeys(7), 100);
    expect_first_ones_stay({{{}, {}}, {}, {{}}}, 0);
}

TEST_F(DropDuplicates, PartitionsWithoutRowsDoNotTakeTheirNeighboursPlace) {
    const std::string a = key_of(1);
    const std::string b = key_of(2);
    expect_first_ones_stay({{}, {{}}, {{a}}, {}, {}, {{a, b}}, {}, {{}, {b}, {}}, {}}, kAmple);
}

TEST_F(DropDuplicates, FewRowsOnManyRanks) {
    expect_first_ones_stay({{{key_of(1), key_of(1)}}}, kAmple);
    expect_first_ones_stay({{{key_of(1)}}, {{key_of(1)}}}, kAmple);
}

}  // namespace
}  // namespace dj
