// SPDX-License-Identifier: Apache-2.0
#include "run/partition_tries.hpp"

#include <gtest/gtest.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

template <class Error>
std::exception_ptr error(const Error& thrown) {
    return std::make_exception_ptr(thrown);
}

RetrySpec fast(int retries) {
    RetrySpec spec;
    spec.max_retries = retries;
    spec.delays.base_seconds = 0;
    return spec;
}

PartitionTries::Try first_try(std::uint32_t partition) {
    PartitionTries::Try tried;
    tried.assignment.partition = partition;
    return tried;
}

bool never() { return false; }

TEST(PartitionTries, WhatMayPass) {
    EXPECT_TRUE(may_pass(error(IoError("a disk"))));
    EXPECT_TRUE(may_pass(error(std::bad_alloc())));
    EXPECT_TRUE(may_pass(error(Bug("ours"))));
    EXPECT_FALSE(may_pass(error(UserError("the data"))));
    EXPECT_FALSE(may_pass(error(EnvironmentError("the file has changed"))));
    EXPECT_EQ(text_of(error(IoError("a disk"))), "a disk");
    EXPECT_EQ(text_of(std::make_exception_ptr(3)), "an unknown error");
}

TEST(PartitionTries, ATryThatGoesWellLeavesNothing) {
    const RetrySpec spec = fast(3);
    PartitionTries tries(spec, "job");
    const auto ticket = tries.begin(first_try(7));
    EXPECT_TRUE(tries.under_way(ticket));
    EXPECT_EQ(tries.retry_of(ticket), 0);
    tries.succeed(ticket);
    EXPECT_FALSE(tries.under_way(ticket));
    EXPECT_FALSE(tries.next(true, never));
    EXPECT_EQ(tries.retries(), 0U);
}

TEST(PartitionTries, TriedAgainUntilGivenUp) {
    const RetrySpec spec = fast(2);
    PartitionTries tries(spec, "job");
    auto tried = std::optional(first_try(7));
    for (const int retry : {1, 2}) {
        const auto ticket = tries.begin(std::move(*tried));
        const auto verdict = tries.fail(ticket, error(IoError("again")), 5);
        ASSERT_TRUE(verdict);
        EXPECT_EQ(verdict->retry, retry);
        EXPECT_FALSE(tries.fail(ticket, error(IoError("its echo")), 5))
            << "other threads fail on the same try";
        EXPECT_FALSE(tries.under_way(ticket));
        tried = tries.next(true, never);
        ASSERT_TRUE(tried);
        EXPECT_EQ(tried->retry, retry);
        EXPECT_EQ(tried->error, nullptr);
        EXPECT_EQ(tried->assignment.partition, 7U);
    }
    const auto verdict = tries.fail(tries.begin(std::move(*tried)), error(IoError("the last")), 9);
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->retry, 0) << "no more";
    tried = tries.next(false, never);
    ASSERT_TRUE(tried);
    EXPECT_EQ(text_of(tried->error), "the last");
    EXPECT_EQ(tried->records, 9U);
    EXPECT_EQ(tries.retries(), 2U);
}

TEST(PartitionTries, WhatCannotPassIsGivenUpAtOnce) {
    const RetrySpec spec = fast(5);
    PartitionTries tries(spec, "job");
    const auto verdict = tries.fail(tries.begin(first_try(1)), error(EnvironmentError("changed")), 0);
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->retry, 0);
    ASSERT_NE(tries.next(false, never)->error, nullptr);
}

TEST(PartitionTries, PausesAreKept) {
    RetrySpec spec = fast(1);
    spec.delays.base_seconds = 0.2;
    spec.delays.jitter = 0;
    PartitionTries tries(spec, "job");
    const auto begin = std::chrono::steady_clock::now();
    const auto verdict = tries.fail(tries.begin(first_try(1)), error(IoError("again")), 0);
    EXPECT_DOUBLE_EQ(verdict->delay_seconds, 0.2);
    EXPECT_FALSE(tries.next(false, never)) << "not yet";
    EXPECT_TRUE(tries.next(true, never));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(200));
}

TEST(PartitionTries, NobodyWaitsInAJobThatIsAbandoned) {
    RetrySpec spec = fast(1);
    spec.delays.base_seconds = 1000;
    spec.delays.cap_seconds = 1000;
    PartitionTries tries(spec, "job");
    (void)tries.fail(tries.begin(first_try(1)), error(IoError("again")), 0);
    EXPECT_FALSE(tries.next(true, [] { return true; }));
}

}  // namespace
}  // namespace dj
