// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/run_estimate.hpp"

#include <gmock/gmock.h>

#include "dj/plan/byte_size.hpp"
#include "dj/plan/checkpoint_advice.hpp"

namespace dj {
namespace {

constexpr std::uint64_t kGibibyte = 1024 * kMebibyte;

OpCall op(std::string name, std::string cost = "", bool wide = false) {
    return {.name = std::move(name), .dataset_wide = wide, .cost = std::move(cost)};
}

TEST(CostClass, DeclarationFirstThenTheName) {
    EXPECT_EQ(cost_class_of(op("text_length_filter", "dear")), "dear");
    EXPECT_EQ(cost_class_of(op("document_deduplicator")), "dear");
    EXPECT_EQ(cost_class_of(op("text_embedding_mapper")), "dear");
    EXPECT_EQ(cost_class_of(op("video_audio_mapper")), "dear");
    EXPECT_EQ(cost_class_of(op("text_length_filter")), "cheap");
    EXPECT_EQ(cost_class_of(op("clean_links_mapper")), "cheap");
    EXPECT_EQ(cost_class_of(op("remove_long_words_mapper")), "cheap");
    EXPECT_EQ(cost_class_of(op("fix_unicode_mapper")), "moderate");
}

TEST(EstimateRun, RowWiseRunsNeedNoScratch) {
    const auto estimate =
        estimate_run({op("text_length_filter")}, {.input_bytes = 10 * kGibibyte}, {2, 2, kGibibyte});
    EXPECT_EQ(estimate.scratch_bytes, 0U);
    EXPECT_EQ(estimate.text_bytes, 10 * kGibibyte);
    EXPECT_EQ(estimate.output_bytes, 10 * kGibibyte);
    EXPECT_LT(estimate.memory_bytes_per_rank, kGibibyte / 4);
    EXPECT_GT(estimate.seconds, 1);
}

TEST(EstimateRun, DatasetWideRowsSpillBeyondTheBudget) {
    const std::vector ops{op("document_deduplicator", "", true)};
    const auto small = estimate_run(ops, {.input_bytes = 100 * kMebibyte}, {2, 2, kGibibyte});
    EXPECT_EQ(small.scratch_bytes, 0U);
    const auto large = estimate_run(ops, {.input_bytes = 10 * kGibibyte}, {2, 2, kGibibyte});
    EXPECT_EQ(large.scratch_bytes, 9 * kGibibyte + kGibibyte / 2);
    EXPECT_LE(large.memory_bytes_per_rank, kGibibyte);
}

TEST(EstimateRun, BranchesAddTheirWorkAndOutputsAndShareTheMemory) {
    const EstimateInput input{.input_bytes = 10 * kGibibyte};
    const Resources resources{2, 2, kGibibyte};
    const auto common = estimate_run({op("text_length_filter")}, input, resources);
    const auto branch = estimate_run({op("document_deduplicator", "", true)}, input, resources);
    const auto both = with_branch(with_branch(common, branch), branch);
    EXPECT_NEAR(both.seconds, common.seconds + 2 * branch.seconds, 0.5);
    EXPECT_EQ(both.output_bytes, common.output_bytes + 2 * branch.output_bytes);
    EXPECT_EQ(both.scratch_bytes, 2 * branch.scratch_bytes);
    EXPECT_EQ(both.memory_bytes_per_rank,
              std::max(common.memory_bytes_per_rank, branch.memory_bytes_per_rank));
}

TEST(EstimateRun, PackingCountsBothWays) {
    const auto estimate = estimate_run(
        {}, {.input_bytes = 300, .input_packing = Packing::compressed, .output_packing = Packing::parquet},
        {});
    EXPECT_EQ(estimate.text_bytes, 900U);
    EXPECT_EQ(estimate.output_bytes, 450U);
    EXPECT_GT(estimate_run({}, {.input_bytes = 1000, .keeps_stats = true}, {}).output_bytes, 1000U);
}

TEST(EstimateRun, MoreRanksAreFasterUntilOnePartitionHoldsThemUp) {
    const std::vector ops{op("fix_unicode_mapper")};
    const EstimateInput divisible{.input_bytes = 10 * kGibibyte, .largest_partition_bytes = kMebibyte};
    EXPECT_LT(estimate_run(ops, divisible, {64, 1, 0}).seconds,
              estimate_run(ops, divisible, {1, 1, 0}).seconds / 30);
    const EstimateInput one_file{.input_bytes = 10 * kGibibyte, .largest_partition_bytes = 10 * kGibibyte};
    EXPECT_DOUBLE_EQ(estimate_run(ops, one_file, {64, 1, 0}).seconds,
                     estimate_run(ops, one_file, {1, 1, 0}).seconds);
}

TEST(EstimateRun, MemoryGrowsWithThreads) {
    EXPECT_GT(estimate_run({}, {}, {1, 64, 0}).least_memory_bytes_per_rank,
              estimate_run({}, {}, {1, 1, 0}).least_memory_bytes_per_rank);
}

TEST(CheckpointAdvice, FollowsTimeAndDearness) {
    const std::vector dear{op("clean_links_mapper"), op("document_deduplicator"),
                           op("document_deduplicator")};
    EXPECT_EQ(advise_checkpoints(dear, 60).strategy, "disabled");
    const auto medium = advise_checkpoints(dear, 30 * 60);
    EXPECT_EQ(medium.strategy, "every_n_ops");
    EXPECT_EQ(medium.n_ops, 5);
    const auto lengthy = advise_checkpoints(dear, 2 * 3600);
    EXPECT_EQ(lengthy.strategy, "manual");
    EXPECT_THAT(lengthy.op_names, testing::ElementsAre("document_deduplicator"));
    EXPECT_THAT(lengthy.automatic, testing::HasSubstr("document_deduplicator"));
    const auto cheap = advise_checkpoints({op("text_length_filter")}, 2 * 3600);
    EXPECT_EQ(cheap.strategy, "every_n_ops");
    EXPECT_THAT(cheap.unstable, testing::HasSubstr("2 or 3"));
}

TEST(HumanSeconds, RoundsToWhatMatters) {
    EXPECT_EQ(human_seconds(0.2), "under 1 s");
    EXPECT_EQ(human_seconds(59.6), "60 s");
    EXPECT_EQ(human_seconds(600), "10 min");
    EXPECT_EQ(human_seconds(7200), "2 h");
    EXPECT_EQ(human_seconds(9000), "2 h 30 min");
}

TEST(HumanBytes, ThreeDigits) {
    EXPECT_EQ(human_bytes(0), "0 B");
    EXPECT_EQ(human_bytes(1023), "1023 B");
    EXPECT_EQ(human_bytes(1536), "1.5 KiB");
    EXPECT_EQ(human_bytes(1024 * 1024 - 1), "1.0 MiB");
    EXPECT_EQ(human_bytes(12 * kMebibyte), "12 MiB");
    EXPECT_EQ(human_bytes(UINT64_MAX), "16 EiB");
}

}  // namespace
}  // namespace dj
