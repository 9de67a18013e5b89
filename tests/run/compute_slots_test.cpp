// SPDX-License-Identifier: Apache-2.0
#include "run/compute_slots.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <deque>
#include <latch>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

namespace dj {
namespace {

/// Threads that have their end in the destructor of the vector.
using Threads = std::vector<std::jthread>;

/// Proves that `count` threads of a share hold slots at the same time: without it, this never ends.
void hold_at_once(ComputeShare& share, int count) {
    std::barrier meeting(count);
    Threads threads;
    for (int i = 0; i < count; ++i) {
        threads.emplace_back([&] {
            const ComputeShare::Turn turn(&share);
            meeting.arrive_and_wait();
        });
    }
}

/// Threads of all shares compute, `turns` turns in all; a turn is as much work as any other.
void compete(std::deque<ComputeShare>& shares, int threads_each, int turns) {
    std::latch begin(threads_each * static_cast<std::ptrdiff_t>(shares.size()));
    std::atomic<int> left{turns};
    Threads threads;
    for (ComputeShare& share : shares) {
        for (int i = 0; i < threads_each; ++i) {
            threads.emplace_back([&] {
                begin.arrive_and_wait();
                while (left-- > 0) {
                    const ComputeShare::Turn turn(&share);
                    std::atomic<int> work{0};
                    while (++work < 100'000) {
                    }
                }
            });
        }
    }
}

TEST(ComputeSlots, ASingleShareHasThemAll) {
    ComputeSlots slots(4);
    ComputeShare share(slots, 0.001);
    const ComputeShare idle(slots, 1000);  // has nothing to do, so it keeps nothing
    hold_at_once(share, 4);
    EXPECT_GT(share.seconds(), 0);
    EXPECT_EQ(idle.seconds(), 0);
}

TEST(ComputeSlots, NoMoreComputeThanThereAreSlots) {
    constexpr int kSlots = 3;
    ComputeSlots slots(kSlots);
    std::deque<ComputeShare> shares;
    for (const double weight : {1.0, 0.5, 1000.0}) shares.emplace_back(slots, weight);
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    std::atomic<int> turns{0};
    {
        Threads threads;
        for (int i = 0; i < 12; ++i) {
            threads.emplace_back([&, i] {
                for (int n = 0; n < 500; ++n) {
                    const ComputeShare::Turn turn(&shares[static_cast<std::size_t>(i) % shares.size()]);
                    const int now = ++inside;
                    for (int before = most; before < now && !most.compare_exchange_weak(before, now);) {
                    }
                    ++turns;
                    --inside;
                }
            });
        }
    }
    EXPECT_EQ(turns, 12 * 500);  // nobody is left waiting
    EXPECT_LE(most, kSlots);
    hold_at_once(shares.back(), kSlots);  // and no slot is lost
}

TEST(ComputeSlots, ASlotComesBackHoweverItsTurnEnds) {
    ComputeSlots slots(2);
    ComputeShare share(slots, 1);
    for (int i = 0; i < 10; ++i) {
        try {
            const ComputeShare::Turn turn(&share);
            throw std::runtime_error("an operator failed");
        } catch (const std::runtime_error&) {
        }
    }
    {
        ComputeShare gone(slots, 1);
        hold_at_once(gone, 2);
    }
    hold_at_once(share, 2);
}

TEST(ComputeSlots, WithoutAShareItIsAlwaysOnesTurn) {
    const ComputeShare::Turn first(nullptr);
    const ComputeShare::Turn second(nullptr);
}

/// What is compared are the shares' own accounts: how long a turn lasts on this machine does not matter.
TEST(ComputeSlots, SharesAdvanceByTheirWeights) {
    // Also where a share has no thread left that could wait: between two turns of it nobody else takes its slot.
    for (const int threads : {1, 2, 4}) {
        ComputeSlots slots(std::min(threads, 2));
        std::deque<ComputeShare> shares;
        for (const double weight : {1.0, 3.0}) shares.emplace_back(slots, weight);
        compete(shares, threads, 600);
        const double all = shares[0].seconds() + shares[1].seconds();
        EXPECT_GT(shares[1].seconds() / all, 0.57) << threads;
        EXPECT_LT(shares[1].seconds() / all, 0.9) << threads;
    }
}

TEST(ComputeSlots, WhoComesLateHasNoClaimOnThePast) {
    ComputeSlots slots(1);
    std::deque<ComputeShare> shares;
    shares.emplace_back(slots, 1);
    compete(shares, 1, 600);
    const double before = shares[0].seconds();
    shares.emplace_back(slots, 1);
    compete(shares, 2, 500);  // it would have them all, if it had to catch up
    const double first = shares[0].seconds() - before;
    EXPECT_GT(first / (first + shares[1].seconds()), 0.3);
    EXPECT_LT(first / (first + shares[1].seconds()), 0.7);
}

TEST(ComputeSlots, WhoDoesNotComeBackKeepsNothing) {
    ComputeSlots slots(2);
    ComputeShare waits(slots, 1);
    for (int i = 0; i < 100; ++i) {
        ComputeShare behind(slots, 1000);  // its slot is kept for it, and then it has gone
        hold_at_once(behind, 2);
        hold_at_once(waits, 2);
    }
    ComputeShare behind(slots, 1000);
    for (int i = 0; i < 100; ++i) {
        hold_at_once(behind, 2);
        hold_at_once(waits, 2);
    }
}

}  // namespace
}  // namespace dj
