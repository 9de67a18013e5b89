// SPDX-License-Identifier: Apache-2.0
#include "dj/events/event_tally.hpp"

#include <gtest/gtest.h>

#include "dj/events/job_events.hpp"
#include "events/event_line.hpp"

namespace dj {
namespace {

void add(EventTally& tally, Event event, int attempt = 1) {
    event.timestamp = 100.0 + static_cast<double>(tally.partitions_done);
    tally.add(nlohmann::json::parse(event_json_line(event, {"job", attempt, 1})));
}

OpFigures op_figures() {
    OpFigures figures{.partition = 3, .op_index = 1, .branch = "en", .count = {}, .seconds = 0.5};
    figures.count = {.name = "text_length_filter",
                     .family = "filter",
                     .rows_in = 10,
                     .rows_out = 7,
                     .dropped = 2,
                     .quarantined = 1,
                     .bytes_in = 1000,
                     .cpu_seconds = 0.25};
    return figures;
}

TEST(EventTally, AddsUpWhatTheMakersWrite) {
    EventTally tally;
    add(tally, job_start_event({.total_partitions = 4, .total_bytes = 400, .ranks = 2}));
    for (std::uint64_t p = 0; p < 3; ++p) {
        PartitionFigures figures{.partition = p, .bytes = 100, .rows_in = 10, .rows_out = 7, .seconds = 1};
        add(tally, partition_start_event(figures));
        if (p < 2) add(tally, partition_complete_event(figures));
        if (p == 2) add(tally, partition_failed_event(figures, "disk full", 3));
    }
    add(tally, partition_resume_event({.partition = 3, .bytes = 50, .rows_in = 5, .rows_out = 4}, "ckpt"));
    add(tally, op_complete_event(op_figures()));
    add(tally, op_complete_event(op_figures()));
    add(tally, row_quarantined_event(6, "read", "not JSON", "a.jsonl"));
    add(tally, warning_event("careful"));

    EXPECT_EQ(tally.partitions_total, 4U);
    EXPECT_EQ(tally.bytes_total, 400U);
    EXPECT_EQ(tally.partitions_started, 3U);
    EXPECT_EQ(tally.partitions_done, 3U);
    EXPECT_EQ(tally.partitions_resumed, 1U);
    EXPECT_EQ(tally.partitions_failed, 1U);
    EXPECT_EQ(tally.rows_in, 25U);
    EXPECT_EQ(tally.rows_out, 18U);
    EXPECT_EQ(tally.bytes_done, 250U);
    EXPECT_EQ(tally.bytes_resumed, 50U);
    EXPECT_EQ(tally.rows_quarantined, 6U);
    EXPECT_EQ(tally.warnings, 1U);
    EXPECT_EQ(tally.errors, 1U);
    ASSERT_EQ(tally.noted.size(), 2U);
    EXPECT_NE(tally.noted[0].message.find("disk full"), std::string::npos);
    const auto& op = tally.ops.at({"en", 1});
    EXPECT_EQ(op.partitions, 2U);
    EXPECT_EQ(op.count.rows_in, 20U);
    EXPECT_EQ(op.count.dropped, 4U);
    EXPECT_EQ(op.count.quarantined, 2U);
    EXPECT_EQ(op.count.bytes_in, 2000U);
    EXPECT_EQ(op.count.family, "filter");
    EXPECT_DOUBLE_EQ(op.seconds, 1.0);
    EXPECT_EQ(tally.ended_by, "");
    add(tally, job_complete_event(5, "out.jsonl", 18));
    EXPECT_EQ(tally.ended_by, "job_complete");
}

TEST(EventTally, CarriedOverThroughJsonIsTheSame) {
    EventTally tally;
    add(tally, job_start_event({.total_partitions = 4}));
    add(tally, op_complete_event(op_figures()));
    add(tally, op_complete_event(op_figures()));
    add(tally, warning_event("careful"));
    add(tally, job_failed_event("broken", 2));
    EXPECT_EQ(event_tally_from_json(to_json(tally)), tally);
    EXPECT_EQ(event_tally_from_json(nlohmann::json::parse(to_json(tally).dump())), tally);
}

TEST(EventTally, ALaterStartBeginsAfresh) {
    EventTally tally;
    add(tally, partition_complete_event({.partition = 1, .rows_in = 9}), 1);
    add(tally, partition_complete_event({.partition = 1, .rows_in = 4}), 2);
    add(tally, partition_complete_event({.partition = 2, .rows_in = 9}), 1);  // an orphan of the killed start
    EXPECT_EQ(tally.attempt, 2);
    EXPECT_EQ(tally.partitions_done, 1U);
    EXPECT_EQ(tally.rows_in, 4U);
}

TEST(EventTally, KeepsTheLastTroublesOnly) {
    EventTally tally;
    for (int i = 0; i < 1000; ++i) add(tally, warning_event(std::to_string(i)));
    EXPECT_EQ(tally.warnings, 1000U);
    ASSERT_EQ(tally.noted.size(), EventTally::kNotedEvents);
    EXPECT_EQ(tally.noted.back().message, "999");
}

TEST(EventTally, AnyJsonIsSurvived) {
    EventTally tally;
    for (const char* text :
         {"null", "[]", "3", "{}", R"({"event_type": 7})", R"({"event_type": "op_complete"})",
          R"({"event_type": "op_complete", "operation_idx": -4, "metadata": []})",
          R"({"event_type": "partition_complete", "metadata": {"input_rows": "many"}})",
          R"({"event_type": "job_start", "total_partitions": 1e300})", R"({"attempt": "x", "timestamp": []})",
          R"({"event_type": "info", "metadata": {"tally": {"ops": [1, {}], "noted": {}}}})",
          R"({"event_type": "info", "metadata": {"tally": 4}})"}) {
        tally.add(nlohmann::json::parse(text));
    }
    EXPECT_EQ(tally.rows_in, 0U);
}

TEST(EventTally, ReadsDataJuicersOwnEvents) {
    EventTally tally;
    tally.add(nlohmann::json::parse(
        R"({"event_type": "op_complete", "timestamp": 5.0, "message": "m", "partition_id": 0, "operation_name": "a_filter",
            "operation_idx": 2, "status": "success", "metadata": {"duration_seconds": 0.5, "checkpoint_path": null,
            "input_rows": 10, "output_rows": 4}})"));
    EXPECT_EQ(tally.ops.at({"", 2}).count.rows_out, 4U);
}

}  // namespace
}  // namespace dj
