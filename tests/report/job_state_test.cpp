// SPDX-License-Identifier: Apache-2.0
#include "dj/report/job_state.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "dj/report/job_views.hpp"
#include "events/scratch_folder.hpp"
#include "report/sample_job.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

class JobStateTest : public testing::Test {
protected:
    JobStateTest() {
        layout_.create_folders(*files_);
        write_job_summary(*files_, layout_.summary(), sample_summary(layout_));
        write_sample_events(*files_, layout_);
    }
    JobState read() { return read_job_state(*files_, layout_.folder()); }

    std::unique_ptr<FileSystem> files_ = make_local_file_system();
    ScratchFolder folder_;
    JobLayout layout_{{.work_dir = folder_.path(), .job_id = "sample"}};
    double now_ = kSampleStart + 51;
};

TEST_F(JobStateTest, ARunningJob) {
    const auto state = read();
    EXPECT_EQ(condition_of(state, now_), JobCondition::running);
    const auto progress = progress_of(state, now_);
    EXPECT_EQ(progress.partitions_total, 4U);
    EXPECT_EQ(progress.partitions_done, 2U);
    EXPECT_EQ(progress.partitions_running, 1U);
    EXPECT_EQ(progress.rows_in, 500U);
    EXPECT_EQ(progress.quarantined, 3U);
    EXPECT_DOUBLE_EQ(progress.share, 0.5);
    EXPECT_DOUBLE_EQ(progress.elapsed_seconds, 51);
    EXPECT_DOUBLE_EQ(*progress.seconds_left, 51);
    const auto steps = steps_of(state);
    ASSERT_EQ(steps.size(), 2U);
    EXPECT_EQ(steps[1].count.name, "text_length_filter");
    EXPECT_EQ(steps[1].count.dropped, 180U);
    EXPECT_EQ(steps[1].partitions, 2U);
}

TEST_F(JobStateTest, ASilentJobIsDead) {
    const auto state = read();
    EXPECT_EQ(condition_of(state, kSampleStart + 50 + 59), JobCondition::running);
    EXPECT_EQ(condition_of(state, kSampleStart + 50 + 61), JobCondition::dead);
    const auto progress = progress_of(state, kSampleStart + 1e6);
    EXPECT_DOUBLE_EQ(progress.elapsed_seconds, 50) << "the time after its death does not count";
    EXPECT_EQ(progress.seconds_left, std::nullopt);
    EXPECT_EQ(progress.partitions_running, 0U);
}

TEST_F(JobStateTest, AnEndedJobTakesItsFiguresFromTheSummary) {
    auto summary = sample_summary(layout_);
    set_done(summary);
    write_job_summary(*files_, layout_.summary(), summary);
    const auto state = read();
    EXPECT_EQ(condition_of(state, now_ + 1e6), JobCondition::completed);
    EXPECT_EQ(steps_of(state).size(), 4U);
    EXPECT_DOUBLE_EQ(progress_of(state, now_).elapsed_seconds, 12.5);
    EXPECT_DOUBLE_EQ(progress_of(state, now_).share, 1);
}

TEST_F(JobStateTest, EventsOfAnEarlierStartDoNotCountForThisOne) {
    auto summary = sample_summary(layout_);
    summary.attempt = 2;
    write_job_summary(*files_, layout_.summary(), summary);
    const auto state = read();
    EXPECT_EQ(progress_of(state, now_).partitions_done, 0U);
    EXPECT_TRUE(steps_of(state).empty());
    EXPECT_DOUBLE_EQ(last_sign_of_life(state), kSampleStart + 50);
}

TEST_F(JobStateTest, WithoutASummaryTheEventsSpeak) {
    fs::remove(layout_.summary());
    const auto state = read();
    EXPECT_EQ(state.summary_problem, "is missing");
    EXPECT_EQ(condition_of(state, kSampleStart + 45), JobCondition::running);
    EXPECT_EQ(progress_of(state, kSampleStart + 45).partitions_done, 2U);
    EXPECT_EQ(read_job_head(*files_, layout_.folder()).events.partitions_done, 2U);
    std::ofstream(layout_.summary()) << "{\"job_id\": \"sam";
    EXPECT_EQ(read().summary_problem, "is damaged");
}

