// SPDX-License-Identifier: Apache-2.0
#include "dj/events/job_events.hpp"

#include <gtest/gtest.h>

namespace dj {
namespace {

TEST(JobEvents, FiguresStandInMetadataAndWhereTheStockMonitorLooks) {
    OpFigures figures{.partition = 3, .op_index = 4, .branch = "", .count = {}, .seconds = 2};
    figures.count = {
        .name = "text_length_filter", .family = "filter", .rows_in = 10, .rows_out = 4, .dropped = 6};
    const auto event = op_complete_event(figures);
    EXPECT_EQ(event.type, "op_complete");
    const auto& fields = event.fields;
    EXPECT_EQ(fields.at("partition_id"), 3);
    EXPECT_EQ(fields.at("operation_name"), "text_length_filter");
    EXPECT_EQ(fields.at("operation_idx"), 4);
    EXPECT_EQ(fields.at("status"), "success");
    EXPECT_EQ(fields.at("duration"), 2.0);
    EXPECT_EQ(fields.at("input_rows"), 10);
    EXPECT_EQ(fields.at("output_rows"), 4);
    EXPECT_EQ(fields.at("performance_metrics").at("throughput"), 5.0);
    EXPECT_EQ(fields.at("performance_metrics").at("reduction_ratio"), 0.6);
    EXPECT_EQ(fields.at("metadata").at("throughput_rows_per_second"), 5.0);
    EXPECT_EQ(fields.at("metadata").at("dag_node_id"), "op_005_text_length_filter_partition_3");
    EXPECT_FALSE(fields.contains("branch"));
}

TEST(JobEvents, NoRowsAndNoTimeMakeNoNonsense) {
    const auto event = op_complete_event({});
    EXPECT_EQ(event.fields.at("performance_metrics").at("throughput"), 0.0);
    EXPECT_EQ(event.fields.at("performance_metrics").at("reduction_ratio"), 0.0);
}

TEST(JobEvents, AnOperatorThatMakesRowsHasANegativeReduction) {
    OpFigures figures;
    figures.count.rows_in = 2;
    figures.count.rows_out = 5;
    EXPECT_EQ(op_complete_event(figures).fields.at("metadata").at("reduction_ratio"), -1.5);
}

TEST(JobEvents, JobStartTellsHowMuchThereIs) {
    const auto event =
        job_start_event({.attempt = 2, .total_partitions = 9, .total_bytes = 77, .ranks = 4, .threads = 2});
    EXPECT_EQ(event.fields.at("total_partitions"), 9);
    EXPECT_EQ(event.fields.at("metadata").at("total_bytes"), 77);
    EXPECT_EQ(event.message, "Job started: 9 partitions on 4 ranks of 2 threads");
}

TEST(JobEvents, FailuresCarryTheErrorAtTopLevel) {
    EXPECT_EQ(partition_failed_event({.partition = 1}, "why", 2).fields.at("error_message"), "why");
    EXPECT_EQ(op_failed_event({}, "why", 2).fields.at("retry_count"), 2);
    EXPECT_EQ(job_failed_event("why", 2).fields.at("error_message"), "why");
}

}  // namespace
}  // namespace dj
