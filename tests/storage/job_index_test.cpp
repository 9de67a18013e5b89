// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/job_index.hpp"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "dj/storage/job_layout.hpp"
#include "dj/storage/job_summary.hpp"
#include "events/scratch_folder.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

class JobIndexTest : public testing::Test {
protected:
    fs::path make_job(const fs::path& work_dir, const std::string& id) {
        const JobLayout layout({.work_dir = work_dir, .job_id = id});
        layout.create_folders(*files_);
        write_job_summary(*files_, layout.summary(), {.job_id = id});
        return layout.folder();
    }

    std::unique_ptr<FileSystem> files_ = make_local_file_system();
    ScratchFolder folder_;
    fs::path index_ = folder_ / "state/dj-mpi/jobs";
};

TEST_F(JobIndexTest, JobsAreFoundNewestFirst) {
    EXPECT_TRUE(known_jobs(*files_, index_).empty());
    EXPECT_TRUE(remember_job(*files_, index_, {"a", "/w/a", 1}));
    EXPECT_TRUE(remember_job(*files_, index_, {"b", "/w/b", 3}));
    EXPECT_TRUE(remember_job(*files_, index_, {"a", "/v/a", 5}));
    EXPECT_EQ(known_jobs(*files_, index_), (std::vector<KnownJob>{{"a", "/v/a", 5}, {"b", "/w/b", 3}}));
}

TEST_F(JobIndexTest, AnIndexThatCannotBeWrittenOrReadHarmsNobody) {
    std::ofstream(folder_ / "plain") << "x";
    EXPECT_FALSE(remember_job(*files_, folder_ / "plain/jobs", {"a", "/w/a", 1}));
    EXPECT_FALSE(remember_job(*files_, index_, {"../escape", "/w/a", 1}));
    EXPECT_TRUE(known_jobs(*files_, folder_ / "plain").empty());
    fs::create_directories(index_ / "dir.json");
    std::ofstream(index_ / "torn.json") << R"({"job_id": "t")";
    std::ofstream(index_ / "other.txt") << "x";
    EXPECT_TRUE(remember_job(*files_, index_, {"a", "/w/a", 1}));
    EXPECT_EQ(known_jobs(*files_, index_).size(), 1U);
}

TEST_F(JobIndexTest, TheOldestAreForgotten) {
    fs::create_directories(index_);
    for (int i = 0; i < 1005; ++i) {
        std::ofstream(index_ / ("j" + std::to_string(i) + ".json"))
            << R"({"job_id": "j)" << i << R"(", "folder": "/w", "start_time": )" << i << "}";
    }
    EXPECT_TRUE(remember_job(*files_, index_, {"new", "/w/new", 1e9}));
    const auto jobs = known_jobs(*files_, index_);
    EXPECT_EQ(jobs.size(), 1000U);
    EXPECT_EQ(jobs.front().job_id, "new");
    EXPECT_EQ(jobs.back().job_id, "j6");
}

TEST_F(JobIndexTest, AJobIsNamedByFolderByIdOrFromAnywhere) {
    const auto here = make_job(folder_ / "outputs", "here");
    const auto there = make_job(folder_ / "elsewhere", "there");
    remember_job(*files_, index_, {"there", there, 1});
    remember_job(*files_, index_, {"gone", folder_ / "elsewhere/gone", 1});
    const auto find = [&](const std::string& job) {
        return find_job_folder(*files_, job, folder_ / "outputs", index_);
    };
    EXPECT_EQ(find("here"), here);
    EXPECT_EQ(find(here.string()), here);
    EXPECT_EQ(find(here.string() + "/"), here.string() + "/");
    EXPECT_EQ(find("there"), there);
    EXPECT_EQ(find("gone"), std::nullopt);
    EXPECT_EQ(find("never"), std::nullopt);
    EXPECT_EQ(find(""), std::nullopt);
    EXPECT_EQ(find("../outputs/nothing"), std::nullopt);
    EXPECT_EQ(find_job_folder(*files_, "here", folder_ / "outputs", std::nullopt), here);
}

TEST_F(JobIndexTest, EventsAloneMakeAJobFolder) {
    const auto lost = make_job(folder_ / "outputs", "lost_summary");
    fs::remove(lost / "job_summary.json");
    EXPECT_TRUE(job_folders(*files_, folder_ / "outputs").empty());
    std::ofstream(lost / "events_20260101_000000.jsonl") << "{}\n";
    EXPECT_EQ(job_folders(*files_, folder_ / "outputs"), std::vector<fs::path>{lost});
    EXPECT_TRUE(job_folders(*files_, folder_ / "no such folder").empty());
}

TEST_F(JobIndexTest, TheEnvironmentSaysWhereItLies) {
    setenv("XDG_STATE_HOME", "/state", 1);
    EXPECT_EQ(job_index_folder(), "/state/dj-mpi/jobs");
    setenv("XDG_STATE_HOME", "relative", 1);
    setenv("HOME", "/home/u", 1);
    EXPECT_EQ(job_index_folder(), "/home/u/.local/state/dj-mpi/jobs");
    unsetenv("HOME");
    EXPECT_EQ(job_index_folder(), std::nullopt);
}

}  // namespace
}  // namespace dj
