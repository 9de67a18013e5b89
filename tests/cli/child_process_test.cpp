// SPDX-License-Identifier: Apache-2.0
#include "cli/child_process.hpp"

#include <csignal>

#include <gtest/gtest.h>

namespace dj {
namespace {

constexpr double kLong = 600;  // seconds; no test waits for it

TEST(RunChild, KeepsWhatItWritesAndItsExitCode) {
    const auto result = run_child({"sh", "-c", "echo out; echo err >&2; cat; exit 7"}, kLong);
    EXPECT_EQ(result.exit_code, 7);
    EXPECT_EQ(result.out, "out\n");
    EXPECT_EQ(result.err, "err\n");
    EXPECT_FALSE(result.timed_out);
}

/// Both pipes fill at once; each holds 64 KiB.
TEST(RunChild, ReadsBothDescriptorsAsTheyFill) {
    const auto result = run_child(
        {"sh", "-c", "for i in 1 2 3; do head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; done"},
        kLong);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out.size(), 900000U);
    EXPECT_EQ(result.err.size(), 900000U);
}

TEST(RunChild, WordsAreNotForAShell) {
    EXPECT_EQ(run_child({"printf", "%s|", "a b", "$HOME", "'", ""}, kLong).out, "a b|$HOME|'||");
}

TEST(RunChild, AProgramThatIsNotThere) {
    const auto result = run_child({"/nowhere/no_such_program"}, kLong);
    EXPECT_NE(result.exit_code, 0);
    EXPECT_FALSE(result.timed_out);
}

TEST(RunChild, OneThatASignalEndsHasNoExitCode) {
    const auto result = run_child({"sh", "-c", "echo first; kill -9 $$"}, kLong);
    EXPECT_EQ(result.exit_code, std::nullopt);
    EXPECT_EQ(result.out, "first\n");
    EXPECT_FALSE(result.timed_out);
}

TEST(RunChild, OneThatTakesTooLongIsKilled) {
    const auto result = run_child({"sh", "-c", "echo $$; exec sleep 100000"}, 0.2);
    EXPECT_TRUE(result.timed_out);
    EXPECT_EQ(result.exit_code, std::nullopt);
    ASSERT_FALSE(result.out.empty());
    EXPECT_NE(::kill(std::stoi(result.out), 0), 0) << "it is still there";
}

TEST(RunChild, OneThatClosesItsDescriptorsIsWaitedFor) {
    EXPECT_EQ(run_child({"sh", "-c", "exec >&- 2>&-; sleep 0.1; exit 3"}, kLong).exit_code, 3);
    EXPECT_TRUE(run_child({"sh", "-c", "exec >&- 2>&-; exec sleep 100000"}, 0.2).timed_out);
}

}  // namespace
}  // namespace dj
