// SPDX-License-Identifier: Apache-2.0
/// MPI as typed verbs that return values; with `mailbox.hpp` the only place that knows MPI. Every verb marked
/// "Collective." must be called by all ranks of the communicator in the same order, from one thread at a time per
/// communicator. A failing call throws EnvironmentError carrying the call's name and MPI's text.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dj::mpi {

/// No single message, count or displacement is larger: MPI's are 32-bit, and libraries copy in pieces anyway.
inline constexpr std::uint64_t kMaxMessageBytes = std::uint64_t{1} << 30U;

/// Initialises MPI on construction (MPI_THREAD_MULTIPLE, or EnvironmentError naming what the library offers) and
/// finalises it on destruction. Without a launcher the singleton settings that start in 0.03 s are chosen first.
class Session {
public:
    Session();
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    /// Whether a launcher (mpirun, srun) started this process.
    [[nodiscard]] static bool launched();
    [[nodiscard]] std::string library_version() const;
    /// Ends all ranks of the job at once, without waiting for any. Only `main` may call it.
    [[noreturn]] static void abort(int exit_code);
};

/// Ends the process with `exit_code` if it is still there after so long: around calls of MPI that may wait for ever, where
/// nobody watches. `text` is told before; nothing is, if it is empty.
class ProcessDeadline {
public:
    ProcessDeadline(double seconds, int exit_code, std::string text,
                    std::function<void(const std::string&)> tell);
    ~ProcessDeadline();
    ProcessDeadline(const ProcessDeadline&) = delete;
    ProcessDeadline& operator=(const ProcessDeadline&) = delete;

private:
    struct State;
    std::unique_ptr<State> state_;
};

struct CommunicatorState;
class LossBoard;

/// A rank that counts as lost, as this rank knows it.
struct LostRank {
    int rank = 0;
    std::string host;
    double silent_seconds = 0;
    bool is_this = false;  ///< Rank 0 has given this very rank up.
    [[nodiscard]] std::string text() const;
};

/// Keeps a listener of `Communicator::on_loss`; when it is gone, the listener is not called any more.
class LossListener {
public:
    LossListener() = default;
    LossListener(std::shared_ptr<LossBoard> board, std::uint64_t id) : board_(std::move(board)), id_(id) {}
    ~LossListener();
    LossListener(LossListener&& other) noexcept = default;
    LossListener& operator=(LossListener&& other) noexcept = delete;

private:
    std::shared_ptr<LossBoard> board_;
    std::uint64_t id_ = 0;
};

/// Where a RankWatch is kept (rank_watch.hpp), collectives throw RankLost once a rank is lost. What they were to receive
/// into is then left to the end of the process, since MPI may still write there.
class Communicator {
public:
    /// All ranks of the session.
    [[nodiscard]] static Communicator world();
    /// This rank alone: collectives of it need nobody, whatever became of others.
    [[nodiscard]] static Communicator self();
    [[nodiscard]] int rank() const;
    [[nodiscard]] int size() const;
    [[nodiscard]] bool is_root() const { return rank() == 0; }
    [[nodiscard]] std::string processor_name() const;

    /// The first rank that was lost, as far as is known here. Thread-safe, as are the verbs about losses below.
    [[nodiscard]] std::optional<LostRank> lost() const;
    /// `rank`: of the session.
    [[nodiscard]] bool is_lost(int rank) const;
    /// `listener` runs on the watch's thread and must not block; at once, if a rank is lost already.
    [[nodiscard]] LossListener on_loss(std::function<void(const LostRank&)> listener) const;
    /// How long a rank may be silent from now on.
    void set_rank_timeout(double seconds) const;

    /// Collective. A communicator of the same ranks with its own message space.
    [[nodiscard]] Communicator duplicate() const;
    /// Collective. Ranks with the same colour, ordered by rank.
    [[nodiscard]] Communicator split(int colour) const;
    /// Collective. The ranks that share this rank's node.
    [[nodiscard]] Communicator split_by_node() const;

    /// Collective.
    void barrier() const;
    /// Collective. The root's bytes on every rank (any size).
    [[nodiscard]] std::string broadcast(std::string bytes, int root = 0) const;
    /// Collective. Every rank's bytes on the root, by rank; empty elsewhere (any size).
    [[nodiscard]] std::vector<std::string> gather(const std::string& bytes, int root = 0) const;
    /// Collective.
    [[nodiscard]] std::uint64_t sum(std::uint64_t value) const;
    [[nodiscard]] std::uint64_t max(std::uint64_t value) const;
    [[nodiscard]] std::vector<std::uint64_t> sum(std::vector<std::uint64_t> values) const;
    /// Collective. Sum over the ranks before this one.
    [[nodiscard]] std::uint64_t exclusive_sum(std::uint64_t value) const;
    /// Collective. True if it is true on all ranks.
    [[nodiscard]] bool agree(bool ok) const;
    /// Collective. The i-th string goes to rank i; returns what each rank sent here. One call moves what it is given:
    /// callers bound it. Internally cut into rounds so that no count or displacement passes `kMaxMessageBytes`.
    [[nodiscard]] std::vector<std::string> all_to_all(const std::vector<std::string>& to) const;
    /// For tests: all calls behave as if MPI's limit were this many bytes. The same on all ranks; communicators made from
    /// this one inherit it.
    void set_message_limit_for_tests(std::uint64_t bytes);

    ~Communicator();
    Communicator(Communicator&&) noexcept;
    Communicator& operator=(Communicator&&) noexcept;

private:
    friend class Mailbox;
    friend class RankWatch;
    explicit Communicator(std::unique_ptr<CommunicatorState> state);
    std::unique_ptr<CommunicatorState> state_;
};

}  // namespace dj::mpi
