// SPDX-License-Identifier: Apache-2.0
// ranks: 1 2 4
#include <limits>
#include <thread>

#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "dj/mpi/communicator.hpp"

namespace dj::mpi {
namespace {

std::string pattern(std::size_t size, int seed) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>((i * 131 + static_cast<std::size_t>(seed)) % 251);
    return bytes;
}

/// Sizes that differ by pair, with holes.
std::size_t size_of(int from, int to, std::size_t unit) {
    return static_cast<std::size_t>((from * 7 + to * 3) % 5) * unit + static_cast<std::size_t>(from);
}

class CommunicatorWithLimit : public testing::TestWithParam<std::uint64_t> {
protected:
    CommunicatorWithLimit() { world_.set_message_limit_for_tests(GetParam()); }
    Communicator world_ = Communicator::world();
    std::size_t unit_ = GetParam() < 100 ? 50 : 300'000;
};

INSTANTIATE_TEST_SUITE_P(Limits, CommunicatorWithLimit, testing::Values(1, 7, 4096, kMaxMessageBytes));

TEST_P(CommunicatorWithLimit, BroadcastsFromEveryRoot) {
    for (int root = 0; root < world_.size(); ++root) {
        for (const std::size_t size : {std::size_t{0}, std::size_t{1}, unit_}) {
            const auto expected = pattern(size, root);
            EXPECT_EQ(world_.broadcast(world_.rank() == root ? expected : "something else", root), expected);
        }
    }
}

TEST_P(CommunicatorWithLimit, GathersOnEveryRoot) {
    for (int root = 0; root < world_.size(); ++root) {
        const auto all = world_.gather(pattern(size_of(world_.rank(), root, unit_), world_.rank()), root);
        if (world_.rank() != root) {
            EXPECT_TRUE(all.empty());
            continue;
        }
        ASSERT_EQ(all.size(), static_cast<std::size_t>(world_.size()));
        for (int from = 0; from < world_.size(); ++from) {
            EXPECT_TRUE(all[static_cast<std::size_t>(from)] == pattern(size_of(from, root, unit_), from));
        }
    }
}

TEST_P(CommunicatorWithLimit, ExchangesAllToAllAgainAndAgain) {
    for (int round = 0; round < 5; ++round) {
        std::vector<std::string> to;
        for (int rank = 0; rank < world_.size(); ++rank) {
            to.push_back(pattern(size_of(world_.rank() + round, rank, unit_), world_.rank() + round));
        }
        const auto from = world_.all_to_all(to);
        ASSERT_EQ(from.size(), to.size());
        for (int rank = 0; rank < world_.size(); ++rank) {
            EXPECT_TRUE(from[static_cast<std::size_t>(rank)] ==
                        pattern(size_of(rank + round, world_.rank(), unit_), rank + round));
        }
    }
}

TEST_P(CommunicatorWithLimit, SumsVectors) {
    std::vector<std::uint64_t> values(1000);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = i + static_cast<std::size_t>(world_.rank());
    const auto sums = world_.sum(values);
    const auto ranks = static_cast<std::uint64_t>(world_.size());
    ASSERT_EQ(sums.size(), values.size());
    for (std::size_t i = 0; i < sums.size(); ++i) EXPECT_EQ(sums[i], i * ranks + ranks * (ranks - 1) / 2);
    EXPECT_TRUE(world_.sum(std::vector<std::uint64_t>{}).empty());
}

TEST(Communicator, EverythingToOneRankAndNothingElse) {
    const auto world = Communicator::world();
    for (int target = 0; target < world.size(); ++target) {
        std::vector<std::string> to(static_cast<std::size_t>(world.size()));
        to[static_cast<std::size_t>(target)] = pattern(2'000'000, world.rank());
        const auto from = world.all_to_all(to);
        for (int rank = 0; rank < world.size(); ++rank) {
            const auto expected = world.rank() == target ? pattern(2'000'000, rank) : std::string();
            EXPECT_TRUE(from[static_cast<std::size_t>(rank)] == expected);
        }
    }
}

TEST(Communicator, ReducesNumbers) {
    const auto world = Communicator::world();
    const auto ranks = static_cast<std::uint64_t>(world.size());
    const auto here = static_cast<std::uint64_t>(world.rank());
    EXPECT_EQ(world.sum(here + 1), ranks * (ranks + 1) / 2);
    EXPECT_EQ(world.max(here), ranks - 1);
    EXPECT_EQ(world.max(std::numeric_limits<std::uint64_t>::max() - here),
              std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(world.exclusive_sum(here + 1), here * (here + 1) / 2);
}

TEST(Communicator, AgreesOnlyIfAllDo) {
    const auto world = Communicator::world();
    EXPECT_TRUE(world.agree(true));
    EXPECT_FALSE(world.agree(false));
    EXPECT_FALSE(world.agree(world.rank() != world.size() - 1));
    EXPECT_FALSE(world.agree(!world.is_root()));
}

TEST(Communicator, SplitsByColourInRankOrder) {
    const auto world = Communicator::world();
    const auto half = world.split(world.rank() % 2);
    EXPECT_EQ(half.size(), (world.size() + (world.rank() % 2 == 0 ? 1 : 0)) / 2);
    EXPECT_EQ(half.rank(), world.rank() / 2);
    const auto members = half.gather(std::to_string(world.rank()));
    if (half.is_root()) {
        for (std::size_t i = 0; i < members.size(); ++i) {
            EXPECT_EQ(members[i], std::to_string(2 * static_cast<int>(i) + world.rank() % 2));
        }
    }
    EXPECT_THROW(static_cast<void>(world.split(-1)), Bug);
}

TEST(Communicator, RanksOfOneMachineShareANode) {
    const auto world = Communicator::world();
    const auto node = world.split_by_node();
    EXPECT_EQ(node.size(), world.size());
    EXPECT_EQ(node.rank(), world.rank());
    EXPECT_FALSE(world.processor_name().empty());
}

TEST(Communicator, DuplicatesInheritTheLimitAndDoNotMixMessages) {
    auto world = Communicator::world();
    world.set_message_limit_for_tests(5);
    const auto other = world.duplicate();
    std::string from_thread;
    std::thread thread([&] { from_thread = other.broadcast(other.is_root() ? pattern(1000, 1) : ""); });
    const auto here = world.broadcast(world.is_root() ? pattern(1000, 2) : "");
    thread.join();
    EXPECT_EQ(from_thread, pattern(1000, 1));
    EXPECT_EQ(here, pattern(1000, 2));
}

TEST(Communicator, IsMovable) {
    auto a = Communicator::world().duplicate();
    auto b = std::move(a);
    EXPECT_EQ(b.sum(1), static_cast<std::uint64_t>(b.size()));
    b = b.duplicate();
    b.barrier();
}

TEST(Communicator, RefusesWhatCannotBeMeant) {
    const auto world = Communicator::world();
    EXPECT_THROW(static_cast<void>(world.broadcast("", world.size())), Bug);
    EXPECT_THROW(static_cast<void>(world.gather("", -1)), Bug);
    EXPECT_THROW(static_cast<void>(
                     world.all_to_all(std::vector<std::string>(static_cast<std::size_t>(world.size()) + 1))),
                 Bug);
}

}  // namespace
}  // namespace dj::mpi
