// SPDX-License-Identifier: Apache-2.0
#include "run/assembler.hpp"

#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace dj {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

RowFault fault_at(std::uint64_t row, std::int32_t step, std::string reason) {
    RowFault fault;
    fault.origin.row = row;
    fault.step = step;
    fault.reason = std::move(reason);
    return fault;
}

MorselRows morsel(std::uint32_t sequence, std::uint64_t rows, std::uint64_t records) {
    MorselRows made;
    made.sequence = sequence;
    made.rows = rows;
    made.records = records;
    return made;
}

std::vector<StepTally> tallies(std::uint64_t read, std::uint64_t kept) {
    std::vector<StepTally> made(2);
    made[0].rows_in = made[0].rows_out = made[1].rows_in = read;
    made[1].rows_out = kept;
    made[1].dropped = read - kept;
    return made;
}

class AssemblerTest : public testing::Test {
protected:
    Assembler make(std::uint32_t pass) {
        Assembler::Options options;
        options.pass = pass;
        options.steps = 2;
        options.from_input = options.by_row = pass == 0;
        return {options, store_, [this](std::uint64_t, PartitionState&& state, double begin_seconds) {
                    EXPECT_GT(begin_seconds, 1.0e9);
                    const std::lock_guard lock(mutex_);
                    done_.push_back(std::move(state));
                }};
    }
    static std::vector<std::string> reasons(const PartitionState& state) {
        std::vector<std::string> all;
        for (const RowFault& fault : deserialise_faults(state.faults.read()))
            all.push_back(fmt::format("{} {}", fault.origin.row, fault.reason));
        return all;
    }

    std::unique_ptr<FileSystem> files_ = make_local_file_system();
    StageStore store_{*files_, {.memory_bytes = 1 << 20, .scratch_folder = {}}};
    std::mutex mutex_;
    std::vector<PartitionState> done_;
};

TEST_F(AssemblerTest, MorselsComeBackInOrderHoweverTheyWereDelivered) {
    Assembler assembler = make(0);
    assembler.begin(7, 7, nullptr);
    assembler.add(7, morsel(2, 30, 30), tallies(30, 30));
    assembler.add(7, morsel(0, 10, 12), tallies(12, 10));
    assembler.end(7, 3, 999, "hash");
    EXPECT_THAT(done_, IsEmpty());
    assembler.add(7, morsel(1, 20, 21), tallies(21, 20));
    ASSERT_EQ(done_.size(), 1U);
    const PartitionState& state = done_.front();
    EXPECT_EQ(state.partition, 7U);
    EXPECT_EQ(state.rows(), 60U);
    EXPECT_EQ(state.records, 63U);
    EXPECT_EQ(state.bytes_read, 999U);
    EXPECT_EQ(state.content_hash, "hash");
    for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(state.morsels[i].sequence, i);
    EXPECT_EQ(state.tallies[0].rows_in, 63U);
    EXPECT_EQ(state.tallies[1].rows_out, 60U);
    EXPECT_EQ(state.tallies[1].dropped, 3U);
    EXPECT_EQ(state.fault_count, 0U);
    EXPECT_EQ(state.faults.size_bytes(), 0U);
}

TEST_F(AssemblerTest, APartitionWithoutMorselsIsDoneWhenItEnds) {
    Assembler assembler = make(0);
    assembler.begin(0, 0, nullptr);
    assembler.end(0, 0, 0, {});
    ASSERT_EQ(done_.size(), 1U);
    EXPECT_EQ(done_.front().rows(), 0U);
    EXPECT_EQ(done_.front().tallies.size(), 2U);
}

TEST_F(AssemblerTest, PartitionsUnderWayDoNotMix) {
    Assembler assembler = make(1);
    for (const std::uint32_t p : {4U, 5U}) assembler.begin(p, p, nullptr);
    assembler.add(5, morsel(0, 5, 0), tallies(5, 5));
    assembler.add(4, morsel(0, 4, 0), tallies(4, 4));
    assembler.end(5, 1, 0, {});
    ASSERT_EQ(done_.size(), 1U);
    EXPECT_EQ(done_.front().partition, 5U);
    EXPECT_EQ(done_.front().rows(), 5U);
    assembler.end(4, 1, 0, {});
    ASSERT_EQ(done_.size(), 2U);
    EXPECT_EQ(done_.back().rows(), 4U);
    EXPECT_EQ(done_.back().pass, 1U);
}

TEST_F(AssemblerTest, FaultsOfTheFirstPassAreNumberedOverThePartitionInRowOrder) {
    Assembler assembler = make(0);
    assembler.begin(0, 0, nullptr);
    MorselRows second = morsel(1, 3, 5);
    // Steps report one after the other, each in row order.
    second.faults = {fault_at(3, kReadStep, "read"), fault_at(0, 0, "op"), fault_at(3, 0, "piece 1"),
                     fault_at(3, 1, "piece 2")};
    assembler.add(0, std::move(second), tallies(5, 3));
    MorselRows first = morsel(0, 9, 10);
    first.faults = {fault_at(9, 0, "last of the first")};
    assembler.add(0, std::move(first), tallies(10, 9));
    assembler.end(0, 2, 0, {});
    ASSERT_EQ(done_.size(), 1U);
    EXPECT_EQ(done_.front().fault_count, 5U);
    EXPECT_THAT(reasons(done_.front()),
                ElementsAre("9 last of the first", "10 op", "13 read", "13 piece 1", "13 piece 2"));
}

TEST_F(AssemblerTest, FaultsOfLaterPassesKeepTheOrderOfTheirRows) {
    Assembler assembler = make(2);
    assembler.begin(0, 0, nullptr);
    MorselRows only = morsel(0, 1, 0);
    only.faults = {fault_at(70, 0, "first in the new order"), fault_at(3, 0, "second")};
    assembler.add(0, std::move(only), tallies(3, 1));
    assembler.end(0, 1, 0, {});
    ASSERT_EQ(done_.size(), 1U);
    EXPECT_THAT(reasons(done_.front()), ElementsAre("70 first in the new order", "3 second"));
}

TEST_F(AssemblerTest, ThreadsMayDeliverAtOnce) {
    constexpr std::uint32_t kPartitions = 20;
    constexpr std::uint32_t kMorsels = 40;
    Assembler assembler = make(0);
    for (std::uint32_t p = 0; p < kPartitions; ++p) assembler.begin(p, p, nullptr);
    std::vector<std::thread> threads;
    for (std::uint32_t t = 0; t < 4; ++t) {
        threads.emplace_back([&assembler, t] {
            for (std::uint32_t p = 0; p < kPartitions; ++p) {
                for (std::uint32_t m = t; m < kMorsels; m += 4)
                    assembler.add(p, morsel(m, m, m), tallies(m, m));
                if (p % 4 == t) assembler.end(p, kMorsels, p, {});
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(done_.size(), kPartitions);
    for (const PartitionState& state : done_) {
        EXPECT_EQ(state.bytes_read, state.partition);
        EXPECT_EQ(state.rows(), kMorsels * (kMorsels - 1) / 2);
        for (std::uint32_t m = 0; m < kMorsels; ++m) EXPECT_EQ(state.morsels[m].sequence, m);
    }
}

}  // namespace
}  // namespace dj
