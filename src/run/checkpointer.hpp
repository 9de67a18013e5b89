// SPDX-License-Identifier: Apache-2.0
/// One rank's hand in the job's checkpoints. Threads that finish partitions leave their states here; a thread of its own
/// joins every round that rank 0 announces, and writes what is there together with all other ranks while they compute on.
/// Rounds are numbered and every rank joins each of them, with nothing to write if need be, so none can wait for another.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "dj/mpi/communicator.hpp"
#include "dj/run/job.hpp"
#include "dj/storage/generation_writer.hpp"
#include "exporter.hpp"
#include "messages.hpp"
#include "partition_account.hpp"
#include "pending_state.hpp"
#include "staged_partition.hpp"
#include "state_layout.hpp"

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
        const StatePlan& states;
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
        Digest128 export_hash{};                       ///< Of all that decides the bytes of the output.
    };

    /// Collective. `first_number`: of the first generation (rank 0's counts).
    Checkpointer(const mpi::Communicator& communicator, Context context, std::uint64_t first_number);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// A partition has been through a pass. `state` keeps its rows; its recorded states are taken.
    void partition_done(PartitionState& state, double begin_seconds);
    /// The rows of a partition that is done stand in the export's temporary files.
    void exported(std::uint32_t partition, const ExportedRows& rows);
    /// What a dataset-wide operator decided for a partition: which of its rows stay. Of the operator behind
    /// `base_position` others.
    void row_plan(const StagedPartition& partition, std::uint32_t base_position);
    /// A partition that need not be processed: its account, for the states of later passes.
    void adopt(std::uint32_t partition, PartitionAccount account);

    /// Rank 0: some rank holds as much as it may.
    void want();
    /// Rank 0 has announced a round. Does not block.
    void announced(const CommitRound& round);
    /// Collective (rank 0 announces, the others wait). The last round; then the thread has ended. It commits all that is
    /// done, or, where the job is (`CommitReason::end`), what another recipe may go on from. Returns why it failed.
    [[nodiscard]] std::string finish(CommitReason reason);

    [[nodiscard]] CommitTotals totals() const;

private:
    void loop();
    [[nodiscard]] std::vector<PendingState> take_pending(const CommitRound& round);
    void run_round(const CommitRound& round);
    void write_round(const CommitRound& round);
    void after_failure(const CommitRound& round, std::exception_ptr error);
    void count(const GenerationRecord& record, std::uint64_t row_bytes);
    void announce_if_due();
    void announce(CommitReason reason, bool last);
    void add(PendingState&& state);
    [[nodiscard]] StateHead head_of(StateKind kind, std::uint32_t partition, std::uint32_t position) const;
    void add_recorded(PartitionState& state, const PartitionAccount& account);
    void add_boundary(const PartitionState& state, const PartitionAccount& account);
    void keep_versions();
    [[nodiscard]] double predicted_seconds(std::uint64_t waiting_bytes) const;

    const mpi::Communicator communicator_;
    const Context context_;
    const std::vector<Digest128> hashes_;  ///< Of the operators, by position.
    GenerationWriter writer_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<CommitRound> rounds_;
    std::vector<PendingState> pending_;
    std::uint64_t pending_bytes_ = 0;
    std::map<std::uint32_t, PartitionAccount> accounts_;
    bool wanted_ = false;     ///< A rank holds as much as it may.
    bool announced_ = false;  ///< A round is under way.
    bool ended_ = false;
    std::string last_error_;
    CommitTotals totals_;

    // The thread's own.
    std::vector<NewState> unwritten_;  ///< Encoded for a round that failed.
    std::uint64_t next_number_;
    int failures_ = 0;
    std::uint64_t next_clean_up_ = 8;
    std::chrono::steady_clock::time_point last_end_ = std::chrono::steady_clock::now();
    double fixed_seconds_ = 0.02;            ///< Of a round that writes next to nothing.
    double seconds_per_byte_ = 1.0 / 100e6;  ///< Of rows to encode, compress and write.
    std::thread thread_;
};

}  // namespace dj
