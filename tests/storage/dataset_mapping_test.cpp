// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/dataset_mapping.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "events/scratch_folder.hpp"

namespace dj {
namespace {

DatasetMapping sample() {
    DatasetMapping mapping;
    mapping.original_dataset_path = "/data";
    mapping.files = {"/data/a.jsonl", "/data/b.jsonl"};
    mapping.target_bytes = 100;
    mapping.created = 5;
    mapping.partitions = {{.partition_id = 0,
                           .ranges = {{.file = 0, .begin = 0, .end = 90}, {.file = 1, .begin = 0, .end = 10}},
                           .file_size_bytes = 100,
                           .processing_status = "completed",
                           .sample_count = 10,
                           .first_row = 0,
                           .rows_out = 8,
                           .first_row_out = 0,
                           .start_time = 10.0,
                           .end_time = 12.5,
                           .checksum = "00ff",
                           .steps = {{.name = "b_filter", .rows_in = 10, .rows_out = 8, .dropped = 2}}},
                          {.partition_id = 1,
                           .ranges = {{.file = 1, .begin = 10, .end = 50}},
                           .file_size_bytes = 40,
                           .processing_status = "failed",
                           .sample_count = 4,
                           .first_row = 10,
                           .error_message = "disk",
                           .retry_count = 3},
                          {.partition_id = 2, .file_size_bytes = 7}};
    return mapping;
}

PartitionSource source_of(const DatasetMapping& mapping) {
    return {mapping.partitions.size(), [&](std::size_t i) { return mapping.partitions[i]; }};
}

using Json = nlohmann::ordered_json;

Json to_json(const DatasetMapping& mapping) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    MappingWriter{*files}.write_mapping(folder / "m.json", mapping, source_of(mapping));
    return Json::parse(read_whole_file(*files, folder / "m.json").value());
}

Json final_report_to_json(const DatasetMapping& mapping, double seconds) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    MappingWriter{*files}.write_final_report(folder / "r.json", mapping, source_of(mapping), seconds);
    return Json::parse(read_whole_file(*files, folder / "r.json").value());
}

TEST(DatasetMapping, HasTheFieldsTheStockMonitorReads) {
    const auto json = to_json(sample());
    EXPECT_EQ(json.at("original_dataset_path"), "/data");
    EXPECT_EQ(json.at("original_dataset_size"), 14);
    EXPECT_EQ(json.at("partition_size"), 4);
    EXPECT_EQ(json.at("partition_count"), 3);
    const auto& first = json.at("partitions").at(0);
    EXPECT_EQ(first.at("partition_id"), 0);
    EXPECT_EQ(first.at("processing_status"), "completed");
    EXPECT_EQ(first.at("sample_count"), 10);
    EXPECT_EQ(first.at("original_end_idx"), 10);
    EXPECT_EQ(first.at("ranges").at(1).at("file"), "/data/b.jsonl");
    const auto& pending = json.at("partitions").at(2);
    EXPECT_EQ(pending.at("sample_count"), 0) << "the monitor formats it as a number";
    EXPECT_TRUE(pending.at("original_start_idx").is_null());
    EXPECT_TRUE(pending.at("error_message").is_null());
}

TEST(DatasetMapping, ComesBackForTools) {
    const auto back = dataset_mapping_from_json(nlohmann::json::parse(to_json(sample()).dump()));
    ASSERT_EQ(back.partitions.size(), 3U);
    EXPECT_EQ(back.files, sample().files);
    EXPECT_EQ(back.partitions[0].ranges, sample().partitions[0].ranges);
    EXPECT_EQ(back.partitions[1].error_message, "disk");
    EXPECT_EQ(back.partitions[1].retry_count, 3);
    EXPECT_EQ(back.partitions[0].rows_out, 8U);
}

TEST(DatasetMapping, DamagedJsonIsSurvived) {
    for (const char* text :
         {"null", "[]", R"({"partitions": {}})", R"({"partitions": [1, {"ranges": [2]}]})"}) {
        EXPECT_NO_THROW((void)dataset_mapping_from_json(nlohmann::json::parse(text))) << text;
    }
}

TEST(DatasetMapping, TheFinalReportAddsUp) {
    const auto report = final_report_to_json(sample(), 7.5);
    EXPECT_EQ(report.at("original_dataset").at("total_samples"), 14);
    const auto& summary = report.at("processing_summary");
    EXPECT_EQ(summary.at("successful_partitions"), 1);
    EXPECT_EQ(summary.at("failed_partitions"), 1);
    EXPECT_EQ(summary.at("total_processed_samples"), 8);
    auto mixed = sample();
    mixed.partitions[0].rows_out.reset();
    EXPECT_TRUE(
        final_report_to_json(mixed, 1).at("processing_summary").at("total_processed_samples").is_null());
    mixed.rows_exported = 5;
    EXPECT_EQ(final_report_to_json(mixed, 1).at("processing_summary").at("total_processed_samples"), 5);
    const auto& first = report.at("partition_details").at(0);
    EXPECT_EQ(first.at("original_range"), "0-10");
    EXPECT_EQ(first.at("output_range"), "0-8");
    EXPECT_TRUE(report.at("partition_details").at(1).at("output_range").is_null());
    EXPECT_EQ(report.at("partition_details").at(1).at("retry_count"), 3);
    EXPECT_EQ(first.at("status"), true);
    EXPECT_EQ(first.at("processing_time"), 2.5);
    EXPECT_EQ(first.at("operations").at(0).at("dropped_rows"), 2);
    EXPECT_EQ(report.at("partition_details").at(1).at("error"), "disk");
}

TEST(DatasetMapping, FilesAreWrittenWhole) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    const auto mapping = sample();
    const MappingWriter writer{*files, 3};
    for (int times = 0; times < 2; ++times) {
        writer.write_mapping(folder / "metadata/m.json", mapping, source_of(mapping));
        writer.write_final_report(folder / "metadata/r.json", mapping, source_of(mapping), 1);
    }
    EXPECT_EQ(files->list(folder / "metadata").size(), 2U) << "no temporary file is left";
}

TEST(DatasetMapping, ManyPartitionsAreALineEach) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    const PartitionSource many{20'000, [](std::size_t i) {
                                   MappedPartition partition;
                                   partition.partition_id = i;
                                   return partition;
                               }};
    MappingWriter{*files}.write_mapping(folder / "m.json", {}, many);
    const std::string text = read_whole_file(*files, folder / "m.json").value();
    EXPECT_GT(std::count(text.begin(), text.end(), '\n'), 20'000);
    EXPECT_EQ(Json::parse(text).at("partitions").at(19'999).at("partition_id"), 19'999);
}

TEST(DatasetMapping, AnEmptyInputHasNoPartitions) {
    const auto json = to_json(DatasetMapping{});
    EXPECT_EQ(json.at("partition_size"), 0);
    EXPECT_EQ(json.at("partitions"), Json::array());
    EXPECT_EQ(final_report_to_json({}, 0).at("processing_summary").at("success_rate"), 1.0);
}

}  // namespace
}  // namespace dj
