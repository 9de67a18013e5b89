// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/job_layout.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "dj/storage/job_summary.hpp"
#include "events/scratch_folder.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

const std::string kTime = "20260102_030405";

TEST(JobLayout, NamesAreThoseOfTheContract) {
    const JobLayout layout({.work_dir = "/w", .job_id = "j"});
    EXPECT_EQ(layout.folder(), "/w/j");
    EXPECT_EQ(layout.summary(), "/w/j/job_summary.json");
    EXPECT_EQ(layout.events(kTime), "/w/j/events_20260102_030405.jsonl");
    EXPECT_EQ(layout.text_log(kTime), "/w/j/logs/job_20260102_030405.txt");
    EXPECT_EQ(layout.dag_plan(), "/w/j/dag_execution_plan.json");
    EXPECT_EQ(layout.recipe("conf/my recipe.yaml"), "/w/j/my recipe.yaml");
    EXPECT_EQ(layout.checkpoints(), "/w/j/checkpoints");
    EXPECT_EQ(layout.dataset_mapping(), "/w/j/metadata/dataset_mapping.json");
    EXPECT_EQ(layout.final_mapping_report(), "/w/j/metadata/final_mapping_report.json");
    EXPECT_EQ(layout.quarantine(), "/w/j/results/quarantine.jsonl");
    EXPECT_EQ(layout.intermediate(3, 7, "a_mapper", "parquet"),
              "/w/j/intermediate/partition_000003/op_007_a_mapper.parquet");
}

TEST(JobLayout, EventsAndCheckpointsMayLieElsewhere) {
    const JobLayout layout(
        {.work_dir = "/w", .job_id = "j", .event_log_dir = "/fast", .checkpoint_dir = "/large"});
    EXPECT_EQ(layout.events(kTime), "/fast/j/event_logs/events.jsonl");
    EXPECT_EQ(layout.text_log(kTime), "/fast/j/event_logs/events.log");
    EXPECT_EQ(layout.checkpoints(), "/large/j");
    EXPECT_EQ(layout.parse("/fast/j/event_logs/events.jsonl.2"),
              (JobFile{.kind = JobFileKind::events, .rotation = 2}));
    EXPECT_EQ(layout.parse("/fast/j/event_logs/events.log"), (JobFile{.kind = JobFileKind::text_log}));
}

TEST(JobLayout, WhatItBuildsItTakesApart) {
    const JobLayout layout({.work_dir = "/w", .job_id = "j"});
    const auto kind = [&](const fs::path& path) { return layout.parse(path).value().kind; };
    EXPECT_EQ(kind(layout.summary()), JobFileKind::summary);
    EXPECT_EQ(kind(layout.dag_plan()), JobFileKind::dag_plan);
    EXPECT_EQ(kind(layout.cli()), JobFileKind::cli);
    EXPECT_EQ(kind(layout.recipe("r.yaml")), JobFileKind::recipe);
    EXPECT_EQ(kind(layout.dataset_mapping()), JobFileKind::dataset_mapping);
    EXPECT_EQ(kind(layout.final_mapping_report()), JobFileKind::final_mapping_report);
    EXPECT_EQ(kind(layout.partition_table()), JobFileKind::partition_table);
    EXPECT_EQ(kind(layout.quarantine()), JobFileKind::quarantine);
    EXPECT_EQ(kind(layout.metrics()), JobFileKind::metrics);
    EXPECT_EQ(kind(layout.openlineage()), JobFileKind::openlineage);
    EXPECT_EQ(kind(layout.stop_file()), JobFileKind::stop_file);
    EXPECT_EQ(layout.parse(layout.events(kTime)), (JobFile{.kind = JobFileKind::events, .timestamp = kTime}));
    EXPECT_EQ(layout.parse(layout.events(kTime).string() + ".12"),
              (JobFile{.kind = JobFileKind::events, .timestamp = kTime, .rotation = 12}));
    EXPECT_EQ(layout.parse(layout.text_log(kTime)),
              (JobFile{.kind = JobFileKind::text_log, .timestamp = kTime}));
    EXPECT_EQ(layout.parse(layout.intermediate(1234567, 1000, "clean_links_mapper", "jsonl")),
              (JobFile{.kind = JobFileKind::intermediate,
                       .partition = 1234567,
                       .op_index = 1000,
                       .op_name = "clean_links_mapper"}));
}

