// SPDX-License-Identifier: Apache-2.0
/// One rank's hand in the job's checkpoints: a thread of its own joins every round that rank 0 announces, and writes what the
/// collector holds together with all other ranks while they compute on.
/// Rounds are numbered and every rank joins each of them, with nothing to write if need be, so none can wait for another.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "commit_messages.hpp"
#include "dj/mpi/communicator.hpp"
#include "dj/run/job.hpp"
#include "dj/storage/generation_writer.hpp"
#include "messages.hpp"
#include "state_collector.hpp"

namespace dj {

/// What a run has committed; complete on rank 0.
struct CommitTotals {
    std::uint64_t generations = 0;
    std::uint64_t states = 0;
    std::uint64_t exported = 0;   ///< Of them: partitions in the export's temporary files.
    std::uint64_t bytes = 0;      ///< As stored.
    std::uint64_t raw_bytes = 0;  ///< Before compression.
    double seconds = 0;           ///< Of all rounds together.
};

class Checkpointer {
public:
    struct Context {
        const JobSpec& spec;
        const Pipeline& pipeline;
        StateCollector& collector;
        FileSystem& files;
        StageStore& store;
        std::function<void(int to, Tag tag, std::string bytes)> send;
        std::function<void()> make_output_durable;  ///< What this rank has exported so far.
        std::function<void()> check_still_ours;     ///< Rank 0: throws if a later attempt owns the job.
        std::function<void()>
            make_events_durable;  ///< Rank 0: what has been told of the states that are about to count.
        /// Rank 0: a generation counts, with these states.
        std::function<void(const GenerationRecord&, const std::vector<StateHead>&)> committed;
        std::function<void(std::exception_ptr)> fail;  ///< Commits fail again and again.
    };

    /// Collective. `first_number`: of the first generation (rank 0's counts).
    Checkpointer(const mpi::Communicator& communicator, Context context, std::uint64_t first_number);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// Rank 0: some rank holds as much as it may.
    void want();
    /// Rank 0 has announced a round. Does not block.
    void announced(const CommitRound& round);
    /// Rank 0: a rank has written what it had alone. Does not block.
    void rescued(Rescued&& rescued);
    /// Collective (rank 0 announces, the others wait). The last round; then the thread has ended. It commits all that is
    /// done, or, where the job is (`CommitReason::end`), what another recipe may go on from. Returns why it failed.
    /// After the loss of a rank it takes nobody else: ranks that live write alone, and rank 0 makes it count.
    [[nodiscard]] std::string finish(CommitReason reason);

    [[nodiscard]] CommitTotals totals() const;

private:
    void loop();
    void run_round(const CommitRound& round);
    void write_round(const CommitRound& round);
    void after_failure(const CommitRound& round, std::exception_ptr error);
    void learn_speed(const GenerationRecord& record, std::uint64_t row_bytes);
    void announce_if_due();
    void announce(CommitReason reason, bool last);
    void rescue();
    [[nodiscard]] std::optional<std::uint64_t> rescue_number();
    [[nodiscard]] Rescued write_alone(std::uint64_t number);
    void take_rescued();
    void make_count(const GenerationRecord& record, const std::vector<StateHead>& states);
    /// What the collector holds is added to what is to be written. Returns the bytes of its rows before that.
    std::uint64_t encode_taken(CommitReason reason);
    void note_error(const std::string& text);
    void keep_versions();
    [[nodiscard]] double predicted_seconds(std::uint64_t waiting_bytes) const;

    const mpi::Communicator communicator_;
    const Context context_;
    GenerationWriter writer_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<CommitRound> rounds_;
    std::vector<Rescued> rescued_;
    bool wanted_ = false;     ///< A rank holds as much as it may.
    bool announced_ = false;  ///< A round is under way.
    bool ended_ = false;
    std::string last_error_;
    CommitTotals totals_;

    // The thread's own.
    double fixed_seconds_ = 0.02;      ///< Of a round that writes next to nothing.
    std::vector<NewState> unwritten_;  ///< Encoded for a round that failed.
    std::uint64_t next_number_;
    int failures_ = 0;
    std::uint64_t next_clean_up_ = 8;
    std::chrono::steady_clock::time_point last_end_ = std::chrono::steady_clock::now();
    double seconds_per_byte_ = 1.0 / 100e6;  ///< Of rows to encode, compress and write.
    std::thread thread_;
};

}  // namespace dj
