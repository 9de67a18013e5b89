// SPDX-License-Identifier: Apache-2.0
#include "cli/live_terminal.hpp"

#include <gtest/gtest.h>

#include "cli/progress_display.hpp"

namespace dj {
namespace {

TEST(LiveTerminal, LinesAreDrawnOverThoseBefore) {
    EXPECT_EQ(redraw(0, {"one", "two"}), "\rone\x1B[K\ntwo\x1B[K\n\x1B[J");
    EXPECT_EQ(redraw(2, {"three"}), "\r\x1B[2Athree\x1B[K\n\x1B[J");
    EXPECT_EQ(redraw(1, {}), "\r\x1B[1A\x1B[J");
}

TEST(LiveTerminal, ATerminalThatBecameNarrowerHasWrappedWhatWasDrawn) {
    EXPECT_EQ(rows_taken({}, 80), 0U);
    EXPECT_EQ(rows_taken({79, 0, 80, 10}, 80), 4U);
    EXPECT_EQ(rows_taken({79, 0, 80, 10}, 40), 6U);
    EXPECT_EQ(rows_taken({79, 0, 81, 10}, 40), 7U);
    EXPECT_EQ(rows_taken({79, 5}, 0), 2U);  // nobody knows how wide it is
}

TEST(LineSchedule, LinesBecomeRarerTheLongerARunTakes) {
    LineSchedule schedule;
    std::vector<int> due;
    for (int second = 0; second <= 3600; ++second) {
        if (schedule.due(second)) due.push_back(second);
    }
    ASSERT_GT(due.size(), 100U);
    EXPECT_EQ(std::vector<int>(due.begin(), due.begin() + 4), (std::vector<int>{5, 10, 20, 30}));
    EXPECT_EQ(due.back() - due[due.size() - 2], 60);
    // 5 s and 10 s, 29 more in five minutes, 50 in half an hour, 30 in the rest
    EXPECT_NEAR(static_cast<double>(due.size()), 111, 2);
}

TEST(LineSchedule, WhoComesLateGetsOneLine) {
    LineSchedule schedule;
    EXPECT_TRUE(schedule.due(100));
    EXPECT_FALSE(schedule.due(100.5));
    EXPECT_TRUE(schedule.due(106));
}

}  // namespace
}  // namespace dj
