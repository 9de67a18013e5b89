// SPDX-License-Identifier: Apache-2.0
/// Ranks tell each other that they live. One that is silent for too long counts as lost; from then on collectives of the
/// others throw RankLost instead of waiting, so that the job can commit what the others have and end (docs/adr/0015).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dj/base/error.hpp"
#include "dj/mpi/communicator.hpp"

namespace dj::mpi {

struct RankLost : EnvironmentError {
    explicit RankLost(const LostRank& lost) : EnvironmentError(lost.text()) {}
};

/// The longest silence of a rank that is no loss: what a user has asked for, but never so short that a few beats could be
/// missed, which come the more rarely the more ranks there are.
[[nodiscard]] double effective_rank_timeout(double wanted_seconds, int ranks);

/// Beats go through MPI, by a thread of its own on a communicator of its own: each rank to rank 0, rank 0 to each, 256 of
/// them a second at most. Rank 0 decides about the others, and they about rank 0. Time in which this process itself did
/// not run (a suspended job) is not counted as another's silence.
class RankWatch {
public:
    struct Options {
        double rank_timeout_seconds = 60;
        /// Between a loss and the end of the process, come what may: whoever still waits for a disk or in a library is
        /// ended with `ExitCode::failed`.
        double farewell_seconds = 60;
        /// Where the last message of a process goes that has to be ended, of one per node.
        std::function<void(const std::string&)> tell{};
    };
    /// Collective. All communicators made from `world` from now on are watched, and `world` itself. Alone, there is nobody
    /// to watch.
    RankWatch(Communicator& world, Options options);
    /// Without `stop`, as after an error: nobody is waited for.
    ~RankWatch();
    RankWatch(const RankWatch&) = delete;
    RankWatch& operator=(const RankWatch&) = delete;

    [[nodiscard]] std::optional<LostRank> lost() const;
    /// Whether this rank says for its node that rank 0 is lost.
    [[nodiscard]] bool speaks() const;
    /// Collective, at the end of a run without losses (one may still come to light here).
    void stop();
    /// After a loss, instead of a last barrier: rank 0 tells the others its exit code, and they wait for it, so that no rank
    /// is gone before rank 0 has written down what they gave it. Returns the code to leave with: `own` if rank 0 is lost.
    [[nodiscard]] int part(int own);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dj::mpi
