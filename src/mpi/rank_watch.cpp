// SPDX-License-Identifier: Apache-2.0
#include "dj/mpi/rank_watch.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "dj/base/exit_code.hpp"
#include "mpi/communicator_state.hpp"
#include "mpi/loss_board.hpp"
#include "mpi/mpi_call.hpp"

namespace dj::mpi {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLookInterval = std::chrono::milliseconds(50);
constexpr double kBeatsPerSecond = 256;
constexpr double kLongestBeatInterval = 1;
/// A silence of fewer beats proves nothing.
constexpr double kFewestBeats = 4;
/// More than this between two looks, and it was this process that did not run.
constexpr double kMostBetweenLooks = 1;
constexpr int kWatchTag = 1;

/// What the watches of two ranks say to each other: eight bytes twice.
struct Word {
    enum class Kind : std::int32_t { beat, lost, leave };
    Kind kind = Kind::beat;
    std::int32_t number = 0;  ///< lost: the rank; leave: the exit code.
    double silent_seconds = 0;
};

double beat_interval(double timeout_seconds, int ranks) {
    return std::max(std::min(kLongestBeatInterval, timeout_seconds / kFewestBeats),
                    static_cast<double>(ranks) / kBeatsPerSecond);
}

}  // namespace

std::string LostRank::text() const {
    if (is_this) {
        return fmt::format(
            "rank 0 has given up rank {} on {}, this one, which it had not heard of for {:.0f} s", rank, host,
            silent_seconds);
    }
    return fmt::format(
        "rank {} on {} is lost: it has given no sign of life for {:.0f} s (its process ended or hangs, or "
        "the "
        "node or the network is down)",
        rank, host, silent_seconds);
}

double effective_rank_timeout(double wanted_seconds, int ranks) {
    return std::max(wanted_seconds, kFewestBeats * static_cast<double>(ranks) / kBeatsPerSecond);
}

struct RankWatch::State {
    State(const Communicator& world, Options wanted)
        : options(std::move(wanted)),
          communicator(world.duplicate()),
          comm(*communicator.state_),
          board(comm.losses),
          hosts(host_names(communicator)),
          heard(static_cast<std::size_t>(comm.size), 0),
          given_up(static_cast<std::size_t>(comm.size), false),
          speaks(speaks_for_node(world)) {}

    struct Sent {
        int to = 0;
        Word word;
        MPI_Request request = MPI_REQUEST_NULL;
    };

    const Options options;
    const Communicator communicator;
    const CommunicatorState& comm;
    const std::shared_ptr<LossBoard> board;
    const std::vector<std::string> hosts;

    // The thread's own.
    std::vector<double> heard;   ///< By rank, in lived time.
    std::vector<bool> given_up;  ///< By rank: it counts as lost.
    double lived = 0;            ///< Seconds in which this process ran.
    double next_beat = 0;
    double farewell_end = -1;
    bool leave_sent = false;
    std::list<Sent> sent;
    Word incoming;
    MPI_Request receive = MPI_REQUEST_NULL;
    MPI_Request last_barrier = MPI_REQUEST_NULL;
    const bool speaks;

    std::mutex mutex;
    std::condition_variable changed;
    bool abandoned = false;
    bool stopping = false;
    bool stopped = false;
    std::optional<int> leave_code;  ///< Rank 0: to tell the others. Elsewhere: as told.
    bool leave_taken = false;       ///< Rank 0: all that live have it.
    std::thread thread;

    static std::vector<std::string> host_names(const Communicator& communicator);
    static bool speaks_for_node(const Communicator& world);
    void run() noexcept;
    void talk();
    void take_messages();
    void take(int from, const Word& word);
    void beat();
    void look_for_silence();
    void lose(int rank, double silent_seconds);
    void end_process_if_late();
    void send_leave();
    void send(int to, const Word& word);
    void drop_sent();
    bool ended();
    [[nodiscard]] double timeout() const {
        return effective_rank_timeout(board->rank_timeout_seconds, comm.size);
    }
};

std::vector<std::string> RankWatch::State::host_names(const Communicator& communicator) {
    const auto names = communicator.gather(communicator.processor_name());
    std::string joined;
    for (const auto& name : names) joined += name + '\n';
    joined = communicator.broadcast(std::move(joined));
    std::vector<std::string> hosts;
    for (std::size_t begin = 0; begin < joined.size();) {
        const std::size_t end = joined.find('\n', begin);
        hosts.push_back(joined.substr(begin, end - begin));
        begin = end + 1;
    }
    hosts.resize(static_cast<std::size_t>(communicator.size()));
    return hosts;
}

