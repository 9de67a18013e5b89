// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/commit_interval.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace dj {
namespace {

constexpr double kMinute = 60;
constexpr double kHour = 3600;

TEST(CommitInterval, IsThatOfDalysArticle) {
    const double write = 5 * kMinute;
    EXPECT_NEAR(optimal_commit_interval(write, 24 * kHour) / kMinute, 116.7, 0.05);
    EXPECT_NEAR(optimal_commit_interval(write, 6 * kHour) / kMinute, 56.7, 0.05);
    EXPECT_NEAR(optimal_commit_interval(write, 15 * kMinute) / kMinute, 9.1, 0.05);
}

/// Daly's model of the whole time a unit of work takes (his equation 20, restarts free), which the interval minimises.
double whole_time(double interval, double write, double mtbf) {
    return mtbf / interval * (std::exp((interval + write) / mtbf) - 1);
}

TEST(CommitInterval, NoNeighbourIsBetter) {
    for (const double write : {0.1, 1.0, 30.0, 300.0}) {
        for (const double mtbf : {900.0, 6 * kHour, 24 * kHour}) {
            const double best = optimal_commit_interval(write, mtbf);
            const double time = whole_time(best, write, mtbf);
            EXPECT_LT(time, whole_time(best * 1.2, write, mtbf)) << write << ' ' << mtbf;
            EXPECT_LT(time, whole_time(best * 0.8, write, mtbf)) << write << ' ' << mtbf;
        }
    }
}

TEST(CommitInterval, HoldsWhereTheFormulaEnds) {
    EXPECT_DOUBLE_EQ(optimal_commit_interval(100, 50), 50);
    EXPECT_DOUBLE_EQ(optimal_commit_interval(1000, 50), 50);
    EXPECT_GT(optimal_commit_interval(99.99, 50), 0);
    EXPECT_EQ(optimal_commit_interval(0, 50), 0);
    EXPECT_EQ(optimal_commit_interval(-1, 50), 0);
    EXPECT_EQ(optimal_commit_interval(1, 0), 0);
    EXPECT_EQ(optimal_commit_interval(std::numeric_limits<double>::quiet_NaN(), 50), 0);
}

TEST(CommitIsDue, AtTheOptimalIntervalOrTheLeast) {
    const CommitPolicy policy{.mtbf_seconds = 24 * kHour};
    EXPECT_FALSE(commit_is_due(policy, 59.9, 0, 1));
    EXPECT_TRUE(commit_is_due(policy, 60, 0, 1));
    const double optimal = optimal_commit_interval(1, 24 * kHour);
    EXPECT_GT(optimal, 400);
    EXPECT_FALSE(commit_is_due(policy, optimal - 0.1, 1, 1));
    EXPECT_TRUE(commit_is_due(policy, optimal, 1, 1));
    EXPECT_DOUBLE_EQ(commit_interval(policy, 1), optimal);
}

TEST(CommitIsDue, AFixedIntervalGoesFirst) {
    const CommitPolicy policy{.fixed_interval_seconds = 1};
    EXPECT_FALSE(commit_is_due(policy, 0.9, 100, 1));
    EXPECT_TRUE(commit_is_due(policy, 1, 100, 1));
}

TEST(CommitIsDue, SoonerIfTooMuchWaitsAndNeverForNothing) {
    for (const CommitPolicy& policy : {CommitPolicy{}, CommitPolicy{.fixed_interval_seconds = 3600}}) {
        EXPECT_FALSE(commit_is_due(policy, 1e9, 0, 0));
        EXPECT_FALSE(commit_is_due(policy, 0, 0, 64 * kMebibyte - 1));
        EXPECT_TRUE(commit_is_due(policy, 0, 0, 64 * kMebibyte));
    }
}

}  // namespace
}  // namespace dj
