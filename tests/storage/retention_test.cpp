// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/retention.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "events/scratch_folder.hpp"

namespace dj {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

constexpr double kDay = 86400;
constexpr double kNow = 1'700'000'000;

class Retention : public testing::Test {
protected:
    Retention() { fill("own"); }

    void write(const fs::path& path) {
        fs::create_directories(path.parent_path());
        std::ofstream(path) << "12345";
    }
    /// A job with intermediate data of two partitions, something unfinished, a user's note, and what a resume needs.
    void fill(const std::string& id) {
        const JobLayout job = layout(id);
        for (const std::uint64_t partition : {0U, 1U}) {
            write(job.intermediate(partition, 0, "a_mapper", "parquet"));
            write(job.intermediate(partition, 1, "b_filter", "jsonl.zst"));
        }
        write(JobLayout::unnamed(job.intermediate(1, 1, "b_filter", "jsonl.zst"), 3));
        for (const char* const name : {"generation_000001.a1.h5", "manifest.jsonl"})
            write(job.checkpoints() / name);
        write(job.partition_table());
        write(job.quarantine());
        write(job.recipe("recipe.yaml"));
    }
    void summarise(const std::string& id, JobStatus status, std::optional<double> end) {
        JobSummary summary;
        summary.job_id = id;
        summary.status = status;
        summary.end_time = end;
        write_job_summary(*files_, layout(id).summary(), summary);
    }
    [[nodiscard]] JobLayout layout(const std::string& id) const { return JobLayout::at(folder_.path() / id); }
    /// Under intermediate/, relative to the job.
    [[nodiscard]] std::vector<std::string> kept(const std::string& id = "own") const {
        std::vector<std::string> names;
        const auto root = layout(id).intermediate_folder();
        if (!fs::exists(root)) return names;
        for (const auto& entry : fs::recursive_directory_iterator(root)) {
            if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), root).string());
        }
        std::sort(names.begin(), names.end());
        return names;
    }
    void expect_resumable(const std::string& id = "own") const {
        for (const auto& path : {layout(id).checkpoints() / "generation_000001.a1.h5",
                                 layout(id).checkpoints() / "manifest.jsonl", layout(id).partition_table(),
                                 layout(id).quarantine(), layout(id).recipe("recipe.yaml")}) {
            EXPECT_TRUE(fs::exists(path)) << path;
        }
    }
    std::vector<std::string> apply(RetentionRules rules, JobStatus status,
                                   std::set<std::uint64_t> failed = {}) {
        return apply_retention(*files_, layout("own"), rules, {status, std::move(failed), kNow});
    }

    ScratchFolder folder_;
    std::unique_ptr<FileSystem> files_ = make_local_file_system();
};

std::vector<std::string> everything() {
    return {"partition_000000/op_000_a_mapper.parquet", "partition_000000/op_001_b_filter.jsonl.zst",
            "partition_000001/op_000_a_mapper.parquet", "partition_000001/op_001_b_filter.jsonl.zst"};
}

TEST_F(Retention, TheUsualRulesRemoveWhatIsUnfinishedAlone) {
    for (const auto status : {JobStatus::completed, JobStatus::failed, JobStatus::stopped}) {
        EXPECT_THAT(apply({}, status), IsEmpty());
        EXPECT_EQ(kept(), everything());
    }
    expect_resumable();
}

TEST_F(Retention, TemporaryFilesStayWhereTheRecipeWantsThem) {
    (void)apply({.cleanup_temp_files = false}, JobStatus::completed);
    EXPECT_EQ(kept().size(), 5U);
}

TEST_F(Retention, KeepFailedOnlyLooksAtHowTheJobEnded) {
    const RetentionRules rules{.policy = RetentionPolicy::keep_failed_only};
    for (const auto status : {JobStatus::failed, JobStatus::stopped}) {
        EXPECT_THAT(apply(rules, status), IsEmpty());
        EXPECT_EQ(kept(), everything());
    }
    EXPECT_THAT(apply(rules, JobStatus::completed_with_failures, {1}),
                ElementsAre(HasSubstr("2 files, 10 bytes")));
    EXPECT_THAT(kept(), ElementsAre(everything()[2], everything()[3]));
    EXPECT_THAT(apply(rules, JobStatus::completed), ElementsAre(HasSubstr("2 files")));
    EXPECT_FALSE(fs::exists(layout("own").intermediate_folder()));
    expect_resumable();
}