/// Rank 0, which may be the one that is missed, and the first of the other ranks of each node.
bool RankWatch::State::speaks_for_node(const Communicator& world) {
    const Communicator node = world.split_by_node();
    const int first = node.max(static_cast<std::uint64_t>(world.is_root() ? 1 : 0)) != 0 ? 1 : 0;
    return world.is_root() || node.rank() == first;
}

void RankWatch::State::run() noexcept {
    auto before = Clock::now();
    while (!ended()) {
        const auto now = Clock::now();
        lived += std::min(std::chrono::duration<double>(now - before).count(), kMostBetweenLooks);
        before = now;
        talk();
        look_for_silence();
        end_process_if_late();
        std::unique_lock lock(mutex);
        changed.wait_for(lock, kLookInterval, [this] { return abandoned; });
    }
    const std::lock_guard lock(mutex);
    stopped = true;
    changed.notify_all();
}

/// What fails here (a broken connection) shows as silence.
void RankWatch::State::talk() try {
    take_messages();
    beat();
    send_leave();
    drop_sent();
} catch (const std::exception&) {
}

void RankWatch::State::take_messages() {
    while (true) {
        if (receive == MPI_REQUEST_NULL) {
            check(MPI_Irecv(&incoming, sizeof incoming, MPI_BYTE, MPI_ANY_SOURCE, kWatchTag, comm.comm,
                            &receive),
                  "MPI_Irecv");
        }
        int done = 0;
        MPI_Status status;
        check(MPI_Test(&receive, &done, &status), "MPI_Test");
        if (done == 0) return;
        receive = MPI_REQUEST_NULL;
        take(status.MPI_SOURCE, incoming);
    }
}

void RankWatch::State::take(int from, const Word& word) {
    heard[static_cast<std::size_t>(from)] = lived;
    if (word.kind == Word::Kind::lost) {
        LostRank lost{word.number, hosts[static_cast<std::size_t>(word.number)], word.silent_seconds};
        lost.is_this = word.number == comm.rank;
        board->report(lost);
    } else if (word.kind == Word::Kind::leave) {
        const std::lock_guard lock(mutex);
        leave_code = word.number;
        changed.notify_all();
    }
}

void RankWatch::State::beat() {
    if (lived < next_beat || last_barrier != MPI_REQUEST_NULL) return;
    next_beat = lived + beat_interval(timeout(), comm.size);
    if (comm.rank != 0) {
        send(0, {});
        return;
    }
    for (int rank = 1; rank < comm.size; ++rank) send(rank, {});
}

/// One beat at a time under way to a rank: a silent one must not collect them.
void RankWatch::State::send(int to, const Word& word) {
    if (word.kind == Word::Kind::beat &&
        std::any_of(sent.begin(), sent.end(), [&](const Sent& one) { return one.to == to; }))
        return;
    Sent& one = sent.emplace_back(Sent{to, word});
    check(MPI_Issend(&one.word, sizeof one.word, MPI_BYTE, to, kWatchTag, comm.comm, &one.request),
          "MPI_Issend");
}

void RankWatch::State::drop_sent() {
    for (auto one = sent.begin(); one != sent.end();) {
        int done = 0;
        check(MPI_Test(&one->request, &done, MPI_STATUS_IGNORE), "MPI_Test");
        one = done != 0 ? sent.erase(one) : std::next(one);
    }
}

void RankWatch::State::look_for_silence() {
    const double limit = timeout();
    const int end = comm.rank == 0 ? comm.size : 1;
    for (int rank = comm.rank == 0 ? 1 : 0; rank < end; ++rank) {
        const double silent = lived - heard[static_cast<std::size_t>(rank)];
        if (silent > limit && !given_up[static_cast<std::size_t>(rank)]) lose(rank, silent);
    }
}

void RankWatch::State::lose(int rank, double silent_seconds) {
    given_up[static_cast<std::size_t>(rank)] = true;
    const bool first = board->report({rank, hosts[static_cast<std::size_t>(rank)], silent_seconds});
    // One is enough for the others: a node that dies takes a hundred ranks with it, and thousands would hear of each.
    if (comm.rank != 0 || !first) return;
    // The lost one too: if it lives on, it had better not.
    for (int other = 1; other < comm.size; ++other) send(other, {Word::Kind::lost, rank, silent_seconds});
}