TEST(JobLayout, StrangersAreNotOurs) {
    const JobLayout layout({.work_dir = "/w", .job_id = "j"});
    for (const char* path :
         {"/w/j/events_20260102_03040.jsonl", "/w/j/events_2026010a_030405.jsonl",
          "/w/j/events_20260102_030405.jsonl.0", "/w/j/events_20260102_030405.jsonl.x",
          "/w/j/events_20260102_030405.jsonl.tmp", "/w/j/events_.jsonl", "/w/other/job_summary.json",
          "/w/job_summary.json", "/w/j/results/other.jsonl", "/w/j/logs/job_.txt",
          "/w/j/intermediate/partition_00x/op_000_a.parquet",
          "/w/j/intermediate/partition_000001/op_000.parquet",
          "/w/j/intermediate/partition_000001/op_000_a.csv", "/w/j/.job_summary.json.1.tmp", "", "/"}) {
        EXPECT_EQ(layout.parse(path), std::nullopt) << path;
    }
}

TEST(JobLayout, EventFilesComeOldestFirst) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    const JobLayout layout({.work_dir = folder.path(), .job_id = "j"});
    EXPECT_TRUE(layout.event_files(*files).empty()) << "a folder that is not there has no events";
    layout.create_folders(*files);
    for (const char* name :
         {"events_20260102_030405.jsonl", "events_20260102_030405.jsonl.1", "events_20260102_030405.jsonl.10",
          "events_20260102_030405.jsonl.2", "events_20260101_030405.jsonl", "events_x.jsonl"}) {
        std::ofstream(layout.folder() / name) << "{}\n";
    }
    std::vector<std::string> names;
    for (const auto& path : layout.event_files(*files)) names.push_back(path.filename().string());
    EXPECT_EQ(names,
              (std::vector<std::string>{"events_20260101_030405.jsonl", "events_20260102_030405.jsonl.10",
                                        "events_20260102_030405.jsonl.2", "events_20260102_030405.jsonl.1",
                                        "events_20260102_030405.jsonl"}));
}

TEST(JobLayout, AFolderTellsWhereTheRestLies) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    const JobLayout made({.work_dir = folder.path(),
                          .job_id = "j",
                          .event_log_dir = folder / "fast",
                          .checkpoint_dir = folder / "large"});
    made.create_folders(*files);
    JobSummary summary;
    summary.job_id = "j";
    summary.event_log_dir = made.event_folder().string();
    summary.checkpoint_dir = made.checkpoints().string();
    write_job_summary(*files, made.summary(), summary);
    for (const auto& path : {folder / "j", folder / "j/", folder / "./j/../j"}) {
        const auto found = JobLayout::of_folder(*files, path);
        EXPECT_EQ(found.folder(), made.folder());
        EXPECT_EQ(found.event_folder(), made.event_folder());
        EXPECT_EQ(found.checkpoints(), made.checkpoints());
    }
}

TEST(JobLayout, AFolderWithoutSummaryIsUnderstood) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    const auto found = JobLayout::of_folder(*files, folder / "some_job");
    EXPECT_EQ(found.job_id(), "some_job");
    EXPECT_EQ(found.event_folder(), folder / "some_job");
}

TEST(JobLayout, WhatAttemptsLeftOfTheQuarantineIsFoundByNumber) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    const auto layout = JobLayout::at(folder / "job");
    EXPECT_EQ(layout.job_id(), "job");
    EXPECT_THAT(layout.unnamed_quarantines(*files, 9), testing::IsEmpty()) << "no such folder";
    layout.create_folders(*files);
    for (const auto& path : {layout.unnamed_quarantine(1), layout.unnamed_quarantine(3),
                             layout.unnamed_quarantine(4), layout.unnamed_quarantine(12),
                             layout.results() / ".quarantine..tmp", layout.results() / ".quarantine.tmp",
                             layout.results() / ".quarantine.1x.tmp", layout.quarantine()}) {
        replace_file(*files, path, "x", 1);
    }
    EXPECT_THAT(layout.unnamed_quarantines(*files, 4),
                testing::ElementsAre(layout.unnamed_quarantine(1), layout.unnamed_quarantine(3),
                                     layout.unnamed_quarantine(4)));
}

