// SPDX-License-Identifier: Apache-2.0
#include "dj/events/event_log.hpp"

#include <atomic>
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "dj/events/event_reader.hpp"
#include "dj/events/event_tally.hpp"
#include "dj/events/job_events.hpp"
#include "events/refusing_file_system.hpp"
#include "events/scratch_folder.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

std::vector<nlohmann::json> all_events(FileSystem& files, const std::vector<fs::path>& paths) {
    std::vector<nlohmann::json> events;
    read_events(files, paths, [&events](const auto& event) { events.push_back(event); });
    return events;
}

std::string contents(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

class EventLogTest : public testing::Test {
protected:
    EventLogOptions options() {
        EventLogOptions options;
        options.events_path = folder_ / "events_20260101_000000.jsonl";
        options.text_path = folder_ / "logs/job.txt";
        options.job_id = "job";
        options.on_trouble = [this](const std::string& message) {
            ++troubles_;
            trouble_ = message;
        };
        return options;
    }
    void wait_for_refusals(int count) {
        while (files_.refused < count) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }

    ScratchFolder folder_;
    RefusingFileSystem files_;
    std::atomic<int> troubles_{0};
    std::string trouble_;
};

TEST_F(EventLogTest, WhatIsRecordedStandsInOrderOnceSynced) {
    EventLog log(files_, options());
    for (int i = 0; i < 1000; ++i) log.record(info_event(std::to_string(i)));
    ASSERT_TRUE(log.sync());
    const auto events = all_events(files_, {options().events_path});
    ASSERT_EQ(events.size(), 1000U);
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ(events[i].at("message"), std::to_string(i));
        EXPECT_EQ(events[i].at("seq"), i + 1);
    }
    EXPECT_TRUE(log.close());
    EXPECT_EQ(log.counts().written, 1000U);
    EXPECT_EQ(troubles_, 0);
}

TEST_F(EventLogTest, ManyThreadsLoseNothing) {
    EventLog log(files_, options());
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&log] {
            for (int i = 0; i < 500; ++i) log.record(info_event("x"));
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_TRUE(log.close());
    EXPECT_EQ(all_events(files_, {options().events_path}).size(), 4000U);
}

TEST_F(EventLogTest, PeopleGetALineToo) {
    EventLog log(files_, options());
    log.record(warning_event("look here"));
    log.record(op_start_event({}, {}));
    log.close();
    const auto text = contents(folder_ / "logs/job.txt");
    EXPECT_NE(text.find("WARN  [rank 0] warning: look here\n"), std::string::npos);
    EXPECT_EQ(text.find("op_start"), std::string::npos);
}

TEST_F(EventLogTest, EventsAfterCloseAreCountedAndLeftOut) {
    EventLog log(files_, options());
    EXPECT_TRUE(log.close());
    log.record(info_event("late"));
    EXPECT_EQ(log.counts().left_out, 1U);
    EXPECT_TRUE(log.sync());  // nothing was lost that had been accepted
}

TEST_F(EventLogTest, RotationKeepsFiguresThoughOldFilesAreLost) {
    auto small = options();
    small.max_file_bytes = 64 << 10;
    small.backup_count = 2;
    std::uint64_t expected = 0;
    {
        EventLog log(files_, small);
        for (std::uint64_t i = 0; i < 3000; ++i) {
            PartitionFigures figures{.partition = i, .bytes = 10, .rows_in = i, .rows_out = 1};
            expected += i;
            log.record(partition_complete_event(figures));
            if (i % 50 == 0) log.sync();
        }
        EXPECT_TRUE(log.close());
    }
    const auto base = small.events_path.string();
    EXPECT_TRUE(fs::exists(base + ".1"));
    EXPECT_TRUE(fs::exists(base + ".2"));
    EXPECT_FALSE(fs::exists(base + ".3"));
    EXPECT_LT(fs::file_size(base + ".1"), 90U << 10);

    EventTally tally;
    const auto counts =
        read_events(files_, {base + ".2", base + ".1", base}, [&](const auto& event) { tally.add(event); });
    EXPECT_LT(counts.events, 3000U) << "the test means to lose the oldest files";
    EXPECT_EQ(tally.partitions_done, 3000U);
    EXPECT_EQ(tally.rows_in, expected);
    EXPECT_EQ(tally.rows_out, 3000U);
}