void RankWatch::State::send_leave() {
    if (comm.rank != 0) return;
    const std::lock_guard lock(mutex);
    if (!leave_code) return;
    const auto lives = [this](int rank) { return !given_up[static_cast<std::size_t>(rank)]; };
    if (!leave_sent) {
        leave_sent = true;
        for (int rank = 1; rank < comm.size; ++rank) {
            if (lives(rank)) send(rank, {Word::Kind::leave, *leave_code, 0});
        }
    }
    leave_taken = std::none_of(sent.begin(), sent.end(), [&](const Sent& one) {
        return one.word.kind == Word::Kind::leave && lives(one.to);
    });
    if (leave_taken) changed.notify_all();
}

/// After a loss the process ends, whatever hangs.
void RankWatch::State::end_process_if_late() {
    if (!board->any()) return;
    if (farewell_end < 0) farewell_end = lived + options.farewell_seconds;
    if (lived < farewell_end) return;
    if (speaks && options.tell) {
        options.tell(
            fmt::format("{}; rank {} was not ready to leave within {:.0f} s and is ended. What was "
                        "committed before stands",
                        board->first()->text(), comm.rank, options.farewell_seconds));
    }
    std::_Exit(static_cast<int>(ExitCode::failed));
}

/// Without losses: once all ranks want to stop and nothing is under way any more.
bool RankWatch::State::ended() {
    {
        const std::lock_guard lock(mutex);
        if (abandoned) return true;
        if (!stopping) return false;
    }
    if (board->any() || !sent.empty()) return false;
    try {
        int done = 0;
        if (last_barrier == MPI_REQUEST_NULL) {
            check(MPI_Ibarrier(comm.comm, &last_barrier), "MPI_Ibarrier");
        } else {
            check(MPI_Test(&last_barrier, &done, MPI_STATUS_IGNORE), "MPI_Test");
        }
        if (done == 0) return false;
        if (receive != MPI_REQUEST_NULL) {
            check(MPI_Cancel(&receive), "MPI_Cancel");
            check(MPI_Wait(&receive, MPI_STATUS_IGNORE), "MPI_Wait");
        }
    } catch (const std::exception&) {
        return true;
    }
    return true;
}

RankWatch::RankWatch(Communicator& world, Options options) {
    if (world.size() == 1) return;
    world.state_->losses = std::make_shared<LossBoard>(options.rank_timeout_seconds);
    state_ = std::make_unique<State>(world, std::move(options));
    state_->thread = std::thread([state = state_.get()] { state->run(); });
}

RankWatch::~RankWatch() {
    if (!state_ || !state_->thread.joinable()) return;
    {
        const std::lock_guard lock(state_->mutex);
        state_->abandoned = true;
    }
    state_->changed.notify_all();
    state_->thread.join();
    static_cast<void>(state_.release());  // MPI may still write there
}

std::optional<LostRank> RankWatch::lost() const { return state_ ? state_->board->first() : std::nullopt; }

bool RankWatch::speaks() const { return !state_ || state_->speaks; }

void RankWatch::stop() {
    if (!state_ || !state_->thread.joinable()) return;
    std::unique_lock lock(state_->mutex);
    state_->stopping = true;
    // A loss that comes to light now needs the thread for `part`.
    while (!state_->stopped && !state_->board->any()) state_->changed.wait_for(lock, kLookInterval);
    const bool ended = state_->stopped;
    lock.unlock();
    if (ended) state_->thread.join();
}

int RankWatch::part(int own) {
    const auto loss = lost();
    if (!loss || loss->is_this || (loss->rank == 0 && state_->comm.rank != 0)) return own;
    State& state = *state_;
    std::unique_lock lock(state.mutex);
    // Whoever waits here for one that never answers is ended by the thread's own limit.
    if (state.comm.rank == 0) {
        state.leave_code = own;
        state.changed.wait(lock, [&] { return state.leave_taken; });
    } else {
        state.changed.wait(lock, [&] { return state.leave_code.has_value(); });
    }
    return *state.leave_code;
}

}  // namespace dj::mpi
