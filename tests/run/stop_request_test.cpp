// SPDX-License-Identifier: Apache-2.0
#include "dj/run/stop_request.hpp"

#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include "events/scratch_folder.hpp"

namespace dj {
namespace {

using testing::HasSubstr;

/// Whether the request comes in at all; how long it may take is the machine's affair.
bool comes(const StopRequest& stop) {
    for (int i = 0; i < 6000 && !stop.requested(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return stop.requested();
}

TEST(StopRequest, NothingIsRequestedAtFirst) {
    const StopRequest stop;
    EXPECT_FALSE(stop.requested());
    EXPECT_EQ(stop.reason(), "");
}

TEST(StopRequest, TheFirstReasonStays) {
    StopRequest stop;
    stop.request("one");
    stop.request("two");
    EXPECT_TRUE(stop.requested());
    EXPECT_EQ(stop.reason(), "one");
}

TEST(StopRequest, SignalsAreTaken) {
    for (const auto& [number, name] :
         {std::pair{SIGUSR1, "SIGUSR1"}, {SIGTERM, "SIGTERM"}, {SIGINT, "SIGINT"}}) {
        const StopRequest stop;
        ASSERT_EQ(::kill(::getpid(), number), 0);
        ASSERT_TRUE(comes(stop)) << name;
        EXPECT_EQ(stop.reason(), name);
    }
}

TEST(StopRequest, AUser1SignalMayComeTwice) {
    const StopRequest stop;
    ::kill(::getpid(), SIGUSR1);
    ASSERT_TRUE(comes(stop));
    ::kill(::getpid(), SIGUSR1);
    ::usleep(50'000);
    EXPECT_EQ(stop.reason(), "SIGUSR1");
}

TEST(StopRequest, ThreadsStartedLaterDoNotTakeTheSignalInstead) {
    const StopRequest stop;
    std::atomic<bool> done{false};
    std::thread busy([&] {
        while (!done) std::this_thread::yield();
    });
    ::kill(::getpid(), SIGUSR1);
    EXPECT_TRUE(comes(stop));
    done = true;
    busy.join();
}

TEST(StopRequest, TheRunTimeMayBeUp) {
    StopRequest stop;
    stop.watch(TimeLimit{0.01, "the run time of 0.01 s is up"}, {});
    ASSERT_TRUE(comes(stop));
    EXPECT_THAT(stop.reason(), HasSubstr("run time of 0.01 s"));
}

TEST(StopRequest, AControlFileMayAppear) {
    const ScratchFolder folder;
    StopRequest stop;
    stop.watch(TimeLimit{3600, "late"}, folder / "stop");
    EXPECT_FALSE(stop.requested());
    std::ofstream(folder / "stop").put('\n');
    ASSERT_TRUE(comes(stop));
    EXPECT_THAT(stop.reason(), HasSubstr((folder / "stop").string()));
}

TEST(StopRequest, ItEndsWithoutWaitingForWhatItWatches) {
    StopRequest stop;
    stop.watch(TimeLimit{1e300, "never"}, "/no/such/folder/stop");
    EXPECT_FALSE(stop.requested());
}

TEST(StopRequestDeathTest, ASecondTermSignalEndsTheProcessWithTheExitCodeOfAStop) {
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    EXPECT_EXIT(
        {
            const StopRequest stop;
            ::kill(::getpid(), SIGTERM);
            if (!comes(stop)) ::_exit(1);
            ::usleep(700'000);  // what comes sooner is taken for the same request
            ::kill(::getpid(), SIGTERM);
            ::sleep(60);
            ::_exit(2);
        },
        testing::ExitedWithCode(75), "");
}

}  // namespace
}  // namespace dj