TEST(JobLayout, ABranchHasFoldersOfItsOwn) {
    const JobLayout job({.work_dir = "/w", .job_id = "j"});
    const JobLayout branch = job.of_branch("quality");
    EXPECT_EQ(branch.checkpoints(), "/w/j/checkpoints/quality");
    EXPECT_EQ(branch.quarantine(), "/w/j/results/quality/quarantine.jsonl");
    EXPECT_EQ(branch.final_mapping_report(), "/w/j/metadata/quality/final_mapping_report.json");
    EXPECT_EQ(branch.branch_record(), "/w/j/metadata/quality/branch.json");
    EXPECT_EQ(branch.intermediate(0, 1, "a_mapper", "parquet"),
              "/w/j/intermediate/quality/partition_000000/op_001_a_mapper.parquet");
    // What is the job's stays the job's.
    EXPECT_EQ(branch.summary(), job.summary());
    EXPECT_EQ(branch.partition_table(), job.partition_table());
    EXPECT_EQ(branch.dataset_mapping(), job.dataset_mapping());
    EXPECT_EQ(branch.events(kTime), job.events(kTime));
    EXPECT_EQ(branch.of_branch("").checkpoints(), job.checkpoints());
    EXPECT_EQ(branch.of_branch("web").checkpoints(), "/w/j/checkpoints/web");
    const JobLayout elsewhere({.work_dir = "/w", .job_id = "j", .checkpoint_dir = "/large"});
    EXPECT_EQ(elsewhere.of_branch("quality").checkpoints(), "/large/j/quality");
}

TEST(JobLayout, FilesOfBranchesAreTakenApart) {
    const JobLayout job({.work_dir = "/w", .job_id = "j"});
    for (const std::string name : {"quality", "common", "shared-0a1b2c3d", "a.b", "results", "metadata"}) {
        const JobLayout branch = job.of_branch(name);
        EXPECT_EQ(job.parse(branch.quarantine()), (JobFile{.kind = JobFileKind::quarantine, .branch = name}));
        EXPECT_EQ(job.parse(branch.branch_record()),
                  (JobFile{.kind = JobFileKind::branch_record, .branch = name}));
        EXPECT_EQ(job.parse(branch.final_mapping_report()),
                  (JobFile{.kind = JobFileKind::final_mapping_report, .branch = name}));
        EXPECT_EQ(job.parse(branch.intermediate(5, 2, "a_mapper", "jsonl")),
                  (JobFile{.kind = JobFileKind::intermediate,
                           .partition = 5,
                           .op_index = 2,
                           .op_name = "a_mapper",
                           .branch = name}));
    }
    for (const auto* path :
         {"/w/j/results/quality/rows.jsonl", "/w/j/results/quality/deep/quarantine.jsonl",
          "/w/j/metadata/branch.json", "/w/j/metadata/.quality/branch.json", "/w/j/logs/quality/branch.json",
          "/w/j/results/../quarantine.jsonl", "/w/other/metadata/quality/branch.json"})
        EXPECT_EQ(job.parse(path), std::nullopt) << path;
}

TEST(JobLayout, JobIdsThatWouldLeaveTheFolderAreRefused) {
    for (const std::string& id :
         {std::string(""), std::string("."), std::string(".."), std::string("a/b"), std::string("-x"),
          std::string(".hidden"), std::string("a b"), std::string("a\nb"), std::string("a\0b", 3),
          std::string("$(id)"), std::string(201, 'x')}) {
        EXPECT_THROW(JobLayout({.work_dir = "/w", .job_id = id}), UserError) << id;
    }
    for (const char* id :
         {"a", "20260102_030405_demo_1a2b3c", "run-1.2+x=y@z,t", "\xE4\xBD\xA0\xE5\xA5\xBD", "4711_0"}) {
        EXPECT_NO_THROW(JobLayout({.work_dir = "/w", .job_id = id})) << id;
    }
}

}  // namespace
}  // namespace dj
