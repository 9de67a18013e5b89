// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/job_summary.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "events/scratch_folder.hpp"

namespace dj {
namespace {

JobSummary full_summary() {
    JobSummary summary;
    summary.job_id = "j";
    summary.status = JobStatus::completed_with_failures;
    summary.start_time = 1700000000.5;
    summary.end_time = 1700000010.5;
    summary.duration = 10;
    summary.error_message = "partition 3: \"disk\" full\nsecond line";
    summary.resumption_command = "dj-mpi --config r.yaml --job_id j";
    summary.attempt = 3;
    summary.ranks = 4;
    summary.exit_code = 3;
    summary.operators = {"a_mapper", "b_filter"};
    summary.records_read = 18446744073709551615ULL;
    summary.steps = {{.name = "read", .rows_out = 10},
                     {.name = "b_filter", .family = "filter", .rows_in = 10, .dropped = 1}};
    summary.outputs = {{.path = "out.jsonl", .rows = 9, .bytes = 100}};
    summary.counts_add_up = true;
    summary.generations = 7;
    summary.checkpoint_bytes = 100;
    summary.checkpoint_raw_bytes = 350;
    summary.resumed_partitions = 3;
    summary.retries = 2;
    summary.failed_partitions = 1;
    summary.output_identity = "00ff";
    summary.working_directory = "/home/me";
    summary.machine = "boot:4026531836";
    summary.process_start = 123456;
    summary.slurm_step = "4711.0";
    summary.branches = {{.name = "common", .kind = "common", .status = "complete", .operators = {"a_mapper"}},
                        {.name = "quality",
                         .kind = "branch",
                         .status = "failed",
                         .parent = "common",
                         .operators = {"b_filter"},
                         .output_path = "out/quality.jsonl",
                         .error_message = "disk full\n\"here\"",
                         .share_done = 0.5,
                         .attempts = 3,
                         .start_time = 1700000001.5,
                         .duration = 2.25,
                         .rows_in = 10,
                         .rows_out = 18446744073709551615ULL,
                         .quarantined = 4,
                         .cpu_seconds = 7.5,
                         .peak_memory_bytes = 1ULL << 40,
                         .output_bytes = 99,
                         .counts_add_up = true,
                         .steps = {{.name = "b_filter", .rows_in = 10, .rows_out = 9, .dropped = 1}}}};
    return summary;
}

TEST(JobSummary, ComesBackAsItWasWritten) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    write_job_summary(*files, folder / "job_summary.json", full_summary());
    EXPECT_EQ(read_job_summary(*files, folder / "job_summary.json"), full_summary());
    EXPECT_EQ(next_attempt(*files, folder / "job_summary.json"), 4);
}

TEST(JobSummary, CarriesTheFieldsOfDataJuicersReaders) {
    const auto json = to_json(JobSummary{});
    for (const char* name :
         {"job_id", "status", "start_time", "end_time", "duration", "error_message", "executor_type",
          "config_file", "work_dir", "resumption_command", "event_log_file", "event_log_dir",
          "checkpoint_dir", "metadata_dir", "backed_up_config_path"}) {
        EXPECT_TRUE(json.contains(name)) << name;
    }
    EXPECT_EQ(json.at("status"), "running");
    EXPECT_TRUE(json.at("error_message").is_null());
    EXPECT_TRUE(json.at("end_time").is_null());
}

TEST(JobSummary, AMissingOrDestroyedFileIsNoSummary) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    const auto path = folder / "job_summary.json";
    EXPECT_EQ(read_job_summary(*files, path), std::nullopt);
    EXPECT_EQ(next_attempt(*files, path), 1);
    const auto text = to_json(full_summary()).dump(2);
    for (std::size_t cut = 0; cut < text.size(); cut += 7) {
        std::ofstream(path, std::ios::binary | std::ios::trunc) << text.substr(0, cut);
        EXPECT_EQ(read_job_summary(*files, path), std::nullopt) << cut;
    }
    std::ofstream(path, std::ios::binary | std::ios::trunc) << std::string("\0\xFF[]", 4);
    EXPECT_EQ(read_job_summary(*files, path), std::nullopt);
}

TEST(JobSummary, FieldsOfOtherTypesKeepTheirDefault) {
    const auto json =
        nlohmann::json::parse(R"({"job_id": 5, "status": "odd", "start_time": "now", "attempt": -1.5,
        "records_read": -3, "steps": [{"rows_in": "x"}, 7], "outputs": {"a": 1}, "operators": [1, "a"], "exit_code": "0",
        "duration": 4})");
    const auto summary = job_summary_from_json(json);
    EXPECT_EQ(summary.job_id, "");
    EXPECT_EQ(summary.status, JobStatus::running);
    EXPECT_EQ(summary.attempt, 1);
    EXPECT_EQ(summary.records_read, 0U);
    EXPECT_EQ(summary.operators, std::vector<std::string>{"a"});
    EXPECT_EQ(summary.exit_code, std::nullopt);
    EXPECT_EQ(summary.duration, 4.0);
    EXPECT_EQ(job_summary_from_json(nlohmann::json::array()), JobSummary{});
}

TEST(JobSummary, BranchesOfOtherTypesKeepTheirDefault) {
    const auto summary = job_summary_from_json(nlohmann::json::parse(
        R"({"branches": [{"name": 5, "status": null, "rows_in": -1, "attempts": "x", "steps": {}, "operators": "a"},
        7, null, {"name": "web"}]})"));
    ASSERT_FALSE(summary.branches.empty());
    EXPECT_EQ(summary.branches.front(), BranchSummary{});
    EXPECT_EQ(summary.branches.back().name, "web");
    EXPECT_TRUE(job_summary_from_json(nlohmann::json{{"branches", {{"a", 1}}}}).branches.size() <= 1);
    EXPECT_TRUE(job_summary_from_json(nlohmann::json{{"branches", "none"}}).branches.empty());
    EXPECT_TRUE(job_summary_from_json(nlohmann::json::object()).branches.empty());
}

TEST(JobSummary, TextThatIsNoUtf8CanBeWritten) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    auto summary = full_summary();
    summary.dataset_path = "/data/\xFF.jsonl";
    write_job_summary(*files, folder / "s.json", summary);
    EXPECT_EQ(read_job_summary(*files, folder / "s.json")->dataset_path, "/data/\xEF\xBF\xBD.jsonl");
}

}  // namespace
}  // namespace dj
