// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/job_attempt.hpp"

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "dj/storage/job_summary.hpp"
#include "events/scratch_folder.hpp"
#include "run/watched_file_system.hpp"

namespace dj {
namespace {

class JobAttemptTest : public testing::Test {
protected:
    static AttemptOwner owner(std::int64_t process) { return {"node7", process, "boot space", 99, 1.7e9}; }
    void write(const std::filesystem::path& path, const std::string& text) {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    void summarize(int attempt) {
        JobSummary summary;
        summary.attempt = attempt;
        std::filesystem::create_directories(layout_.folder());
        write_job_summary(*files_, layout_.summary(), summary);
    }

    std::unique_ptr<FileSystem> files_ = make_local_file_system();
    ScratchFolder folder_;
    JobLayout layout_ = JobLayout::at(folder_ / "job");
};

TEST_F(JobAttemptTest, ANumberIsTakenOnce) {
    EXPECT_EQ(last_attempt(*files_, layout_.folder()), 0);
    EXPECT_EQ(next_attempt(*files_, layout_.summary()), 1);
    EXPECT_TRUE(claim_attempt(*files_, layout_, 1, owner(10)));
    EXPECT_FALSE(claim_attempt(*files_, layout_, 1, owner(11)));
    EXPECT_EQ(read_attempt(*files_, layout_, 1), owner(10));
    EXPECT_EQ(last_attempt(*files_, layout_.folder()), 1);
    EXPECT_TRUE(claim_attempt(*files_, layout_, 2, owner(11)));
    EXPECT_EQ(next_attempt(*files_, layout_.summary()), 3);
}

TEST_F(JobAttemptTest, OfManyAtOnceOneAloneGetsIt) {
    for (int attempt = 1; attempt <= 20; ++attempt) {
        std::atomic<int> winners{0};
        std::atomic<std::int64_t> winner{0};
        std::atomic<bool> go{false};
        std::vector<std::thread> threads;
        for (int i = 1; i <= 8; ++i) {
            threads.emplace_back([&, i] {
                while (!go) std::this_thread::yield();
                if (!claim_attempt(*files_, layout_, attempt, owner(i))) return;
                ++winners;
                winner = i;
            });
        }
        go = true;
        for (auto& thread : threads) thread.join();
        ASSERT_EQ(winners, 1);
        EXPECT_EQ(read_attempt(*files_, layout_, attempt), owner(winner));
    }
}

TEST_F(JobAttemptTest, ALaterOneTakesTheJobOver) {
    ASSERT_TRUE(claim_attempt(*files_, layout_, 1, owner(10)));
    EXPECT_EQ(later_attempt(*files_, layout_.summary(), 1), std::nullopt);
    EXPECT_NO_THROW(require_ownership(*files_, layout_.folder(), 1));
    ASSERT_TRUE(claim_attempt(*files_, layout_, 2, owner(4711)));
    EXPECT_EQ(later_attempt(*files_, layout_.summary(), 1), 2);
    EXPECT_EQ(later_attempt(*files_, layout_.summary(), 2), std::nullopt);
    EXPECT_NO_THROW(require_ownership(*files_, layout_.folder(), 2));
    try {
        require_ownership(*files_, layout_.folder(), 1);
        FAIL();
    } catch (const EnvironmentError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("taken over by attempt 2 (process 4711 on node7)"));
    }
}

TEST_F(JobAttemptTest, ATornSummaryHidesNoLaterAttempt) {
    ASSERT_TRUE(claim_attempt(*files_, layout_, 1, owner(10)));
    ASSERT_TRUE(claim_attempt(*files_, layout_, 2, owner(11)));
    for (const auto* torn : {"", "{\"attempt\": 1", "{\"attempt\": \"x\"}", "{\"attempt\": 2147483647}"}) {
        write(layout_.summary(), torn);
        EXPECT_EQ(later_attempt(*files_, layout_.summary(), 1), 2) << torn;
        EXPECT_THROW(require_ownership(*files_, layout_.folder(), 1), EnvironmentError) << torn;
        EXPECT_EQ(next_attempt(*files_, layout_.summary()), 3) << torn;
    }
}

TEST_F(JobAttemptTest, ASummaryAloneCountsToo) {
    summarize(5);
    EXPECT_EQ(next_attempt(*files_, layout_.summary()), 6);
    EXPECT_EQ(later_attempt(*files_, layout_.summary(), 4), 5);
    EXPECT_THROW(require_ownership(*files_, layout_.folder(), 4), EnvironmentError);
}

TEST_F(JobAttemptTest, OtherNamesInTheFolderAreNoAttempts) {
    for (const auto* name :
         {"attempt_.json", "attempt_x.json", "attempt_000000.json", "attempt_000009.json.tmp",
          "attempt_99999999999.json", "000009.json", ".attempt_000009.json"}) {
        write(layout_.attempts() / name, "{}");
    }
    EXPECT_EQ(last_attempt(*files_, layout_.folder()), 0);
    write(layout_.attempts() / "attempt_1000007.json", "");
    EXPECT_EQ(last_attempt(*files_, layout_.folder()), 1'000'007);
    EXPECT_EQ(read_attempt(*files_, layout_, 1'000'007), std::nullopt) << "it does not tell whose it is";
    EXPECT_FALSE(claim_attempt(*files_, layout_, 1'000'007, owner(1))) << "but it is taken";
}

TEST_F(JobAttemptTest, AClaimThatCouldNotBeWrittenIsNone) {
    WatchedFileSystem full([](FileVerb verb, const std::filesystem::path& path) {
        if (verb == FileVerb::write) throw EnvironmentError("write " + path.string() + ": No space left");
    });
    EXPECT_THROW((void)claim_attempt(full, layout_, 1, owner(10)), EnvironmentError);
    EXPECT_EQ(last_attempt(*files_, layout_.folder()), 0);
    EXPECT_TRUE(claim_attempt(*files_, layout_, 1, owner(11)));
}

TEST_F(JobAttemptTest, WhoCannotFindOutKeepsItsHandsOff) {
    ASSERT_TRUE(claim_attempt(*files_, layout_, 1, owner(10)));
    WatchedFileSystem broken([](FileVerb verb, const std::filesystem::path& path) {
        if (verb == FileVerb::list) throw EnvironmentError("list " + path.string() + ": Input/output error");
    });
    EXPECT_THROW(require_ownership(broken, layout_.folder(), 1), EnvironmentError);
    EXPECT_EQ(later_attempt(broken, layout_.summary(), 1), std::nullopt) << "a heartbeat goes on";
}

}  // namespace
}  // namespace dj
