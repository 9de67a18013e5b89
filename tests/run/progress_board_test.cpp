// SPDX-License-Identifier: Apache-2.0
#include "run/progress_board.hpp"

#include <gmock/gmock.h>

namespace dj {
namespace {

Pulse pulse(std::uint32_t activity, std::uint64_t rows, double seconds, double cpu_seconds) {
    Pulse made;
    made.activity = activity;
    made.threads = 2;
    made.seconds = seconds;
    made.cpu_seconds = cpu_seconds;
    made.rss_bytes = 1000;
    made.rows = rows;
    made.bytes = rows * 10;
    made.host = "n1";
    made.tallies.resize(2);
    made.tallies[1].rows_in = rows;
    return made;
}

class ProgressBoardTest : public testing::Test {
protected:
    ProgressBoardTest() {
        spec_.ops = {{.name = "a_filter", .family = "filter"}};
        spec_.memory_bytes = 5000;
        add_file("in.jsonl", 4, 1000);
    }
    void add_file(const std::string& path, std::uint64_t partitions, std::uint64_t bytes) {
        input_files_.push_back({.path = path, .size_bytes = partitions * bytes});
        for (std::uint64_t i = 0; i < partitions; ++i) partitions_.push_back({{}, bytes});
        input_.files = input_files_;
        input_.partitions = partitions_;
    }
    void make(int ranks) {
        coordinator_.emplace(spec_, input_, ranks, [](int, Tag, std::string) {});
        coordinator_->begin_pass(0, static_cast<std::uint32_t>(input_.partitions.size()), std::nullopt);
        board_.emplace(spec_, input_, *coordinator_, ranks);
    }
    void finish_partition(std::uint32_t number, std::uint64_t bytes_read) {
        PartitionDone done;
        done.partition = number;
        done.records = 100;
        done.bytes_read = bytes_read;
        done.tallies.resize(2);
        coordinator_->handle({0, static_cast<std::uint32_t>(Tag::partition_done), done.pack()});
    }
    /// `seconds` after the activity began.
    RunProgress look(double seconds, std::uint32_t number = 1) {
        WorkMeter::Reading here;
        here.number = number;
        here.activity = activity_;
        here.is_pass = is_pass_;
        here.begun = std::chrono::steady_clock::now() -
                     std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                         std::chrono::duration<double>(seconds));
        return board_->look(here, seconds);
    }