TEST_F(Retention, CleanupOnSuccessWaitsForSuccess) {
    const RetentionRules rules{.cleanup_on_success = true};
    (void)apply(rules, JobStatus::stopped);
    (void)apply(rules, JobStatus::completed_with_failures, {0});
    EXPECT_EQ(kept(), everything());
    (void)apply(rules, JobStatus::completed);
    EXPECT_THAT(kept(), IsEmpty());
}

TEST_F(Retention, CleanupAllTakesIntermediateDataAndNothingElse) {
    write(layout("own").intermediate_folder() / "partition_000000" / "my_notes.txt");
    write(layout("own").intermediate_folder() / "mine" / "op_000_a_mapper.parquet");
    (void)apply({.policy = RetentionPolicy::cleanup_all}, JobStatus::failed);
    EXPECT_THAT(kept(), ElementsAre("mine/op_000_a_mapper.parquet", "partition_000000/my_notes.txt"));
    expect_resumable();
    EXPECT_THAT(apply({.policy = RetentionPolicy::cleanup_all}, JobStatus::failed), IsEmpty());
}

TEST_F(Retention, OldDataOfOtherJobsGoesOnlyIfAskedFor) {
    for (const char* const id : {"old", "old_failed", "young", "running", "unknown"}) fill(id);
    summarise("old", JobStatus::completed, kNow - 8 * kDay);
    summarise("old_failed", JobStatus::failed, kNow - 30 * kDay);
    summarise("young", JobStatus::completed, kNow - 6 * kDay);
    summarise("running", JobStatus::running, kNow - 30 * kDay);
    summarise("own", JobStatus::running, std::nullopt);
    EXPECT_THAT(apply({}, JobStatus::completed), IsEmpty());
    EXPECT_EQ(kept("old").size(), 5U);
    const auto done = apply({.max_retention_days = 7}, JobStatus::completed);
    EXPECT_THAT(done,
                ElementsAre(HasSubstr("job old, which ended 8.0 days ago"), HasSubstr("job old_failed")));
    EXPECT_THAT(kept("old"), IsEmpty());
    for (const char* const id : {"young", "running", "unknown"}) EXPECT_EQ(kept(id).size(), 5U) << id;
    EXPECT_EQ(kept(), everything());
    expect_resumable("old_failed");
}

TEST_F(Retention, AJobWithoutIntermediateDataIsNoTrouble) {
    fs::remove_all(layout("own").intermediate_folder());
    EXPECT_THAT(apply({RetentionPolicy::cleanup_all, true, true, 1}, JobStatus::completed), IsEmpty());
    EXPECT_EQ(remove_unfinished_intermediate(*files_, layout("own")), 0U);
}

TEST_F(Retention, WhatEarlierAttemptsWereReplacingGoes) {
    const JobLayout job = layout("own");
    for (const auto& folder : {job.metadata(), job.partition_table().parent_path()})
        files_->create_directories(folder);
    const auto before = kept();
    std::vector<fs::path> unfinished = {JobLayout::unnamed(job.summary(), 1),
                                        JobLayout::unnamed(job.dataset_mapping(), 2),
                                        JobLayout::unnamed(job.partition_table(), 2)};
    const JobLayout branch = job.of_branch("a");
    for (const auto& folder : {branch.checkpoints(), branch.branch_record().parent_path()})
        files_->create_directories(folder);
    unfinished.push_back(JobLayout::unnamed(branch.final_mapping_report(), 1));
    unfinished.push_back(JobLayout::unnamed(branch.branch_record(), 2));
    const std::vector<fs::path> others = {JobLayout::unnamed(job.summary(), 3), job.folder() / "mine.tmp",
                                          job.folder() / "notes.tmpx", job.summary()};
    for (const auto& path : unfinished) replace_file(*files_, path, "x", 9);
    for (const auto& path : others) replace_file(*files_, path, "x", 9);
    EXPECT_EQ(remove_unfinished_files(*files_, job, 3), unfinished.size());
    for (const auto& path : unfinished) EXPECT_FALSE(files_->info(path)) << path;
    for (const auto& path : others) EXPECT_TRUE(files_->info(path)) << path;
    EXPECT_EQ(kept(), before);
}

}  // namespace
}  // namespace dj
