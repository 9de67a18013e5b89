// SPDX-License-Identifier: Apache-2.0
#include "dj/events/run_progress.hpp"

#include <gtest/gtest.h>

namespace dj {
namespace {

TEST(RunProgress, TheShareIsKnownIfTheTotalIs) {
    RunProgress progress;
    EXPECT_EQ(share_done(progress), std::nullopt);
    progress.done = 5;
    EXPECT_EQ(share_done(progress), std::nullopt);
    progress.total = 20;
    EXPECT_EQ(share_done(progress), 0.25);
    progress.done = 21;  // an estimate that was too low
    EXPECT_EQ(share_done(progress), 1.0);
}

TEST(RunProgress, NoRankHasBeenHeardOf) {
    RunProgress progress;
    EXPECT_EQ(summarise_load(progress).heard, 0U);
    progress.ranks.resize(3);
    EXPECT_EQ(summarise_load(progress).heard, 0U);
    EXPECT_EQ(summarise_load(progress).largest_rss_bytes, 0U);
}

TEST(RunProgress, RanksThatHaveNotBeenHeardOfDoNotCount) {
    RunProgress progress;
    for (const double busy : {-1.0, 0.5, 0.9, -1.0, 0.2, 1.1}) {
        const auto rank = progress.ranks.size();
        progress.ranks.push_back({busy, 100 + rank % 5, 200 + rank % 4, 1.5, 0});
    }
    const LoadSummary load = summarise_load(progress);
    EXPECT_EQ(load.heard, 4U);
    EXPECT_EQ(load.least, 0.2);
    EXPECT_EQ(load.median, 0.9);
    EXPECT_EQ(load.most, 1.1);
    EXPECT_EQ(load.least_busy_rank, 4U);
    EXPECT_EQ(load.largest_rank, 4U);
    EXPECT_EQ(load.largest_rss_bytes, 104U);
    EXPECT_EQ(load.rss_bytes, 610U);
    EXPECT_EQ(load.peak_rss_bytes, 203U);
    EXPECT_EQ(load.cpu_seconds, 9.0);
}

}  // namespace
}  // namespace dj