TEST_F(JobStateTest, WithoutASummaryTheRowsOfTheQuarantineFileAreCounted) {
    std::ofstream(layout_.summary()) << "{\"job_id\": \"sam";
    EXPECT_EQ(progress_of(read(), now_).quarantined, 3U) << "no file: the events tell";
    std::string lines;
    for (int i = 0; i < 40000; ++i) lines += "{\"file\": \"a.jsonl\", \"row\": " + std::to_string(i) + "}\n";
    ASSERT_GT(lines.size(), std::size_t{1} << 20);
    std::ofstream(layout_.quarantine(), std::ios::binary) << lines;
    const auto state = read();
    EXPECT_EQ(progress_of(state, now_).quarantined, 40000U);
    EXPECT_NE(monitor_screen(state, now_, false, {}).find("40,000 rows"), std::string::npos);
    EXPECT_EQ(monitor_json(state, now_).at("progress").at("quarantined"), 40000);
    fs::remove(layout_.quarantine());
    fs::create_directory(layout_.quarantine());  // there, and not to be read
    const auto unread = read();
    EXPECT_EQ(progress_of(unread, now_).quarantined, std::nullopt);
    EXPECT_NE(monitor_screen(unread, now_, false, {}).find("an unknown number of rows"), std::string::npos);
    EXPECT_TRUE(monitor_json(unread, now_).at("progress").at("quarantined").is_null());
}

TEST_F(JobStateTest, AnEmptyFolderTellsNothing) {
    fs::create_directory(folder_ / "empty");
    const auto state = read_job_state(*files_, folder_ / "empty");
    EXPECT_EQ(condition_of(state, now_), JobCondition::unknown);
    EXPECT_NE(monitor_screen(state, now_, true, {}).find("UNKNOWN"), std::string::npos);
    EXPECT_EQ(monitor_json(state, now_).at("status"), "unknown");
}

TEST_F(JobStateTest, EventFilesCutAtEveryByteStillGiveAScreen) {
    const auto path = layout_.events(utc_timestamp(kSampleStart));
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    const auto whole = text.str();
    ASSERT_GT(whole.size(), 3000U);
    std::uint64_t done_before = 0;
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        fs::resize_file(path, 0);
        std::ofstream(path, std::ios::binary) << whole.substr(0, cut);
        const auto state = read();
        ASSERT_EQ(condition_of(state, now_), JobCondition::running);
        const auto progress = progress_of(state, now_);
        ASSERT_GE(progress.partitions_done, done_before) << "cut at " << cut;
        done_before = progress.partitions_done;
        ASSERT_EQ(state.events_read.unreadable_lines, 0U);
        if (cut % 40 == 0) {
            ASSERT_NE(monitor_screen(state, now_, true, {}).find("RUNNING"), std::string::npos);
            ASSERT_TRUE(monitor_json(state, now_).is_object());
        }
    }
    EXPECT_EQ(done_before, 2U);
}

TEST_F(JobStateTest, ASummaryCutAtEveryByteStillGivesAScreen) {
    const auto whole = read_whole_file(*files_, layout_.summary()).value();
    for (std::size_t cut = 0; cut < whole.size(); cut += 3) {
        std::ofstream(layout_.summary(), std::ios::binary | std::ios::trunc) << whole.substr(0, cut);
        ASSERT_EQ(progress_of(read(), now_).partitions_done, 2U) << "cut at " << cut;
    }
}

TEST_F(JobStateTest, WhatTheLogRotatesTheLayoutFinds) {
    EventLogOptions options;
    options.events_path = layout_.events("20300101_000000");
    options.max_file_bytes = 2000;
    options.backup_count = 3;
    options.job_id = "sample";
    options.attempt = 2;
    {
        EventLog log(*files_, options);
        for (std::uint64_t p = 0; p < 100; ++p) {
            log.record(partition_complete_event({.partition = p, .rows_in = 2}));
            log.sync();
        }
    }
    const auto found = layout_.event_files(*files_);
    ASSERT_EQ(found.size(), 5U);
    EXPECT_EQ(found[1].filename(), "events_20300101_000000.jsonl.3");
    EXPECT_EQ(found[4].filename(), "events_20300101_000000.jsonl");
    const auto state = read();
    EXPECT_EQ(state.events.partitions_done, 100U) << "carried over although the oldest files are gone";
    EXPECT_EQ(state.events_read.files, 1U) << "the newest file tells all";
}

}  // namespace
}  // namespace dj
