// SPDX-License-Identifier: Apache-2.0
#include "run/morsel_budget.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace dj {
namespace {

constexpr auto kNever = [] { return false; };

TEST(MorselBudget, WhatFitsDoesNotWait) {
    MorselBudget budget(100);
    budget.take(60, kNever);
    budget.take(40, kNever);
    EXPECT_EQ(budget.peak_bytes(), 100U);
    budget.give_back(100);
    budget.take(30, kNever);
    EXPECT_EQ(budget.peak_bytes(), 100U);
    EXPECT_EQ(budget.limit_bytes(), 100U);
}

TEST(MorselBudget, AloneAnyMorselPasses) {
    for (const std::uint64_t limit : {0U, 1U, 100U}) {
        MorselBudget budget(limit);
        budget.take(1'000'000, kNever);
        EXPECT_EQ(budget.peak_bytes(), 1'000'000U);
        budget.give_back(1'000'000);
        budget.take(7, kNever);
    }
}

TEST(MorselBudget, TheBoundHoldsForManyReaders) {
    MorselBudget budget(1000);
    std::atomic<std::uint64_t> used{0};
    std::atomic<int> over{0};
    std::atomic<int> passed{0};
    {
        std::vector<std::jthread> readers;
        for (std::uint64_t i = 0; i < 8; ++i) {
            readers.emplace_back([&, i] {
                for (std::uint64_t n = 0; n < 300; ++n) {
                    const std::uint64_t bytes = 1 + (i * 131 + n * 17) % 1200;  // some alone are too large
                    budget.take(bytes, kNever);
                    const std::uint64_t now = used += bytes;
                    if (now > 1000 && now != bytes) ++over;
                    ++passed;
                    used -= bytes;
                    budget.give_back(bytes);
                }
            });
        }
    }
    EXPECT_EQ(over, 0);
    EXPECT_EQ(passed, 8 * 300);
    EXPECT_LE(budget.peak_bytes(), 1200U);
    budget.take(1000, kNever);  // all of it has come back
    budget.give_back(1000);
}

TEST(MorselBudget, WhoWaitsGoesOnWhenThereIsRoom) {
    MorselBudget budget(100);
    budget.take(90, kNever);
    std::atomic<bool> waited{false};
    std::jthread reader([&] {
        budget.take(20, [&] {  // asked only while it has to wait
            waited = true;
            return false;
        });
        budget.give_back(20);
    });
    while (!waited) std::this_thread::yield();
    EXPECT_EQ(budget.peak_bytes(), 90U);
    budget.give_back(90);
    reader.join();
    EXPECT_EQ(budget.peak_bytes(), 90U);
}

TEST(MorselBudget, WhoGivesUpDoesNotWait) {
    MorselBudget budget(100);
    budget.take(90, kNever);
    std::atomic<bool> abandoned{false};
    std::atomic<bool> waited{false};
    std::jthread reader([&] {
        budget.take(20, [&] {
            waited = true;
            return abandoned.load();
        });
    });
    while (!waited) std::this_thread::yield();
    abandoned = true;
    reader.join();
    EXPECT_EQ(budget.peak_bytes(), 110U);  // its account is kept, so that it can be given back
}

TEST(MorselCharge, LastsAsLongAsItsMorsel) {
    MorselBudget budget(100);
    {
        budget.take(40, kNever);
        MorselCharge charge(budget, 40);
        charge.grow_to(30);  // what was taken stays
        EXPECT_EQ(budget.peak_bytes(), 40U);
        charge.grow_to(250);
        EXPECT_EQ(budget.peak_bytes(), 250U);
        MorselCharge moved(std::move(charge));
        MorselCharge assigned;
        assigned = std::move(moved);
        assigned.grow_to(300);
        EXPECT_EQ(budget.peak_bytes(), 300U);
        std::vector<MorselCharge> several;
        several.push_back(std::move(assigned));
        several.emplace_back();
        several.back().grow_to(1'000'000);  // holds nothing
        EXPECT_EQ(budget.peak_bytes(), 300U);
    }
    budget.take(100, kNever);  // all of it came back, once
    EXPECT_EQ(budget.peak_bytes(), 300U);
    budget.take(0, kNever);
}

}  // namespace
}  // namespace dj
