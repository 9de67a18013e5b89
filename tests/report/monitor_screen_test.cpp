// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <gmock/gmock.h>

#include "dj/report/job_views.hpp"
#include "events/scratch_folder.hpp"
#include "report/sample_job.hpp"

namespace dj {
namespace {

using testing::HasSubstr;
using testing::Not;

class MonitorScreenTest : public testing::Test {
protected:
    MonitorScreenTest() {
        layout_.create_folders(*files_);
        write_job_summary(*files_, layout_.summary(), sample_summary(layout_));
        write_sample_events(*files_, layout_);
    }
    std::string screen(bool detailed = false, ScreenStyle style = {}) {
        return monitor_screen(read_job_state(*files_, layout_.folder()), now_, detailed, style);
    }

    std::unique_ptr<FileSystem> files_ = make_local_file_system();
    ScratchFolder folder_;
    JobLayout layout_{{.work_dir = folder_.path(), .job_id = "sample"}};
    double now_ = kSampleStart + 51;
};

TEST_F(MonitorScreenTest, AQuarantineOfAnEarlierOutputIsNotThisStarts) {
    auto summary = sample_summary(layout_);
    summary.attempt = 2;
    write_job_summary(*files_, layout_.summary(), summary);
    std::ofstream(layout_.quarantine()) << "{}\n";
    EXPECT_THAT(screen(), HasSubstr("quarantine  0 rows so far; those of an earlier output are in"));
}

TEST_F(MonitorScreenTest, ARunningJobShowsWhereItIs) {
    const auto text = screen();
    EXPECT_THAT(text, HasSubstr("job         sample\n"));
    EXPECT_THAT(text, HasSubstr("status      RUNNING\n"));
    EXPECT_THAT(text, HasSubstr("on          n1; 2 ranks x 4 threads; attempt 1; dj-mpi 0.1.0\n"));
    EXPECT_THAT(text, HasSubstr("2023-11-14 22:13:20 UTC, 51.0 s ago; last sign of life 1.00 s ago"));
    EXPECT_THAT(text, HasSubstr("]  50.0 %"));
    EXPECT_THAT(text, HasSubstr("2 of 4 partitions done, 1 running\n"));
    EXPECT_THAT(text, HasSubstr("500 rows in, 400 of them left so far; 9.8 rows/s"));
    EXPECT_THAT(text, HasSubstr("about 51.0 s to go"));
    EXPECT_THAT(text, HasSubstr(" 2 text_length_filter"));
    EXPECT_THAT(text, HasSubstr("quarantine  3 rows"));
    EXPECT_THAT(text, HasSubstr("22:13:51 disk /scratch is 95 % full"));
    EXPECT_THAT(text, Not(HasSubstr("to go on")));
}

TEST_F(MonitorScreenTest, WhatComesAfterTheLastPartitionIsSaid) {
    auto state = read_job_state(*files_, layout_.folder());
    for (std::uint64_t p = 2; p < 4; ++p) {
        const auto event = partition_complete_event({.partition = p, .bytes = 1000, .rows_in = 1});
        auto json = event.fields;
        json["event_type"] = event.type;
        state.events.add(json);
    }
    const auto text = monitor_screen(state, now_, false, {});
    EXPECT_THAT(text, HasSubstr("] 100.0 %"));
    EXPECT_THAT(text, HasSubstr("the input is read"));
    EXPECT_THAT(text, Not(HasSubstr("to go")));
}

TEST_F(MonitorScreenTest, WhatTheRunSaidLastIsShown) {
    auto state = read_job_state(*files_, layout_.folder());
    state.events.progress = {.timestamp = now_ - 4,
                             .activity = "document_deduplicator: comparing keys",
                             .pass = 1,
                             .passes = 2,
                             .share = 0.45,
                             .rows_per_second = 1000,
                             .bytes_per_second = 2e6,
                             .seconds_left = 12.5};
    state.events.usage = {.timestamp = now_,
                          .largest_rss_bytes = 800'000'000,
                          .peak_rss_bytes = 900'000'000,
                          .budget_bytes = 1'000'000'000,
                          .busy_least = 0.25,
                          .busy_median = 0.9,
                          .busy_most = 1,
                          .least_busy_rank = 3,
                          .least_busy_host = "n2"};
    const auto text = monitor_screen(state, now_, false, {.width = 140});
    EXPECT_THAT(
        text,
        HasSubstr("now         pass 1 of 2, document_deduplicator: comparing keys, 45 %; 2.0 MB/s, 1,000 "
                  "rows/s; about 12.5 s left of it (said 4.00 s ago)\n"));
    EXPECT_THAT(
        text,
        HasSubstr("cpu         25 to 100 % of the granted cores, median 90 %; least busy: rank 3 on n2\n"));
    EXPECT_THAT(
        text, HasSubstr("memory      800.0 MB of 1.0 GB on the rank that uses most, 900.0 MB at the peak\n"));
    EXPECT_THAT(text, Not(HasSubstr("to go"))) << "one estimate is enough";
    EXPECT_EQ(monitor_json(state, now_).at("now").at("share"), 0.45);
    EXPECT_EQ(monitor_json(state, now_).at("usage").at("least_busy_rank"), 3);
    state.summary->status = JobStatus::failed;
    EXPECT_THAT(monitor_screen(state, now_, false, {}), Not(HasSubstr("now  ")));
}

TEST_F(MonitorScreenTest, OfSeveralPassesTheFirstIsNotAll) {
    auto state = read_job_state(*files_, layout_.folder());
    for (std::uint64_t p = 2; p < 4; ++p) {
        const auto event = partition_complete_event({.partition = p, .bytes = 1000, .rows_in = 1});
        auto json = event.fields;
        json["event_type"] = event.type;
        state.events.add(json);
    }
    state.events.progress = {
        .timestamp = now_ - 1, .activity = "writing", .pass = 2, .passes = 2, .share = 0.04};
    EXPECT_THAT(monitor_screen(state, now_, false, {}), HasSubstr("]  52.0 %"));
    state.events.progress.pass = 1;
    EXPECT_THAT(monitor_screen(state, now_, false, {}), HasSubstr("]  50.0 %"));
}

TEST_F(MonitorScreenTest, ADeadJobSaysHowToGoOn) {
    now_ += 1e5;
    const auto text = screen();
    EXPECT_THAT(text, HasSubstr("DEAD (no sign of life)"));
    EXPECT_THAT(text, HasSubstr("to go on    dj-mpi --config recipe.yaml --job_id sample"));
}

TEST_F(MonitorScreenTest, ACompletedJobShowsTheLawAndItsOutputs) {
    auto summary = sample_summary(layout_);
    set_done(summary);
    write_job_summary(*files_, layout_.summary(), summary);
    const auto text = screen(false, {.width = 120});
    EXPECT_THAT(text, HasSubstr("status      COMPLETED\n"));
    EXPECT_THAT(text, HasSubstr("took 12.5 s"));
    EXPECT_THAT(text,
                HasSubstr("read 1,000 + made 0 = exported 900 + dropped 90 + merged 0 + quarantined 10\n"));
    EXPECT_THAT(text, HasSubstr("output      /data/out/result.jsonl  900 rows, 3.6 MB"));
}

TEST_F(MonitorScreenTest, DetailsTellAboutTheEventFiles) {
    std::ofstream(layout_.events(utc_timestamp(kSampleStart)), std::ios::app) << "garbage\n{\"torn";
    const auto text = screen(true, {.width = 150});
    EXPECT_THAT(text, HasSubstr("from 1 of 1 file; 1 unreadable lines; the last line is incomplete"));
    EXPECT_THAT(text, HasSubstr("events_20231114_221320.jsonl"));
}

TEST_F(MonitorScreenTest, NoEscapeReachesAScreenWithoutColours) {
    auto summary = sample_summary(layout_);
    summary.status = JobStatus::failed;
    summary.error_message = "bad \x1B[2J text";
    summary.host = "evil\x1B]0;x\x07";
    write_job_summary(*files_, layout_.summary(), summary);
    EXPECT_EQ(screen(true).find('\x1B'), std::string::npos);
    EXPECT_NE(screen(true, {.colour = true}).find("\x1B[31mFAILED\x1B[0m"), std::string::npos);
}

TEST_F(MonitorScreenTest, JsonHoldsAllOfIt) {
    const auto json = monitor_json(read_job_state(*files_, layout_.folder()), now_);
    EXPECT_EQ(json.at("job_id"), "sample");
    EXPECT_EQ(json.at("status"), "running");
    EXPECT_EQ(json.at("progress").at("share"), 0.5);
    EXPECT_EQ(json.at("progress").at("partitions_done"), 2);
    EXPECT_EQ(json.at("steps").at(1).at("name"), "text_length_filter");
    EXPECT_EQ(json.at("events").at("warnings"), 1);
    EXPECT_EQ(json.at("job_summary").at("ranks"), 2);
    EXPECT_TRUE(json.at("quarantine_file").is_null());
}

}  // namespace
}  // namespace dj
