// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/retry_delay.hpp"

#include <set>

#include <gtest/gtest.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

double plain(RetryBackoff backoff, int retry) {
    return retry_delay_seconds({backoff, 2, 60, 0}, "job", 3, retry);
}

TEST(RetryDelay, GrowsAsItsNameSays) {
    EXPECT_EQ(plain(RetryBackoff::exponential, 1), 2);
    EXPECT_EQ(plain(RetryBackoff::exponential, 2), 4);
    EXPECT_EQ(plain(RetryBackoff::exponential, 5), 32);
    EXPECT_EQ(plain(RetryBackoff::linear, 1), 2);
    EXPECT_EQ(plain(RetryBackoff::linear, 5), 10);
    EXPECT_EQ(plain(RetryBackoff::fixed, 1), 2);
    EXPECT_EQ(plain(RetryBackoff::fixed, 5), 2);
}

TEST(RetryDelay, StaysUnderTheCapHoweverOften) {
    for (const auto backoff : {RetryBackoff::exponential, RetryBackoff::linear}) {
        for (const int retry : {31, 64, 1000, 100'000, 2'000'000'000}) EXPECT_EQ(plain(backoff, retry), 60);
    }
    EXPECT_EQ(retry_delay_seconds({RetryBackoff::fixed, 10, 5, 0}, "job", 0, 1), 5);
    EXPECT_EQ(retry_delay_seconds({RetryBackoff::exponential, 0, 60, 0.5}, "job", 0, 1000), 0);
    EXPECT_EQ(retry_delay_seconds({RetryBackoff::fixed, 1, 0, 0.5}, "job", 0, 1), 0);
}

TEST(RetryDelay, JitterShortensWithinItsBoundsAndSpreads) {
    std::set<double> seen;
    double sum = 0;
    constexpr int kCount = 1000;
    for (int partition = 0; partition < kCount; ++partition) {
        const double delay = retry_delay_seconds({RetryBackoff::fixed, 8, 60, 0.25}, "job",
                                                 static_cast<std::uint64_t>(partition), 1);
        EXPECT_LE(delay, 8);
        EXPECT_GT(delay, 6);
        sum += delay;
        seen.insert(delay);
    }
    EXPECT_GT(seen.size(), 990U);
    EXPECT_NEAR(sum / kCount, 7, 0.1);
}

TEST(RetryDelay, IsTheSameForTheSame) {
    const RetryDelays delays;
    const double delay = retry_delay_seconds(delays, "job", 7, 2);
    EXPECT_EQ(delay, retry_delay_seconds(delays, "job", 7, 2));
    EXPECT_NE(delay, retry_delay_seconds(delays, "other", 7, 2));
    EXPECT_NE(delay, retry_delay_seconds(delays, "job", 8, 2));
    EXPECT_NE(delay, 2 * retry_delay_seconds(delays, "job", 7, 1));
}

TEST(RetryBackoff, HasTheRecipesNames) {
    for (const auto* name : {"exponential", "linear", "fixed"})
        EXPECT_EQ(to_string(retry_backoff_of(name)), name);
    EXPECT_THROW((void)retry_backoff_of("none"), UserError);
}

}  // namespace
}  // namespace dj
