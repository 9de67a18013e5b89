// SPDX-License-Identifier: Apache-2.0
#include "run/mapping_book.hpp"

#include <gtest/gtest.h>

#include "run/small_job.hpp"

namespace dj {
namespace {

class MappingBookTest : public testing::Test {
protected:
    void ops(const std::vector<std::pair<std::string, nlohmann::json>>& recipe) {
        JobSpec spec;
        for (const auto& [name, params] : recipe) spec.ops.push_back(op_call(catalog_, name, params));
        pipeline_.emplace(make_pipeline(spec, catalog_, *files_, {}, {}));
    }
    [[nodiscard]] PartitionDone done(std::uint32_t partition, std::uint64_t rows) const {
        PartitionDone done;
        done.partition = partition;
        done.rows = rows;
        done.tallies.resize(pipeline_->ops.size() + 1);
        return done;
    }
    [[nodiscard]] JobResult filled(const MappingBook& book, std::size_t partitions) const {
        JobResult result;
        result.partitions.resize(partitions);
        book.fill(result);
        return result;
    }

    const std::unique_ptr<FileSystem> files_ = make_local_file_system();
    const OpCatalog catalog_ = make_op_catalog();
    std::optional<Pipeline> pipeline_;
};

TEST_F(MappingBookTest, WhatWasDecidedInAnEarlierStartStands) {
    ops({{"text_length_filter", {}},
         {"document_deduplicator", {}},
         {"text_chunk_mapper", nlohmann::json::object()}});
    MappingBook book(*pipeline_, 2);
    book.take_over(1, {{0, 4, 4}, {1, 7, 6}});
    PartitionDone second = done(1, 9);
    second.tallies[1] = {10, 8, 2, 0, 0, 0, 5};
    second.tallies[2] = {1, 0, 0, 0, 1, 0, 5};  // a row without a key, counted by the earlier start
    second.tallies[3] = {6, 9, 1, 4, 0, 0, 5};
    book.add(1, second);
    const JobResult result = filled(book, 2);
    EXPECT_EQ(result.op_rows[1].rows_out, 4U);
    EXPECT_EQ(result.op_rows[3].rows_in, 10U);
    const OpRows& dedup = result.op_rows[4];
    EXPECT_TRUE(dedup.known);
    EXPECT_EQ(dedup.rows_in, 8U);
    EXPECT_EQ(dedup.quarantined, 1U);
    EXPECT_EQ(dedup.rows_out, 6U);
    EXPECT_EQ(dedup.dropped, 1U);
}

TEST_F(MappingBookTest, ADatasetWideOperatorIsKnownWhenTheNextPassHasSeenItsRows) {
    ops({{"text_length_filter", {}},
         {"document_deduplicator", {}},
         {"text_chunk_mapper", nlohmann::json::object()}});
    MappingBook book(*pipeline_, 2);
    PartitionDone first = done(1, 7);
    first.tallies[1] = {10, 8, 2, 0, 0, 0, 5};
    first.tallies[2] = {1, 0, 0, 0, 1, 0, 5};  // a row without a key
    book.add(0, first);
    EXPECT_FALSE(filled(book, 2).op_rows[4].known);
    PartitionDone second = done(1, 9);
    second.tallies[3] = {6, 9, 1, 4, 0, 0, 5};
    book.add(1, second);
    const JobResult result = filled(book, 2);
    EXPECT_FALSE(result.op_rows[0].known) << "partition 0 has not been reported";
    EXPECT_FALSE(result.partitions[0].exported);
    EXPECT_EQ(result.partitions[1].exported, 9U);
    const OpRows& dedup = result.op_rows[4];
    EXPECT_TRUE(dedup.known);
    EXPECT_EQ(dedup.rows_in, 8U);
    EXPECT_EQ(dedup.quarantined, 1U);
    EXPECT_EQ(dedup.rows_out, 6U);
    EXPECT_EQ(dedup.dropped, 1U);
    EXPECT_EQ(result.op_rows[5].made, 4U);
}

TEST_F(MappingBookTest, AResumedJobDoesNotKnowWhatItsEarlierStartDropped) {
    ops({{"document_deduplicator", {}}, {"text_length_filter", {}}});
    MappingBook book(*pipeline_, 1);
    PartitionDone second = done(0, 4);
    second.tallies[2] = {5, 4, 1, 0, 0, 0, 5};
    book.add(1, second);
    const JobResult result = filled(book, 1);
    EXPECT_FALSE(result.op_rows[0].known);
    EXPECT_TRUE(result.op_rows[1].known);
    EXPECT_EQ(result.partitions[0].exported, 4U);
}

TEST_F(MappingBookTest, ANewOrderEndsIt) {
    ops({{"text_length_filter", {}}, {"topk_specified_field_selector", {{"field_key", "id"}, {"topk", 3}}}});
    MappingBook book(*pipeline_, 1);
    PartitionDone first = done(0, 5);
    first.tallies[1] = {6, 5, 1, 0, 0, 0, 5};
    book.add(0, first);
    book.add(1, done(0, 3));  // a partition of the new order
    const JobResult result = filled(book, 1);
    EXPECT_TRUE(result.op_rows[0].known);
    EXPECT_FALSE(result.op_rows[1].known);
    EXPECT_FALSE(result.partitions[0].exported);
}

TEST_F(MappingBookTest, TooManyPairsAreNotKept) {
    ops({{"text_length_filter", {}}});
    MappingBook book(*pipeline_, MappingBook::kMostPairs + 1);
    book.add(0, done(17, 5));
    const JobResult result = filled(book, MappingBook::kMostPairs + 1);
    EXPECT_TRUE(result.op_rows.empty());
    EXPECT_EQ(result.partitions[17].exported, 5U);
}

}  // namespace
}  // namespace dj
