// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "dj/base/error.hpp"
#include "dj/storage/job_summary.hpp"
#include "events/scratch_folder.hpp"

namespace dj {
namespace {

class JobHeartbeatTest : public testing::Test {
protected:
    JobSummary fast() {
        JobSummary summary;
        summary.job_id = "j";
        summary.start_time = 100;
        summary.heartbeat_interval = 0.01;
        return summary;
    }
    JobSummary on_disk() { return read_job_summary(*files_, path_).value(); }

    std::unique_ptr<FileSystem> files_ = make_local_file_system();
    ScratchFolder folder_;
    std::filesystem::path path_ = folder_ / "job_summary.json";
};

TEST_F(JobHeartbeatTest, RunningFromTheStartAndBeating) {
    JobHeartbeat heart(*files_, path_, fast());
    EXPECT_EQ(on_disk().status, JobStatus::running);
    const double first = on_disk().heartbeat;
    EXPECT_GT(first, 1.6e9);
    heart.update([](auto& summary) { summary.partitions = 12; });
    while (on_disk().heartbeat == first || on_disk().partitions != 12) std::this_thread::yield();
}

TEST_F(JobHeartbeatTest, TheEndIsFinal) {
    JobHeartbeat heart(*files_, path_, fast());
    heart.finish([](auto& summary) {
        summary.status = JobStatus::completed;
        summary.exit_code = 0;
    });
    const auto end = on_disk();
    EXPECT_EQ(end.status, JobStatus::completed);
    EXPECT_EQ(end.exit_code, 0);
    EXPECT_DOUBLE_EQ(*end.duration, *end.end_time - 100);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(on_disk(), end) << "no heartbeat after the end";
}

TEST_F(JobHeartbeatTest, AJobThatDiesStaysRunningWithAnOldHeartbeat) {
    { JobHeartbeat heart(*files_, path_, fast()); }
    EXPECT_EQ(on_disk().status, JobStatus::running);
    EXPECT_EQ(on_disk().end_time, std::nullopt);
}

TEST_F(JobHeartbeatTest, ALaterAttemptIsNotOverwritten) {
    auto slow = fast();
    slow.heartbeat_interval = 3600;
    JobHeartbeat first(*files_, path_, slow);
    JobHeartbeat old(*files_, path_, fast());
    auto later = fast();
    later.attempt = 2;
    write_job_summary(*files_, path_, later);
    // The old attempt may have been between its look and its rename once; it settles at its next beat.
    while (!old.superseded()) {
        if (on_disk().attempt != 2) write_job_summary(*files_, path_, later);
        std::this_thread::yield();
    }
    old.finish([](auto& summary) { summary.status = JobStatus::failed; });
    EXPECT_EQ(on_disk().attempt, 2);
    EXPECT_EQ(on_disk().status, JobStatus::running);
}

TEST_F(JobHeartbeatTest, ALaterAttemptThatCameBetweenTwoBeatsIsNotOverwritten) {
    auto slow = fast();
    slow.heartbeat_interval = 3600;
    JobHeartbeat old(*files_, path_, slow);
    auto later = fast();
    later.attempt = 2;
    write_job_summary(*files_, path_, later);
    old.finish([](auto& summary) { summary.status = JobStatus::completed; });
    EXPECT_EQ(on_disk().attempt, 2);
    EXPECT_EQ(on_disk().status, JobStatus::running);
    EXPECT_TRUE(old.superseded());
}

TEST_F(JobHeartbeatTest, AnUnwritableFolderIsToldAtTheStart) {
    EXPECT_THROW(JobHeartbeat(*files_, folder_ / "none/job_summary.json", fast()), EnvironmentError);
}

}  // namespace
}  // namespace dj
