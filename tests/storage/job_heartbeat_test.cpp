// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "dj/base/error.hpp"
#include "dj/storage/job_summary.hpp"
#include "events/scratch_folder.hpp"
#include "run/watched_file_system.hpp"

namespace dj {
namespace {

/// Of a disk that writes but does not read.
void refuse_to_read(FileVerb verb, const std::filesystem::path& path) {
    if (verb == FileVerb::open_read) throw EnvironmentError("read " + path.string() + ": Input/output error");
}

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

TEST_F(JobHeartbeatTest, ComesAtOnceIfItIsHastened) {
    JobSummary slow = fast();
    slow.heartbeat_interval = 3600;
    JobHeartbeat heart(*files_, path_, slow);
    for (std::uint64_t change = 1; change < 4; ++change) {
        heart.update([&](auto& summary) { summary.partitions = change; });
        heart.hasten();
        while (on_disk().partitions != change) std::this_thread::yield();
    }
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

TEST_F(JobHeartbeatTest, ASummaryThatCannotBeReadDoesNotKeepAJobFromItsEnd) {
    auto slow = fast();
    slow.heartbeat_interval = 3600;
    WatchedFileSystem unreadable(refuse_to_read);
    JobHeartbeat heart(unreadable, path_, slow);
    EXPECT_ANY_THROW((void)read_job_summary(unreadable, path_));
    heart.finish([](auto& summary) { summary.status = JobStatus::completed; });
    EXPECT_FALSE(heart.superseded());
    EXPECT_EQ(on_disk().status, JobStatus::completed);
}

TEST_F(JobHeartbeatTest, ALaterAttemptIsOneWithAGreaterNumber) {
    EXPECT_EQ(later_attempt(*files_, path_, 1), std::nullopt) << "no summary";
    auto summary = fast();
    summary.attempt = 3;
    write_job_summary(*files_, path_, summary);
    EXPECT_EQ(later_attempt(*files_, path_, 2), 3);
    EXPECT_EQ(later_attempt(*files_, path_, 3), std::nullopt);
    EXPECT_EQ(later_attempt(*files_, path_, 4), std::nullopt);
    WatchedFileSystem unreadable(refuse_to_read);
    EXPECT_EQ(later_attempt(unreadable, path_, 2), std::nullopt);
    replace_file(*files_, path_, "{\"attempt\": ", 1);
    EXPECT_EQ(later_attempt(*files_, path_, 2), std::nullopt) << "torn";
}

TEST_F(JobHeartbeatTest, AnUnwritableFolderIsToldAtTheStart) {
    EXPECT_THROW(JobHeartbeat(*files_, folder_ / "none/job_summary.json", fast()), EnvironmentError);
}

}  // namespace
}  // namespace dj
