// SPDX-License-Identifier: Apache-2.0
#include "run/messages.hpp"

#include <gmock/gmock.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

/// A message that was cut short anywhere is an error, never a read beyond its end.
template <class Message>
void expect_no_prefix_is_read(const Message& message) {
    const std::string bytes = message.pack();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        // A copy of that very size, so that a sanitizer sees a step beyond.
        const std::vector<char> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_THROW((void)Message::unpack({cut.data(), cut.size()}), EnvironmentError) << size;
    }
}

TEST(Messages, Assignment) {
    const Assignment none = Assignment::unpack(Assignment{}.pack());
    EXPECT_EQ(none.partition, Assignment::kNoPartition);
    EXPECT_TRUE(none.parts.empty());

    Assignment sent;
    sent.partition = 9;
    sent.parts.push_back({"/data/a\nb.jsonl.gz", {FileFormat::jsonl, Compression::gzip}, {0, 5, 1ULL << 50}});
    sent.parts.push_back({"", {FileFormat::parquet, Compression::none}, {7, 0, 0}});
    const Assignment back = Assignment::unpack(sent.pack());
    EXPECT_EQ(back.partition, 9U);
    ASSERT_EQ(back.parts.size(), 2U);
    EXPECT_EQ(back.parts[0].path, sent.parts[0].path);
    EXPECT_EQ(back.parts[0].kind.compression, Compression::gzip);
    EXPECT_EQ(back.parts[0].range, sent.parts[0].range);
    EXPECT_EQ(back.parts[1].kind.format, FileFormat::parquet);
    EXPECT_EQ(back.parts[1].range, sent.parts[1].range);
    expect_no_prefix_is_read(sent);
}

TEST(Messages, Pulse) {
    const Pulse sent{1, 2, 3.5, 4.5, 5, 6, 7, 8, "n1", {{}, {.rows_in = 9}}};
    const Pulse back = Pulse::unpack(sent.pack());
    EXPECT_EQ(back.activity, 1U);
    EXPECT_EQ(back.threads, 2);
    EXPECT_EQ(back.seconds, 3.5);
    EXPECT_EQ(back.cpu_seconds, 4.5);
    EXPECT_EQ(back.rss_bytes, 5U);
    EXPECT_EQ(back.peak_rss_bytes, 6U);
    EXPECT_EQ(back.rows, 7U);
    EXPECT_EQ(back.bytes, 8U);
    EXPECT_EQ(back.host, "n1");
    ASSERT_EQ(back.tallies.size(), 2U);
    EXPECT_EQ(back.tallies[1].rows_in, 9U);
    expect_no_prefix_is_read(sent);
}

TEST(Messages, PartitionDone) {
    PartitionDone sent;
    sent.pass = 1;
    sent.partition = 2;
    sent.rows = 3;
    sent.records = 4;
    sent.bytes_read = 5;
    sent.weight = 6;
    sent.stats_bytes = 7;
    sent.fault_count = 8;
    sent.begin_seconds = 1.5;
    sent.end_seconds = 2.5;
    sent.content_hash = "0123";
    sent.tallies = {{1, 2, 3, 4, 5, 6, 7}, {}};
    const PartitionDone back = PartitionDone::unpack(sent.pack());
    EXPECT_EQ(back.pass, 1U);
    EXPECT_EQ(back.partition, 2U);
    EXPECT_EQ(back.rows, 3U);
    EXPECT_EQ(back.records, 4U);
    EXPECT_EQ(back.bytes_read, 5U);
    EXPECT_EQ(back.weight, 6U);
    EXPECT_EQ(back.stats_bytes, 7U);
    EXPECT_EQ(back.fault_count, 8U);
    EXPECT_EQ(back.begin_seconds, 1.5);
    EXPECT_EQ(back.end_seconds, 2.5);
    EXPECT_EQ(back.content_hash, "0123");
    ASSERT_EQ(back.tallies.size(), 2U);
    EXPECT_EQ(back.tallies[0].nanoseconds, 7U);
    EXPECT_EQ(back.tallies[0].quarantined, 5U);
    expect_no_prefix_is_read(sent);
}

TEST(Messages, PassComplete) {
    PassComplete sent;
    sent.pass = 3;
    sent.total_rows = 1ULL << 33;
    sent.bases = {{0, 0, 0}, {4, 100, 120}};
    const PassComplete back = PassComplete::unpack(sent.pack());
    EXPECT_EQ(back.pass, 3U);
    EXPECT_EQ(back.total_rows, sent.total_rows);
    ASSERT_EQ(back.bases.size(), 2U);
    EXPECT_EQ(back.bases[1].partition, 4U);
    EXPECT_EQ(back.bases[1].row, 100U);
    EXPECT_EQ(back.bases[1].record, 120U);
    expect_no_prefix_is_read(sent);
}

TEST(Messages, PartitionCut) {
    const PartitionCut sent{6, {{1, 2, 3}, {2, 0, 0}}};
    const PartitionCut back = PartitionCut::unpack(sent.pack());
    EXPECT_EQ(back.partition, 6U);
    ASSERT_EQ(back.parts.size(), 2U);
    EXPECT_EQ(back.parts[0].weight, 3U);
    EXPECT_EQ(back.parts[1].shard, 2U);
    expect_no_prefix_is_read(sent);
}

TEST(Messages, BlockDone) {
    const BlockDone sent{1, 1ULL << 40, 3, std::string("\0footer", 7)};
    const BlockDone back = BlockDone::unpack(sent.pack());
    EXPECT_EQ(back.shard, 1U);
    EXPECT_EQ(back.block, 1ULL << 40);
    EXPECT_EQ(back.size_bytes, 3U);
    EXPECT_EQ(back.trailer_part, sent.trailer_part);
    expect_no_prefix_is_read(sent);
}

TEST(Messages, PieceMessage) {
    PieceMessage sent;
    EXPECT_EQ(PieceMessage::unpack(sent.pack()).shard_weight, PieceMessage::kOpen);
    sent.shard = 1;
    sent.block = 2;
    sent.coverage = 3;
    sent.position = 4;
    sent.shard_weight = 5;
    sent.rows = std::string("a\0b\xff", 4);
    const PieceMessage back = PieceMessage::unpack(sent.pack());
    EXPECT_EQ(back.shard, 1U);
    EXPECT_EQ(back.block, 2U);
    EXPECT_EQ(back.coverage, 3U);
    EXPECT_EQ(back.position, 4U);
    EXPECT_EQ(back.shard_weight, 5U);
    EXPECT_EQ(back.rows, sent.rows);
    expect_no_prefix_is_read(sent);
}

TEST(Messages, Abandon) {
    const Abandon sent{EndKind::stopped, 3, "SIGUSR1"};
    const Abandon back = Abandon::unpack(sent.pack());
    EXPECT_EQ(back.kind, EndKind::stopped);
    EXPECT_EQ(back.rank, 3);
    EXPECT_EQ(back.message, "SIGUSR1");
    expect_no_prefix_is_read(sent);
}

}  // namespace
}  // namespace dj
