// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <gmock/gmock.h>

#include "dj/plan/byte_size.hpp"
#include "dj/plan/execution_plan.hpp"

namespace dj {
namespace {

InputFile plain(std::uint64_t bytes) { return {.path = "a.jsonl", .size_bytes = bytes}; }
InputFile packed(std::uint64_t bytes) {
    return {.path = "a.jsonl.gz", .size_bytes = bytes, .divisible = false};
}
InputFile parquet(std::vector<std::uint64_t> units, std::uint64_t rows_each = 100) {
    InputFile file{.path = "a.parquet", .unit_bytes = std::move(units)};
    for (const auto bytes : file.unit_bytes) {
        file.size_bytes += bytes;
        file.unit_rows.push_back(rows_each);
    }
    return file;
}

/// Every byte (or unit) of every file is in exactly one partition, in order.
void expect_complete(const std::vector<InputFile>& files, const std::vector<Partition>& partitions) {
    std::map<std::uint32_t, std::uint64_t> position;
    std::uint32_t last_file = 0;
    for (const auto& partition : partitions) {
        ASSERT_FALSE(partition.ranges.empty());
        for (const auto& range : partition.ranges) {
            ASSERT_LE(last_file, range.file);
            last_file = range.file;
            ASSERT_EQ(position[range.file], range.begin);
            ASSERT_LT(range.begin, range.end);
            position[range.file] = range.end;
        }
    }
    for (std::uint32_t i = 0; i < files.size(); ++i) {
        const auto& file = files[i];
        EXPECT_EQ(position[i], file.unit_bytes.empty() ? file.size_bytes : file.unit_bytes.size())
            << "file " << i;
    }
}

std::uint64_t largest(const std::vector<Partition>& partitions) {
    std::uint64_t most = 0;
    for (const auto& partition : partitions) most = std::max(most, partition.bytes);
    return most;
}

Resources machine(int ranks, std::uint64_t memory = 1ULL << 30) { return {ranks, 2, memory}; }

TEST(PlanPartitions, NoInputNoPartitions) {
    EXPECT_TRUE(plan_partitions({}, {}, {}, machine(4)).partitions.empty());
    EXPECT_TRUE(plan_partitions({plain(0), packed(0)}, {}, {}, machine(4)).partitions.empty());
    EXPECT_TRUE(
        plan_partitions({}, {.mode = "manual", .num_of_partitions = 3}, {}, machine(1)).partitions.empty());
}

TEST(PlanPartitions, AutoAimsAtTheTargetSize) {
    const std::vector files{plain(100 * kMebibyte)};
    const auto decision = plan_partitions(files, {.target_size_mb = 10}, {}, machine(1));
    EXPECT_EQ(decision.partitions.size(), 10U);
    expect_complete(files, decision.partitions);
    EXPECT_EQ(decision.target_bytes, 10 * kMebibyte);
    EXPECT_THAT(decision.explanation, testing::HasSubstr("partition.target_size_mb"));
}

TEST(PlanPartitions, AutoGivesEveryRankSeveral) {
    const std::vector files{plain(640 * kMebibyte)};
    const auto decision = plan_partitions(files, {}, {}, machine(16));
    EXPECT_EQ(decision.partitions.size(), 128U);
    EXPECT_THAT(decision.explanation, testing::HasSubstr("each rank has about 8"));
    expect_complete(files, decision.partitions);
}

TEST(PlanPartitions, BalanceStopsAtOneMebibyteButASmallerTargetIsHonoured) {
    const std::vector files{plain(3 * kMebibyte)};
    EXPECT_EQ(plan_partitions(files, {}, {}, machine(64)).partitions.size(), 3U);
    EXPECT_EQ(plan_partitions(files, {.target_size_mb = 0.5}, {}, machine(64)).partitions.size(), 6U);
    EXPECT_EQ(plan_partitions({plain(10)}, {.target_size_mb = 1e-6}, {}, machine(1)).partitions.size(), 10U);
}

TEST(PlanPartitions, MaximumAndMemoryBoundTheTarget) {
    const std::vector files{plain(1024 * kMebibyte)};
    EXPECT_EQ(plan_partitions(files, {.max_size_mb = 32}, {}, machine(1)).partitions.size(), 32U);
    const auto decision = plan_partitions(files, {}, {}, machine(1, 128 * kMebibyte));
    EXPECT_EQ(decision.partitions.size(), 64U);
    EXPECT_THAT(decision.explanation, testing::HasSubstr("memory budget"));
    const auto media = plan_partitions(
        files, {}, {.bytes_per_row = 1e6, .rows_seen = 10, .modality = "image"}, machine(1, 128 * kMebibyte));
    EXPECT_GE(media.partitions.size(), 5 * decision.partitions.size());
}

TEST(PlanPartitions, RowsOfAModalityBoundTheTarget) {
    const std::vector files{plain(100 * kMebibyte)};
    const auto decision =
        plan_partitions(files, {}, {.bytes_per_row = 100, .rows_seen = 100, .modality = "text"}, machine(1));
    EXPECT_LE(largest(decision.partitions), 5'000'000U);
    EXPECT_THAT(decision.explanation, testing::HasSubstr("50000 rows of text"));
}

TEST(PlanPartitions, SmallFilesShareAPartition) {
    const std::vector<InputFile> files(1000, plain(10'000));
    const auto decision = plan_partitions(files, {}, {}, machine(1));
    EXPECT_EQ(decision.partitions.size(), 8U);
    expect_complete(files, decision.partitions);
    EXPECT_LE(largest(decision.partitions), decision.target_bytes);
}

TEST(PlanPartitions, CompressedFilesStandAlone) {
    const std::vector files{plain(10), packed(5), packed(7'000 * kMebibyte), plain(20), plain(0), packed(1)};
    const auto decision = plan_partitions(files, {}, {}, machine(4));
    expect_complete(files, decision.partitions);
    ASSERT_EQ(decision.partitions.size(), 5U);
    EXPECT_EQ(decision.partitions[2].bytes, 7'000 * kMebibyte);
    EXPECT_EQ(decision.partitions[2].ranges, (std::vector<FileRange>{{2, 0, 7'000 * kMebibyte}}));
}

TEST(PlanPartitions, ParquetIsCutAtRowGroups) {
    const std::vector files{parquet({6 * kMebibyte, 6 * kMebibyte, 30 * kMebibyte, kMebibyte}),
                            parquet({kMebibyte})};
    const auto decision = plan_partitions(files, {.target_size_mb = 12}, {}, machine(1, 1ULL << 34));
    expect_complete(files, decision.partitions);
    for (const auto& partition : decision.partitions) {
        EXPECT_TRUE(partition.bytes <= 12 * kMebibyte || partition.ranges.size() == 1);
    }
    EXPECT_EQ(largest(decision.partitions), 30 * kMebibyte);
}

TEST(PlanPartitions, ManualCountIsExact) {
    const std::vector files{plain(1000), plain(1), plain(77), plain(0), plain(5000)};
    for (const std::int64_t count : {1, 2, 3, 7, 100, 6078}) {
        const auto decision =
            plan_partitions(files, {.mode = "manual", .num_of_partitions = count}, {}, machine(3));
        EXPECT_EQ(decision.partitions.size(), static_cast<std::size_t>(count));
        expect_complete(files, decision.partitions);
        EXPECT_LE(largest(decision.partitions), 6078U / static_cast<std::uint64_t>(count) + 1);
    }
}

TEST(PlanPartitions, ManualCountWithPiecesThatCannotBeCut) {
    const std::vector files{packed(10), packed(1000), parquet({5, 5, 5}), plain(3)};
    for (const std::int64_t count : {1, 2, 3, 4, 5, 6, 7, 8}) {
        const auto decision =
            plan_partitions(files, {.mode = "manual", .num_of_partitions = count}, {}, machine(1));
        EXPECT_EQ(decision.partitions.size(), static_cast<std::size_t>(count));
        expect_complete(files, decision.partitions);
    }
    const auto most = plan_partitions(files, {.mode = "manual", .num_of_partitions = 9}, {}, machine(1));
    EXPECT_EQ(most.partitions.size(), 8U);
    EXPECT_THAT(most.explanation, testing::HasSubstr("9 asked for; the input cannot be cut further"));
}

TEST(PlanPartitions, ManualDefaultsToFour) {
    EXPECT_EQ(plan_partitions({plain(100)}, {.mode = "manual"}, {}, machine(1)).partitions.size(), 4U);
}

TEST(PlanPartitions, ManualSizeIsTheNearestCountOfRows) {
    const InputSample sample{.bytes_per_row = 10, .rows_seen = 100};
    const auto count = [&](std::int64_t rows, const PartitionOptions& base = {.mode = "manual"}) {
        auto options = base;
        options.size = rows;
        return plan_partitions({plain(1000)}, options, sample, machine(1)).partitions.size();
    };
    EXPECT_EQ(count(100), 1U);
    EXPECT_EQ(count(50), 2U);
    EXPECT_EQ(count(40), 3U);  // 2.5, halves up
    EXPECT_EQ(count(5000), 1U);
    EXPECT_EQ(count(25, {.auto_configure = false}), 4U);
    EXPECT_EQ(plan_partitions({parquet({7, 7, 7}, 50)}, {.mode = "manual", .size = 50}, {}, machine(1))
                  .partitions.size(),
              3U);
}

TEST(PlanPartitions, ManualSizeKeepsTheMaximum) {
    const InputSample sample{.bytes_per_row = 1024, .rows_seen = 10};
    const auto decision =
        plan_partitions({plain(64 * kMebibyte)}, {.mode = "manual", .size = 1'000'000, .max_size_mb = 16},
                        sample, machine(1));
    EXPECT_EQ(decision.partitions.size(), 4U);
}

TEST(PlanPartitions, SizeWithoutASampleFallsBackToBytes) {
    const auto decision =
        plan_partitions({plain(64 * kMebibyte)}, {.mode = "manual", .size = 10}, {}, machine(1));
    EXPECT_EQ(decision.partitions.size(), 8U);
}

TEST(PlanPartitions, RowsAreCountedInPlainFilesOnly) {
    const PartitionOptions by_rows{.mode = "manual", .size = 5000};
    EXPECT_EQ(rows_to_count({plain(10), plain(0)}, by_rows), 5000U);
    EXPECT_EQ(rows_to_count({plain(10)}, {.size = 7, .auto_configure = false}), 7U);
    EXPECT_EQ(rows_to_count({plain(10)}, {.size = 7}), std::nullopt) << "auto mode";
    EXPECT_EQ(rows_to_count({plain(10)}, {.mode = "manual"}), std::nullopt);
    EXPECT_EQ(rows_to_count({plain(10)}, {.mode = "manual", .size = 7, .num_of_partitions = 2}),
              std::nullopt);
    EXPECT_EQ(rows_to_count({plain(10), packed(10)}, by_rows), std::nullopt);
    EXPECT_EQ(rows_to_count({parquet({10, 10})}, by_rows), std::nullopt);
}

TEST(PlanPartitions, BordersOfRowsAreKept) {
    const std::vector<InputFile> files = {plain(100), plain(0), plain(50), plain(30)};
    const PartitionOptions options{.mode = "manual", .size = 10};
    const auto decision = plan_partitions_at(files, {{0, 40}, {2, 0}, {2, 20}, {3, 29}}, options, machine(2));
    ASSERT_EQ(decision.partitions.size(), 5U);
    expect_complete(files, decision.partitions);
    EXPECT_EQ(decision.partitions[1].ranges, (std::vector<FileRange>{{0, 40, 100}}));
    EXPECT_EQ(decision.partitions[3].ranges, (std::vector<FileRange>{{2, 20, 50}, {3, 0, 29}}));
    EXPECT_THAT(decision.explanation, testing::HasSubstr("partition.size: 10 rows)"));
    EXPECT_EQ(plan_partitions_at(files, {}, options, machine(2)).partitions.size(), 1U);
    EXPECT_TRUE(plan_partitions_at({plain(0)}, {}, options, machine(2)).partitions.empty());
}

TEST(PlanPartitions, BordersOfRowsKeepTheMaximum) {
    const std::vector<InputFile> files = {plain(10 * kMebibyte)};
    const PartitionOptions options{.mode = "manual", .size = 10, .max_size_mb = 3};
    const auto decision = plan_partitions_at(files, {{0, 1000}, {0, 8 * kMebibyte}}, options, machine(1));
    EXPECT_EQ(decision.partitions.size(), 5U);
    EXPECT_LE(largest(decision.partitions), 3 * kMebibyte);
    expect_complete(files, decision.partitions);
    EXPECT_THAT(decision.explanation, testing::HasSubstr("max_size_mb"));
}

TEST(PlanPartitions, TheOlderTableMakesSmallPartitions) {
    const InputSample sample{.bytes_per_row = 1000, .rows_seen = 10, .modality = "text"};
    const auto small = plan_partitions({plain(1'000'000)}, {.auto_configure = true}, sample, machine(4));
    EXPECT_EQ(small.partitions.size(), 5U);  // 1000 rows, 200 each
    const auto large = plan_partitions({plain(100'000'000)}, {.auto_configure = true}, sample, machine(4));
    EXPECT_EQ(large.partitions.size(), 100U);  // 1000 rows each at most
    const auto newer = plan_partitions({plain(1'000'000)}, {}, sample, machine(4));
    EXPECT_EQ(newer.partitions.size(), 1U);
}

TEST(PlanPartitions, AutoTakesTheCountAsACeiling) {
    const std::vector files{plain(800 * kMebibyte)};
    EXPECT_EQ(plan_partitions(files, {.num_of_partitions = 10}, {}, machine(16)).partitions.size(), 10U);
    // Memory still decides.
    EXPECT_EQ(
        plan_partitions(files, {.num_of_partitions = 1}, {}, machine(1, 80 * kMebibyte)).partitions.size(),
        80U);
}

TEST(PlanPartitions, DoesNotDependOnTheMachineInManualMode) {
    const std::vector files{plain(12345), plain(678)};
    const auto a = plan_partitions(files, {.mode = "manual", .num_of_partitions = 9}, {}, machine(1));
    const auto b = plan_partitions(files, {.mode = "manual", .num_of_partitions = 9}, {}, machine(500, 1));
    ASSERT_EQ(a.partitions.size(), b.partitions.size());
    for (std::size_t i = 0; i < a.partitions.size(); ++i)
        EXPECT_EQ(a.partitions[i].ranges, b.partitions[i].ranges);
}

TEST(PlanPartitions, AMillionPartitionsAndAMillionFiles) {
    const std::vector one{plain(1ULL << 50)};
    EXPECT_EQ(plan_partitions(one, {.mode = "manual", .num_of_partitions = 1'000'000}, {}, machine(512))
                  .partitions.size(),
              1'000'000U);
    const std::vector<InputFile> many(1'000'000, packed(3));
    EXPECT_EQ(plan_partitions(many, {}, {}, machine(512)).partitions.size(), 1'000'000U);
}

}  // namespace
}  // namespace dj