TEST_F(EventLogTest, AFullDiskIsToldOnceAndEventsWait) {
    EventLog log(files_, options());
    log.record(info_event("before"));
    ASSERT_TRUE(log.sync());
    files_.full = true;
    log.record(info_event("during 1"));
    EXPECT_FALSE(log.sync());
    log.record(info_event("during 2"));
    EXPECT_FALSE(log.sync());
    EXPECT_EQ(troubles_, 1);
    EXPECT_NE(trouble_.find("No space left"), std::string::npos);
    EXPECT_NE(trouble_.find("event_log_dir"), std::string::npos);
    files_.full = false;
    log.record(info_event("after"));
    EXPECT_TRUE(log.sync());
    const auto events = all_events(files_, {options().events_path});
    ASSERT_EQ(events.size(), 4U);
    EXPECT_EQ(events[1].at("message"), "during 1");
    EXPECT_EQ(events[3].at("message"), "after");
    EXPECT_GE(log.counts().failed_writes, 2U);
    EXPECT_EQ(log.counts().left_out, 0U);
}

TEST_F(EventLogTest, AHalfWrittenLineThatCannotBeTakenBackCostsOnlyItself) {
    EventLog log(files_, options());
    log.record(info_event("before"));
    ASSERT_TRUE(log.sync());
    files_.truncate_works = false;
    files_.full = true;
    log.record(info_event("during"));
    EXPECT_FALSE(log.sync());
    files_.full = false;
    EXPECT_TRUE(log.sync());
    std::vector<std::string> messages;
    const auto counts = read_events(files_, {options().events_path},
                                    [&](const auto& event) { messages.push_back(event.at("message")); });
    EXPECT_EQ(messages, (std::vector<std::string>{"before", "during"}));
    EXPECT_GE(counts.unreadable_lines, 1U);
}

TEST_F(EventLogTest, ADiskFullToTheEndEndsTheLogNotTheJob) {
    files_.full = true;
    EventLog log(files_, options());
    for (int i = 0; i < 10; ++i) log.record(info_event("x"));
    EXPECT_FALSE(log.close());
    EXPECT_EQ(log.counts().left_out, 10U);
    EXPECT_EQ(troubles_, 1);
}

TEST_F(EventLogTest, AnEndlessFullDiskTakesBoundedMemory) {
    files_.full = true;
    EventLog log(files_, options());
    const std::string large(1 << 20, 'x');
    for (int i = 0; i < 40; ++i) {
        log.record(info_event(large));
        log.sync();
    }
    files_.full = false;
    EXPECT_TRUE(log.sync());
    EXPECT_FALSE(log.close());
    EXPECT_GE(log.counts().left_out, 20U);
    const auto events = all_events(files_, {options().events_path});
    EXPECT_NE(events.back().at("message").get<std::string>().find("events were left out here"),
              std::string::npos);
}

TEST_F(EventLogTest, AFolderThatCannotBeMadeIsTroubleNotAnException) {
    auto impossible = options();
    std::ofstream(folder_ / "plain_file") << "x";
    impossible.events_path = folder_ / "plain_file/sub/events.jsonl";
    EventLog log(files_, impossible);
    log.record(info_event("x"));
    EXPECT_FALSE(log.close());
    EXPECT_EQ(troubles_, 1);
}

TEST_F(EventLogTest, AppendsToAFileThatAKilledJobLeftTorn) {
    std::ofstream(options().events_path) << R"({"event_type": "info", "mess)";
    EventLog log(files_, options());
    log.record(info_event("new"));
    EXPECT_TRUE(log.close());
    std::vector<std::string> messages;
    const auto counts = read_events(files_, {options().events_path},
                                    [&](const auto& event) { messages.push_back(event.at("message")); });
    EXPECT_EQ(messages, std::vector<std::string>{"new"});
    EXPECT_EQ(counts.unreadable_lines, 1U);
    EXPECT_FALSE(counts.torn_tail);
}

TEST_F(EventLogTest, AFullQueueNeverBlocksTheCaller) {
    auto narrow = options();
    narrow.queue_limit = 4;
    EventLog log(files_, narrow);
    for (int i = 0; i < 100000; ++i) log.record(info_event("x"));
    log.close();
    const auto counts = log.counts();
    EXPECT_EQ(counts.recorded, 100000U);
    EXPECT_EQ(counts.written + counts.left_out, 100000U);
}

}  // namespace
}  // namespace dj
