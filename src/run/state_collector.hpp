// SPDX-License-Identifier: Apache-2.0
/// The states of one rank that wait for a commit. Threads that finish partitions leave them here; the checkpoint thread takes
/// them at each round. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "commit_messages.hpp"
#include "dj/run/job.hpp"
#include "exporter.hpp"
#include "partition_account.hpp"
#include "pending_state.hpp"
#include "staged_partition.hpp"
#include "state_layout.hpp"

namespace dj {

class StateCollector {
public:
    struct Context {
        const JobSpec& spec;
        const Pipeline& pipeline;
        const StatePlan& states;
        StageStore& store;
        Digest128 export_hash{};     ///< Of all that decides the bytes of the output.
        std::function<void()> full;  ///< More waits than may: `CommitPolicy::most_waiting_bytes`.
    };
    explicit StateCollector(Context context);

    /// A partition has been through a pass. `state` keeps its rows; its recorded states are taken.
    void partition_done(PartitionState& state, double begin_seconds);
    /// The rows of a partition that is done stand in the export's temporary files.
    void exported(std::uint32_t partition, const ExportedRows& rows);
    /// What a dataset-wide operator decided for a partition: which of its rows stay. Of the operator behind
    /// `base_position` others.
    void row_plan(const StagedPartition& partition, std::uint32_t base_position);

    /// Whether the states at the end of a pass are going to be stored, so that they had better be recorded while rows go
    /// by. A job that is done before its first commit comes near records none. Thread-safe.
    [[nodiscard]] bool wants_boundaries();

    /// All that waits, for a commit that is held for this reason.
    [[nodiscard]] std::vector<PendingState> take(CommitReason reason);
    struct Waiting {
        std::uint64_t states = 0;
        std::uint64_t bytes = 0;  ///< Encoded, and of rows that are not yet.
    };
    [[nodiscard]] Waiting waiting() const;
    /// What commits have shown: of rows to encode, compress and write.
    void set_copy_speed(double seconds_per_byte);

private:
    void add(PendingState&& state);
    [[nodiscard]] StateHead head_of(StateKind kind, std::uint32_t partition, std::uint32_t position) const;
    /// Returns the layouts of which a state was complete.
    std::vector<const StateLayout*> add_recorded(PartitionState& state, const PartitionAccount& account);
    void add_boundary(const PartitionState& state, const PartitionAccount& account);

    const Context context_;
    const std::vector<Digest128> hashes_;  ///< Of the operators, by position.
    const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    const double near_seconds_;
    std::atomic<bool> commit_is_near_{false};  ///< `near_seconds_` are over.

    mutable std::mutex mutex_;
    std::vector<PendingState> pending_;
    std::uint64_t pending_bytes_ = 0;
    std::map<std::uint32_t, PartitionAccount>
        accounts_;  ///< Of partitions between their first pass and the export.
    double seconds_per_byte_;
};

}  // namespace dj
