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

/// One slot, and time that passes only within turns, a millisecond in each: how fast this machine is does not matter.
class OneSlot : public testing::Test {
protected:
    void turn(ComputeShare& share, char name) {
        const ComputeShare::Turn turn(&share);
        ++passed_;
        order_ += name;
    }
    void wait_for_waiting(int threads) {
        while (slots_.waiting() < threads) std::this_thread::yield();
    }
    /// So many threads of each share, which all wait before the first has its turn; who had one, in order.
    std::string order_of(ComputeShare& a, ComputeShare& b, int threads_of_a, int threads_of_b) {
        order_.clear();
        Threads threads;
        ComputeShare first(slots_, 1e9);
        {
            const ComputeShare::Turn held(&first);
            for (int i = 0; i < threads_of_a; ++i) threads.emplace_back([&] { turn(a, 'a'); });
            for (int i = 0; i < threads_of_b; ++i) threads.emplace_back([&] { turn(b, 'b'); });
            wait_for_waiting(threads_of_a + threads_of_b);
        }
        threads.clear();
        return order_;
    }

    std::atomic<std::int64_t> passed_{0};
    ComputeSlots slots_{
        1, [this] { return ComputeSlots::Clock::time_point(std::chrono::milliseconds(passed_.load())); }};
    std::string order_;  ///< Only who has the slot writes.
};

TEST_F(OneSlot, SharesAdvanceByTheirWeights) {
    ComputeShare a(slots_, 1);
    ComputeShare b(slots_, 3);
    const std::string order = order_of(a, b, 8, 24);
    ASSERT_EQ(order.size(), 32U);
    for (std::size_t length = 4; length <= order.size(); length += 4) {
        const auto turns = std::ranges::count(order.substr(0, length), 'b');
        EXPECT_NEAR(static_cast<double>(turns), 0.75 * static_cast<double>(length), 1) << order;
    }
}

TEST_F(OneSlot, IsKeptForOneWhoIsBehindAndComesBackAtOnce) {
    ComputeShare a(slots_, 1);
    ComputeShare b(slots_, 2.5);
    for (int i = 0; i < 10; ++i) turn(a, 'a');
    order_.clear();
    std::jthread waits;
    {
        const ComputeShare::Turn held(&b);
        waits = std::jthread([&] { turn(a, 'a'); });
        wait_for_waiting(1);
        ++passed_;
    }
    // Nobody of b's was waiting when its turn ended; a has had its due until b has caught up.
    for (int i = 0; i < 4; ++i) turn(b, 'b');
    waits.join();
    EXPECT_EQ(order_, "bbabb");
}

TEST_F(OneSlot, WhoComesLateHasNoClaimOnThePast) {
    ComputeShare a(slots_, 1);
    for (int i = 0; i < 1000; ++i) turn(a, 'a');
    ComputeShare b(slots_, 1);
    const std::string order = order_of(a, b, 10, 10);
    EXPECT_NEAR(static_cast<double>(std::ranges::count(order.substr(0, 10), 'a')), 5, 1) << order;
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
