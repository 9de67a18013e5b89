// SPDX-License-Identifier: Apache-2.0
#include "run/work_queue.hpp"

#include <atomic>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

namespace dj {
namespace {

TEST(WorkQueue, GivesItemsInTheOrderTheyCame) {
    WorkQueue<int> queue(3);
    for (const int n : {1, 2, 3}) EXPECT_TRUE(queue.push(n));
    queue.close();
    EXPECT_EQ(queue.pop(), 1);
    EXPECT_EQ(queue.pop(), 2);
    EXPECT_EQ(queue.pop(), 3);
    EXPECT_EQ(queue.pop(), std::nullopt);
    EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(WorkQueue, AClosedQueueTakesNothingMore) {
    WorkQueue<int> queue(3);
    queue.close();
    EXPECT_FALSE(queue.push(1));
    EXPECT_FALSE(queue.push_now(1));
    EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(WorkQueue, CancellingThrowsAwayWhatIsLeft) {
    WorkQueue<std::shared_ptr<int>> queue(3);
    const auto item = std::make_shared<int>(1);
    queue.push(item);
    queue.push_now(item);
    EXPECT_EQ(item.use_count(), 3);
    queue.cancel();
    EXPECT_EQ(item.use_count(), 1);
    EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(WorkQueue, PushNowDoesNotMindTheCapacity) {
    WorkQueue<int> queue(1);
    for (int n = 0; n < 100; ++n) EXPECT_TRUE(queue.push_now(n));
    for (int n = 0; n < 100; ++n) EXPECT_EQ(queue.pop(), n);
}

TEST(WorkQueue, AProducerWaitsForRoom) {
    WorkQueue<int> queue(2);
    std::atomic<int> pushed{0};
    std::thread producer([&] {
        for (int n = 0; n < 1000; ++n) {
            queue.push(n);
            ++pushed;
        }
        queue.close();
    });
    int popped = 0;
    while (auto item = queue.pop()) {
        EXPECT_EQ(*item, popped);
        ++popped;
        EXPECT_LE(pushed, popped + 3);
    }
    producer.join();
    EXPECT_EQ(popped, 1000);
}

TEST(WorkQueue, EveryItemReachesOneConsumer) {
    constexpr int kEach = 2000;
    WorkQueue<int> queue(5);
    std::vector<std::set<int>> taken(3);
    std::vector<std::thread> consumers;
    for (std::set<int>& mine : taken) {
        consumers.emplace_back([&queue, &mine] {
            while (auto item = queue.pop()) mine.insert(*item);
        });
    }
    std::vector<std::thread> producers;
    for (int p = 0; p < 2; ++p) {
        producers.emplace_back([&queue, p] {
            for (int n = 0; n < kEach; ++n) queue.push(p * kEach + n);
        });
    }
    for (std::thread& producer : producers) producer.join();
    queue.close();
    for (std::thread& consumer : consumers) consumer.join();
    std::set<int> all;
    std::size_t count = 0;
    for (const std::set<int>& some : taken) {
        count += some.size();
        all.insert(some.begin(), some.end());
    }
    EXPECT_EQ(count, 2U * kEach);
    EXPECT_EQ(all.size(), 2U * kEach);
}

TEST(WorkQueue, CancellingWakesProducersAndConsumers) {
    WorkQueue<int> full(1);
    full.push(1);
    std::thread producer([&] { EXPECT_FALSE(full.push(2)); });
    WorkQueue<int> empty(1);
    std::thread consumer([&] { EXPECT_EQ(empty.pop(), std::nullopt); });
    full.cancel();
    empty.cancel();
    producer.join();
    consumer.join();
}

}  // namespace
}  // namespace dj