    JobSpec spec_;
    std::vector<InputFile> input_files_;
    std::vector<Partition> partitions_;
    JobInput input_;
    Activity activity_{"reading the input", WorkUnit::bytes, 0};
    bool is_pass_ = true;
    std::optional<Coordinator> coordinator_;
    std::optional<ProgressBoard> board_;
};

TEST_F(ProgressBoardTest, NothingHasBeenHeard) {
    make(3);
    const RunProgress progress = look(1);
    EXPECT_EQ(progress.done, 0U);
    EXPECT_EQ(progress.total, 4000U);
    EXPECT_FALSE(progress.total_is_estimated);
    EXPECT_EQ(progress.ranks.size(), 3U);
    EXPECT_EQ(progress.ranks[2].busy, -1);
    EXPECT_EQ(progress.seconds_left, std::nullopt);
    EXPECT_EQ(progress.steps.size(), 2U);
    EXPECT_EQ(progress.steps[1].name, "a_filter");
}

TEST_F(ProgressBoardTest, TheLastPulseOfEachRankCounts) {
    make(2);
    board_->take(0, pulse(1, 10, 1, 1));
    board_->take(1, pulse(1, 20, 1, 1));
    board_->take(1, pulse(1, 50, 2, 2));
    const RunProgress progress = look(4);
    EXPECT_EQ(progress.rows, 60U);
    EXPECT_EQ(progress.done, 600U);
    EXPECT_EQ(progress.steps[1].rows_in, 60U);
    EXPECT_NEAR(progress.mean.rows_per_second, 15, 0.1);
    EXPECT_THAT(progress.hosts, testing::ElementsAre("n1"));
}

TEST_F(ProgressBoardTest, FinishedPartitionsAreKnownBeforeTheNextPulse) {
    make(2);
    board_->take(0, pulse(1, 10, 1, 1));
    finish_partition(0, 1000);
    EXPECT_EQ(look(2).done, 1000U);
    EXPECT_EQ(look(2).rows, 100U);
}

TEST_F(ProgressBoardTest, TheLoadIsCpuTimeOverTheTimeOfTheThreads) {
    make(1);
    board_->take(0, pulse(1, 0, 10, 100));
    EXPECT_EQ(look(1).ranks[0].busy, -1);
    board_->take(0, pulse(1, 0, 10.2, 100.4));  // too short to say anything
    EXPECT_EQ(look(1).ranks[0].busy, -1);
    board_->take(0, pulse(1, 0, 12, 103));
    EXPECT_NEAR(look(1).ranks[0].busy, 0.75, 1e-9);
    board_->take(0, pulse(1, 0, 13, 103));
    EXPECT_EQ(look(1).ranks[0].busy, 0);
}

TEST_F(ProgressBoardTest, RowsOfAnEarlierActivityDoNotCount) {
    make(2);
    activity_ = {"a_deduplicator: comparing keys", WorkUnit::keys, 100};
    is_pass_ = false;
    board_->take(0, pulse(1, 90, 1, 1));
    board_->take(1, pulse(2, 30, 1, 1));
    const RunProgress progress = look(1, 2);
    EXPECT_EQ(progress.done, 30U);
    EXPECT_EQ(progress.total, 100U);
    EXPECT_EQ(progress.steps[1].rows_in, 120U);  // what operators did counts over all activities
}

TEST_F(ProgressBoardTest, TheTimeLeftFollowsFromTheLastSeconds) {
    make(1);
    for (int second = 1; second <= 60; ++second) {
        // 1000 of 4000 bytes in 50 s, then ten times as fast
        const int rows = second <= 50 ? 2 * second : 100 + 20 * (second - 50);
        board_->take(0, pulse(1, static_cast<std::uint64_t>(rows), second, second));
        const RunProgress progress = look(second);
        if (second == 50) {
            ASSERT_TRUE(progress.seconds_left);
            EXPECT_NEAR(*progress.seconds_left, 150, 2);
            EXPECT_NEAR(progress.recent.rows_per_second, 2, 0.1);
        }
        if (second == 60) {
            EXPECT_NEAR(progress.recent.rows_per_second, 20, 0.5);
            EXPECT_NEAR(progress.mean.rows_per_second, 5, 0.1);
            EXPECT_LT(*progress.seconds_left, 20);
        }
    }
}

TEST_F(ProgressBoardTest, HowFarCompressedInputSwellsIsLearnedFromWhatWasRead) {
    input_files_.clear();
    partitions_.clear();
    add_file("in.jsonl.gz", 4, 1000);
    make(1);
    board_->take(0, pulse(1, 50, 1, 1));
    EXPECT_EQ(look(3).total, 0U);
    EXPECT_EQ(look(3).done, 500U);
    finish_partition(2, 3000);
    const RunProgress progress = look(4);
    EXPECT_EQ(progress.done, 3000U);
    EXPECT_EQ(progress.total, 12'000U);
    EXPECT_TRUE(progress.total_is_estimated);
}

TEST_F(ProgressBoardTest, AfterTheLastPartitionTheOutputIsWritten) {
    make(1);
    coordinator_->begin_pass(0, 4, ExportLedger({}, 0, 4));
    for (std::uint32_t partition = 0; partition < 4; ++partition) finish_partition(partition, 1000);
    const RunProgress progress = look(9);
    EXPECT_EQ(progress.activity, "writing the rest of the output");
    EXPECT_EQ(share_done(progress), 1.0);
    EXPECT_EQ(progress.seconds_left, std::nullopt);
}

TEST_F(ProgressBoardTest, WhatADatasetWideOperatorDecidedIsCounted) {
    make(1);
    board_->note({0, {.rows_in = 50, .rows_out = 40, .partitions = 1}, 2});
    const StepCount step = look(1).steps[1];
    EXPECT_EQ(step.rows_in, 50U);
    EXPECT_EQ(step.dropped, 10U);
    EXPECT_EQ(step.cpu_seconds, 2);
}

}  // namespace
}  // namespace dj
