// SPDX-License-Identifier: Apache-2.0
// ranks: 1 2 4
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "dj/mpi/mailbox.hpp"

namespace dj::mpi {
namespace {

std::string pattern(std::size_t size, int seed) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>((i * 131 + static_cast<std::size_t>(seed)) % 251);
    return bytes;
}

/// Messages in the order of their arrival, by sender.
class Received {
public:
    void add(Message&& message) {
        const std::lock_guard lock(mutex_);
        by_sender_[message.from].push_back(std::move(message));
    }
    std::vector<Message> from(int rank) {
        const std::lock_guard lock(mutex_);
        return by_sender_[rank];
    }

private:
    std::mutex mutex_;
    std::map<int, std::vector<Message>> by_sender_;
};

TEST(Mailbox, EveryPairKeepsItsOrder) {
    const auto world = Communicator::world();
    Received received;
    Mailbox mailbox(world, [&](Message&& message) { received.add(std::move(message)); });
    constexpr std::uint32_t kCount = 2000;
    for (std::uint32_t i = 0; i < kCount; ++i) {
        for (int to = 0; to < world.size(); ++to) mailbox.send(to, i, pattern(i % 97, world.rank()));
    }
    mailbox.close();
    EXPECT_EQ(mailbox.pending_bytes(), 0U);
    for (int from = 0; from < world.size(); ++from) {
        const auto messages = received.from(from);
        ASSERT_EQ(messages.size(), kCount);
        for (std::uint32_t i = 0; i < kCount; ++i) {
            ASSERT_EQ(messages[i].tag, i);
            ASSERT_EQ(messages[i].bytes, pattern(i % 97, from));
        }
    }
}

TEST(Mailbox, SizesAroundTheProtocolBordersArrive) {
    const auto world = Communicator::world();
    Received received;
    const std::vector<std::size_t> sizes = {0, 1, 4091, 4092, 4096, 65536, 65537, 1, 5'000'000, 0, 3};
    Mailbox mailbox(world, [&](Message&& message) { received.add(std::move(message)); });
    for (int to = 0; to < world.size(); ++to) {
        for (const auto size : sizes) mailbox.send(to, 0xFFFFFFFFU, pattern(size, to));
    }
    mailbox.close();
    for (int from = 0; from < world.size(); ++from) {
        const auto messages = received.from(from);
        ASSERT_EQ(messages.size(), sizes.size());
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            EXPECT_EQ(messages[i].tag, 0xFFFFFFFFU);
            EXPECT_TRUE(messages[i].bytes == pattern(sizes[i], world.rank())) << sizes[i] << " bytes";
        }
    }
}

TEST(Mailbox, MessagesAboveTheLimitAreCutAndJoined) {
    auto world = Communicator::world();
    world.set_message_limit_for_tests(3);
    Received received;
    Mailbox mailbox(world, [&](Message&& message) { received.add(std::move(message)); });
    const std::vector<std::size_t> sizes = {0, 1, 2, 3, 4, 5, 6, 7, 1000, 0, 30'000, 2};
    for (const auto size : sizes) {
        for (int to = 0; to < world.size(); ++to)
            mailbox.send(to, static_cast<std::uint32_t>(size), pattern(size, to));
    }
    mailbox.close();
    for (int from = 0; from < world.size(); ++from) {
        const auto messages = received.from(from);
        ASSERT_EQ(messages.size(), sizes.size());
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            EXPECT_EQ(messages[i].tag, sizes[i]);
            EXPECT_TRUE(messages[i].bytes == pattern(sizes[i], world.rank()));
        }
    }
}

TEST(Mailbox, CloseWaitsForAnswersAndTheAnswersToThem) {
    const auto world = Communicator::world();
    std::atomic<int> handled{0};
    Mailbox* self = nullptr;
    std::mutex ready;
    ready.lock();
    Mailbox mailbox(world, [&](Message&& message) {
        const std::lock_guard wait_until_known(ready);
        ++handled;
        const int next = (world.rank() + 1) % world.size();
        if (message.tag > 0) self->send(next, message.tag - 1, std::move(message.bytes));
    });
    self = &mailbox;
    ready.unlock();
    mailbox.send((world.rank() + 1) % world.size(), 99, "around");
    mailbox.close();
    EXPECT_EQ(handled, 100);
}

