// SPDX-License-Identifier: Apache-2.0
/// A run's side of its checkpoints: what it takes over from earlier starts of the job, and what it commits for later ones.
/// With `checkpoint.enabled: false` all verbs do nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checkpointer.hpp"
#include "coordinator.hpp"
#include "earlier_work.hpp"
#include "job_accounts.hpp"
#include "pass.hpp"

namespace dj {

class JobCheckpoints {
public:
    struct Context {
        const mpi::Communicator& communicator;
        FileSystem& files;
        const JobSpec& spec;
        const JobInput& input;
        const Pipeline& pipeline;
        StageStore& store;
    };
    /// Collective. Finds out what earlier starts of the job left, and removes what of theirs is of no use beside the output.
    explicit JobCheckpoints(const Context& context);

    /// Rank 0, before the first pass.
    void hand_over(Coordinator& coordinator) const;
    void hand_over(MappingBook& mapping) const;
    /// Dataset-wide operators that have decided already.
    [[nodiscard]] std::vector<ResolvedOp> resolved() const;

    struct Surroundings {
        std::function<void(int to, Tag tag, std::string bytes)> send;
        std::function<void()> make_output_durable;
        std::function<void()> check_still_ours;
        std::function<void(std::exception_ptr)> fail;
    };
    /// Collective.
    void start(Surroundings surroundings);
    /// For the messages about rounds; null where nothing is committed.
    [[nodiscard]] StateCollector* collector() { return collector_ ? &*collector_ : nullptr; }
    [[nodiscard]] Checkpointer* checkpointer() { return checkpointer_ ? &*checkpointer_ : nullptr; }

    /// Of a run that keeps states: nothing is left to do. The same on all ranks.
    [[nodiscard]] bool complete() const { return earlier_.complete; }
    [[nodiscard]] std::uint64_t rows_at_end() const { return earlier_.rows_at_end; }  ///< Rank 0, then.

    /// Adds what a pass needs to know.
    void prepare(PassContext& context);
    /// What this rank keeps of partitions that need not be processed; once, for the first pass.
    [[nodiscard]] std::vector<PartitionState> take_kept() { return std::move(earlier_.kept); }
    /// A dataset-wide operator has decided.
    void note_row_plan(const Segment& segment, const std::vector<StagedPartition>& staged);

    /// Collective. The last round. Returns why it failed, on the ranks where it did.
    [[nodiscard]] std::string finish(CommitReason reason);
    void fill(JobResult& result) const;
    /// Rank 0: whether a later start of the job can go on in the export's temporary files.
    [[nodiscard]] bool exported_some() const;

private:
    void prepare_output() const;
    void tell_recovered();
    void record_commit(const GenerationRecord& record, const std::vector<StateHead>& states) const;

    const Context context_;
    StatePlan plan_;
    Digest128 export_hash_{};
    EarlierWork earlier_;
    std::optional<StateCollector> collector_;
    std::optional<Checkpointer> checkpointer_;
};

}  // namespace dj
