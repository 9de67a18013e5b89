// SPDX-License-Identifier: Apache-2.0
// ranks: 1 2 4
#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "dj/mpi/mailbox.hpp"
#include "dj/mpi/rank_watch.hpp"

namespace dj::mpi {
namespace {

using testing::HasSubstr;

/// A watch on a world of its own; `fall_silent` makes the rank one that lives on without a sign of it.
struct WatchedWorld {
    explicit WatchedWorld(double timeout_seconds)
        : watch(std::in_place, world, RankWatch::Options{.rank_timeout_seconds = timeout_seconds}) {}
    void fall_silent() { watch.reset(); }
    /// Where nobody is missed: all ranks of the test meet here at its end, the silent one too.
    const Communicator lounge = Communicator::world().duplicate();
    Communicator world = Communicator::world().duplicate();
    std::optional<RankWatch> watch;
};

TEST(RankWatch, WithoutALossNobodyIsHeldUp) {
    WatchedWorld watched(30);
    EXPECT_EQ(watched.world.sum(std::uint64_t{1}), static_cast<std::uint64_t>(watched.world.size()));
    EXPECT_FALSE(watched.watch->lost());
    watched.watch->stop();
    EXPECT_FALSE(watched.world.lost());
}

TEST(RankWatch, TheTimeoutHoldsAFewBeatsHoweverManyRanksThereAre) {
    EXPECT_DOUBLE_EQ(effective_rank_timeout(60, 4), 60);
    EXPECT_DOUBLE_EQ(effective_rank_timeout(2, 64), 2);
    EXPECT_DOUBLE_EQ(effective_rank_timeout(60, 4096), 64);
}

TEST(RankWatch, CollectivesThrowWhereASilentRankIsMissed) {
    WatchedWorld watched(1);
    const Communicator& world = watched.world;
    const int silent = world.size() - 1;
    if (world.size() == 1) return;
    const Communicator other = world.duplicate();
    std::atomic<int> heard{-1};
    const LossListener listener = other.on_loss([&](const LostRank& lost) { heard = lost.rank; });
    if (world.rank() == silent) {
        watched.fall_silent();
        watched.lounge.barrier();  // stays, so that the others have somebody to miss
        return;
    }
    std::string message;
    try {
        for (int i = 0; i < 1000; ++i) (void)other.gather(std::string(10'000, 'x'));
    } catch (const RankLost& lost) {
        message = lost.what();
    }
    EXPECT_THAT(message, HasSubstr("rank " + std::to_string(silent) + " on "));
    EXPECT_THAT(message, HasSubstr("is lost"));
    EXPECT_EQ(heard, silent);
    EXPECT_TRUE(world.is_lost(silent));
    EXPECT_FALSE(world.is_lost(0));
    EXPECT_THROW((void)other.duplicate(), RankLost);
    EXPECT_THROW((void)other.all_to_all(std::vector<std::string>(static_cast<std::size_t>(world.size()))),
                 RankLost);
    // Alone, a rank still can do what takes all ranks of a communicator.
    EXPECT_EQ(Communicator::self().duplicate().sum(std::uint64_t{7}), 7U);
    // Whoever hears of it later is told at once.
    int told = -1;
    const LossListener late = world.on_loss([&](const LostRank& lost) { told = lost.rank; });
    EXPECT_EQ(told, silent);
    EXPECT_EQ(watched.watch->part(world.is_root() ? 75 : 1), 75) << "all leave with rank 0's code";
    watched.lounge.barrier();
}

TEST(RankWatch, WithoutRankZeroEachLeavesWithItsOwnCode) {
    WatchedWorld watched(1);
    if (watched.world.size() == 1) return;
    if (watched.world.is_root()) {
        watched.fall_silent();
    } else {
        EXPECT_THROW(watched.world.barrier(), RankLost);
        EXPECT_EQ(watched.watch->lost()->rank, 0);
        EXPECT_EQ(watched.watch->part(1), 1);
    }
    watched.lounge.barrier();
}

TEST(RankWatch, MessagesStillReachThoseWhoLive) {
    WatchedWorld watched(1);
    const Communicator& world = watched.world;
    if (world.size() < 3) return;
    std::atomic<int> received{0};
    {
        Mailbox mailbox(world, [&](Message&&) { ++received; });
        if (world.rank() == world.size() - 1) {
            watched.fall_silent();
        } else {
            while (!world.lost()) std::this_thread::yield();
            mailbox.send(world.size() - 1, 1, "to nobody");
            for (int to = 0; to + 1 < world.size(); ++to) mailbox.send(to, 1, "to one who lives");
            while (received < world.size() - 1) std::this_thread::yield();
            EXPECT_THROW(mailbox.close(), RankLost);
        }
        watched.lounge.barrier();
    }
}

}  // namespace
}  // namespace dj::mpi
