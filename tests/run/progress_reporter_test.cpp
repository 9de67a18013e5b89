// SPDX-License-Identifier: Apache-2.0
#include "run/progress_reporter.hpp"

#include <gtest/gtest.h>

namespace dj {
namespace {

TEST(ProgressReporter, RankZeroIsNotFloodedHoweverManyRanksThereAre) {
    for (const int ranks : {1, 2, 64, 128, 129, 1000, 4096, 100'000}) {
        EXPECT_LE(ranks / pulse_interval_seconds(ranks), 256) << ranks;
        EXPECT_GE(pulse_interval_seconds(ranks), 0.5) << ranks;
    }
    EXPECT_EQ(pulse_interval_seconds(128), 0.5);
    EXPECT_EQ(pulse_interval_seconds(4096), 16);
}

TEST(ProgressReporter, EventsBecomeRarerTheLongerARunTakes) {
    EventSchedule schedule;
    EXPECT_FALSE(schedule.due(0));
    EXPECT_FALSE(schedule.due(9.9));
    EXPECT_TRUE(schedule.due(10));
    EXPECT_FALSE(schedule.due(19));
    EXPECT_TRUE(schedule.due(20));
    int first_ten_minutes = 2;
    int day = 2;
    for (int second = 21; second < 86'400; ++second) {
        const bool due = schedule.due(second);
        day += due ? 1 : 0;
        first_ten_minutes += due && second <= 600 ? 1 : 0;
    }
    EXPECT_EQ(first_ten_minutes, 60);
    EXPECT_GT(day, 300);
    EXPECT_LT(day, 600);
}

TEST(WorkMeter, CountsAnActivityAfterTheOther) {
    WorkMeter meter(2);
    EXPECT_EQ(meter.read().number, 0U);
    meter.begin_pass(0, {"reading the input", WorkUnit::bytes, 100});
    meter.add({{.rows_in = 3}, {.rows_in = 2}}, 3, 30);
    meter.add({{.rows_in = 1}, {.rows_in = 1}}, 1, 10);
    WorkMeter::Reading reading = meter.read();
    EXPECT_EQ(reading.number, 1U);
    EXPECT_TRUE(reading.is_pass);
    EXPECT_EQ(reading.rows, 4U);
    EXPECT_EQ(reading.bytes, 40U);
    EXPECT_EQ(reading.tallies[1].rows_in, 3U);
    meter.begin_pass(1, {"the second", WorkUnit::rows, 4});
    meter.begin({"between", WorkUnit::keys, 7});
    meter.advance(5, 50);
    reading = meter.read();
    EXPECT_EQ(reading.number, 3U);
    EXPECT_EQ(reading.pass, 1U);
    EXPECT_FALSE(reading.is_pass);
    EXPECT_EQ(reading.rows, 5U);
    EXPECT_EQ(reading.tallies[0].rows_in, 4U);
    ASSERT_EQ(meter.finished().size(), 2U);
    EXPECT_EQ(meter.finished()[0].activity.text, "reading the input");
    EXPECT_EQ(meter.finished()[1].pass, 1U);
}

}  // namespace
}  // namespace dj
