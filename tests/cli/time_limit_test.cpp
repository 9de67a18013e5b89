// SPDX-License-Identifier: Apache-2.0
#include "cli/time_limit.hpp"

#include <gtest/gtest.h>

namespace dj {
namespace {

constexpr double kNow = 1.7e9;

std::string after(double seconds) { return std::to_string(static_cast<std::int64_t>(kNow + seconds)); }

TEST(TimeLimit, IsWhatTheCommandLineSaysLessWhatIsSpent) {
    EXPECT_FALSE(time_limit({}, kNow).has_value());
    const auto limit = time_limit({.max_runtime_seconds = 3600, .spent_seconds = 10}, kNow).value();
    EXPECT_DOUBLE_EQ(limit.seconds, 3590);
    EXPECT_EQ(limit.reason, "the run time of 3600 s is up");
    EXPECT_EQ(time_limit({.max_runtime_seconds = 5, .spent_seconds = 10}, kNow)->seconds, 0);
}

TEST(TimeLimit, LeavesSlurmAMargin) {
    const auto long_job = time_limit({.slurm_end = after(3600)}, kNow).value();
    EXPECT_DOUBLE_EQ(long_job.seconds, 3480);
    EXPECT_EQ(long_job.reason, "Slurm ends the job in 2 min 00 s");
    EXPECT_DOUBLE_EQ(time_limit({.slurm_end = after(480)}, kNow)->seconds, 360);
    EXPECT_DOUBLE_EQ(time_limit({.slurm_end = after(40)}, kNow)->seconds, 30);
}

TEST(TimeLimit, TheNearerOneCounts) {
    EXPECT_DOUBLE_EQ(time_limit({.max_runtime_seconds = 100, .slurm_end = after(3600)}, kNow)->seconds, 100);
    EXPECT_DOUBLE_EQ(time_limit({.max_runtime_seconds = 9999, .slurm_end = after(3600)}, kNow)->seconds,
                     3480);
}

TEST(TimeLimit, WhatSlurmCannotMeanIsNotBelieved) {
    for (const std::string& end : {std::string(), std::string("NONE"), std::string("12x"), std::string("-1"),
                                   std::string("99999999999999999999999"), after(0), after(-1)}) {
        EXPECT_FALSE(time_limit({.slurm_end = end}, kNow).has_value()) << end;
    }
}

}  // namespace
}  // namespace dj