TEST(Mailbox, CloseDeliversWhatALateRankSendsAndALateRankGetsAll) {
    const auto world = Communicator::world();
    Received received;
    Mailbox mailbox(world, [&](Message&& message) { received.add(std::move(message)); });
    if (world.rank() == world.size() - 1) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        for (int to = 0; to < world.size(); ++to) mailbox.send(to, 7, pattern(200'000, to));
    } else {
        mailbox.send(world.size() - 1, 8, "early");
    }
    mailbox.close();
    const auto late = received.from(world.size() - 1);
    ASSERT_EQ(late.size(), 1U);
    EXPECT_TRUE(late[0].bytes == pattern(200'000, world.rank()));
    if (world.rank() == world.size() - 1) {
        for (int from = 0; from + 1 < world.size(); ++from) EXPECT_EQ(received.from(from).size(), 1U);
    }
}

TEST(Mailbox, TheFirstExceptionOfAHandlerIsKeptAndTheRestIsDelivered) {
    const auto world = Communicator::world();
    std::atomic<int> handled{0};
    Mailbox mailbox(world, [&](Message&& message) {
        ++handled;
        if (message.tag == 1) throw std::runtime_error("first: " + message.bytes);
        if (message.tag == 2) throw std::runtime_error("second");
    });
    for (const std::uint32_t tag : {0U, 1U, 2U, 3U}) mailbox.send(world.rank(), tag, "bad");
    EXPECT_THAT([&] { mailbox.close(); },
                testing::ThrowsMessage<std::runtime_error>(testing::StrEq("first: bad")));
    EXPECT_EQ(handled, 4);
    EXPECT_THROW(mailbox.rethrow_error(), std::runtime_error);
}

TEST(Mailbox, SendsToItselfFromManyThreadsAreAllDelivered) {
    const auto world = Communicator::world();
    std::atomic<std::uint64_t> bytes{0};
    Mailbox mailbox(world, [&](Message&& message) { bytes += message.bytes.size(); });
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 500; ++i) {
                mailbox.send((world.rank() + i) % world.size(), static_cast<std::uint32_t>(t),
                             std::string(10, 'x'));
            }
        });
    }
    for (auto& thread : threads) thread.join();
    mailbox.close();
    EXPECT_EQ(world.sum(bytes), 4U * 500U * 10U * static_cast<unsigned>(world.size()));
}

TEST(Mailbox, WorksWhileTheMainThreadsRunCollectives) {
    const auto world = Communicator::world();
    std::atomic<std::uint64_t> answered{0};
    Mailbox mailbox(world, [&](Message&&) { ++answered; });
    for (std::uint64_t i = 0; i < 200; ++i) {
        mailbox.send(static_cast<int>(i) % world.size(), 0, pattern(i * 50, 1));
        ASSERT_EQ(world.sum(i), i * static_cast<unsigned>(world.size()));
    }
    mailbox.close();
    EXPECT_EQ(world.sum(answered), 200U * static_cast<unsigned>(world.size()));
}

TEST(Mailbox, TwoMailboxesDoNotMix) {
    const auto world = Communicator::world();
    std::atomic<int> wrong{0};
    std::atomic<int> right{0};
    const auto expect = [&](char letter) {
        return
            [&, letter](Message&& message) { ++(message.bytes == std::string(1, letter) ? right : wrong); };
    };
    Mailbox a(world, expect('a'));
    Mailbox b(world, expect('b'));
    for (int i = 0; i < 100; ++i) {
        for (int to = 0; to < world.size(); ++to) {
            a.send(to, 0, "a");
            b.send(to, 0, "b");
        }
    }
    b.close();
    a.close();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(right, 200 * world.size());
}

TEST(Mailbox, CountsWhatHasNotLeftYet) {
    const auto world = Communicator::world();
    std::mutex gate;
    gate.lock();
    Mailbox mailbox(world, [&](Message&&) { const std::lock_guard wait(gate); });
    mailbox.send(world.rank(), 0, "blocks the service thread");
    mailbox.send(world.rank(), 1, std::string(1000, 'x'));
    EXPECT_GE(mailbox.pending_bytes(), 0U);
    gate.unlock();
    mailbox.close();
    EXPECT_EQ(mailbox.pending_bytes(), 0U);
}

TEST(Mailbox, RefusesImpossibleSends) {
    const auto world = Communicator::world();
    Mailbox mailbox(world, [](Message&&) {});
    EXPECT_THROW(mailbox.send(world.size(), 0, ""), Bug);
    EXPECT_THROW(mailbox.send(-1, 0, ""), Bug);
    mailbox.close();
    EXPECT_THROW(mailbox.send(0, 0, "late"), Bug);
    mailbox.close();  // a second time does nothing
}

}  // namespace
}  // namespace dj::mpi
