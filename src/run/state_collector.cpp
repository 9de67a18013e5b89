// SPDX-License-Identifier: Apache-2.0
#include "state_collector.hpp"

#include <algorithm>
#include <utility>

#include "dj/base/clock.hpp"
#include "dj/plan/commit_interval.hpp"

namespace dj {

namespace {

using Clock = std::chrono::steady_clock;

/// Rows are worth a copy under `auto` if making them anew costs so many times what the copy does.
constexpr double kWorthACopy = 20;
/// What copying costs until a commit has shown it.
constexpr double kFirstSecondsPerByte = 1.0 / 100e6;
/// The part of the first interval after which the first commit counts as near.
constexpr double kNear = 0.1;

/// When the first commit is near; at once where commits follow each other within seconds.
double near_seconds(const CommitPolicy& policy) {
    const double seconds = kNear * commit_interval(policy, 0);
    return seconds < 1 ? 0 : seconds;
}

}  // namespace

StateCollector::StateCollector(Context context)
    : context_(std::move(context)),
      hashes_(ops_hashes(ops_identity(context_.spec), context_.spec.ops)),
      near_seconds_(near_seconds(context_.spec.checkpoint.commit)),
      seconds_per_byte_(kFirstSecondsPerByte) {}

StateHead StateCollector::head_of(StateKind kind, std::uint32_t partition, std::uint32_t position) const {
    StateHead head;
    head.partition = partition;
    head.position = position;
    head.attempt = static_cast<std::uint32_t>(context_.spec.attempt);
    head.kind = kind;
    head.ops_hash = kind == StateKind::exported ? context_.export_hash : hashes_.at(position);
    return head;
}

void StateCollector::add(PendingState&& state) {
    std::uint64_t bytes = 0;
    {
        const std::lock_guard lock(mutex_);
        pending_bytes_ += state.waiting_bytes();
        bytes = pending_bytes_;
        pending_.push_back(std::move(state));
    }
    if (bytes > context_.spec.checkpoint.commit.most_waiting_bytes) context_.full();
}

void StateCollector::partition_done(PartitionState& state, double begin_seconds) {
    if (state.pass >= context_.pipeline.input_segments) return;
    PartitionAccount account;
    {
        const std::lock_guard lock(mutex_);
        PartitionAccount& known = accounts_[state.partition];
        if (state.from_input) {
            known = {};
            known.records = state.records;
            known.bytes_read = state.bytes_read;
            known.content_hash = state.content_hash;
            known.begin_seconds = begin_seconds;
        }
        known.end_seconds = seconds_since_epoch();
        known.tallies.resize(state.tallies.size());
        for (std::size_t i = 0; i < state.tallies.size(); ++i) known.tallies[i] += state.tallies[i];
        if (state.fault_count > 0) {
            for (RowFault& fault : deserialise_faults(state.faults.read()))
                known.faults.push_back(std::move(fault));
        }
        account = known;
    }
    const auto recorded = add_recorded(state, account);
    const StateLayout* const boundary = &context_.states.boundaries[state.pass];
    const bool has_boundary = std::find(recorded.begin(), recorded.end(), boundary) != recorded.end();
    if (context_.pipeline.segments[state.pass].ends_dataset_wide && !has_boundary)
        add_boundary(state, account);
}

bool StateCollector::wants_boundaries() {
    if (context_.spec.goal == RunGoal::keep_states) return true;
    const CheckpointSpec& spec = context_.spec.checkpoint;
    if (spec.strategy != CheckpointStrategy::every_n_ops &&
        spec.strategy != CheckpointStrategy::every_partition)
        return false;
    if (commit_is_near_.load(std::memory_order_relaxed)) return true;
    if (std::chrono::duration<double>(Clock::now() - begin_).count() < near_seconds_) return false;
    commit_is_near_ = true;
    return true;
}

std::vector<const StateLayout*> StateCollector::add_recorded(PartitionState& state,
                                                             const PartitionAccount& account) {
    std::vector<const StateLayout*> complete;
    std::map<const StateLayout*, PendingState> states;
    for (MorselRows& morsel : state.morsels) {
        for (RecordedPiece& piece : morsel.states) {
            PendingState& pending = states[piece.layout];
            pending.head.rows += piece.rows;
            pending.raw_bytes += piece.raw_bytes;
            pending.pieces.push_back(std::move(piece.bytes));
        }
        morsel.states.clear();
    }
    const Segment& segment = context_.pipeline.segments[state.pass];
    for (auto& [layout, pending] : states) {
        if (pending.pieces.size() != state.morsels.size()) continue;  // some morsels had another base
        const std::uint64_t rows = pending.head.rows;
        pending.head = head_of(StateKind::rows, state.partition, layout->position);
        pending.head.base_position = layout->base_position;
        pending.head.rows = rows;
        pending.layout = layout;
        // The making of keys belongs to the operator behind the boundary, and to the state at it.
        const bool at_keys = segment.ends_dataset_wide && layout->position == segment.end_op;
        pending.about = to_json(up_to(account, layout->position + (at_keys ? 1 : 0), false));
        add(std::move(pending));
        complete.push_back(layout);
    }
    return complete;
}

void StateCollector::add_boundary(const PartitionState& state, const PartitionAccount& account) {
    const CheckpointSpec& spec = context_.spec.checkpoint;
    if (context_.states.boundary_taps[state.pass] || spec.strategy == CheckpointStrategy::manual) return;
    const StateLayout& layout = context_.states.boundaries[state.pass];
    PendingState pending;
    pending.head = head_of(StateKind::rows, state.partition, layout.position);
    pending.head.rows = state.rows();
    pending.layout = &layout;
    std::uint64_t bytes = 0;
    for (const MorselRows& morsel : state.morsels) {
        pending.rows.push_back({morsel.sequence, morsel.base.input_rows, morsel.batch});
        bytes += morsel.batch->size_bytes();
    }
    if (spec.strategy == CheckpointStrategy::automatic) {
        std::uint64_t nanoseconds = 0;
        for (const StepTally& tally : state.tallies) nanoseconds += tally.nanoseconds;
        const std::lock_guard lock(mutex_);
        const double copying = static_cast<double>(bytes) * seconds_per_byte_;
        if (static_cast<double>(nanoseconds) * 1e-9 < kWorthACopy * copying) return;
    }
    pending.about = to_json(up_to(account, layout.position + 1, false));
    add(std::move(pending));
}

void StateCollector::exported(std::uint32_t partition, const ExportedRows& rows) {
    PendingState pending;
    pending.head =
        head_of(StateKind::exported, partition, static_cast<std::uint32_t>(context_.pipeline.ops.size()));
    for (const ExportedRun& run : rows.runs) pending.head.rows += run.rows;
    {
        const std::lock_guard lock(mutex_);
        const auto account = accounts_.find(partition);
        if (account == accounts_.end()) return;  // of a new order: it is not one of the input's partitions
        pending.about = to_json(account->second);
        accounts_.erase(account);
    }
    pending.about["export"] = to_json(rows);
    add(std::move(pending));
}

void StateCollector::row_plan(const StagedPartition& partition, std::uint32_t base_position) {
    PendingState pending;
    pending.head = head_of(StateKind::row_plan, partition.partition, base_position + 1);
    pending.head.base_position = base_position;
    std::size_t row = 0;
    std::uint32_t sequence = 0;
    StateEncoder encoder(context_.spec.checkpoint.compression);
    for (const StagedPartition::Part& part : partition.parts) {
        MorselDelta delta;
        delta.sequence = sequence++;
        delta.base_rows = part.rows;
        for (std::uint32_t i = 0; i < part.rows; ++i, ++row) {
            if (partition.keep.empty() || partition.keep[row]) delta.sources.push_back(i);
        }
        pending.head.rows += delta.sources.size();
        pending.pieces.push_back(context_.store.put(encoder.morsel({}, delta, pending.raw_bytes)));
    }
    pending.about = {{"rows_in", partition.rows()}, {"rows_out", pending.head.rows}};
    {
        const std::lock_guard lock(mutex_);
        const auto account = accounts_.find(partition.partition);
        if (account != accounts_.end()) {
            pending.about["records"] = account->second.records;
            pending.about["content_hash"] = account->second.content_hash;
        }
    }
    add(std::move(pending));
}

std::vector<PendingState> StateCollector::take(CommitReason reason) {
    const std::lock_guard lock(mutex_);
    std::vector<PendingState> taken = std::exchange(pending_, {});
    pending_bytes_ = 0;
    if (reason == CommitReason::end) {
        // The rows have gone on, and the export is about to get its own name.
        std::erase_if(taken, [](const PendingState& state) {
            return !state.rows.empty() || state.head.kind == StateKind::exported;
        });
    }
    return taken;
}

StateCollector::Waiting StateCollector::waiting() const {
    const std::lock_guard lock(mutex_);
    Waiting waiting{pending_.size(), pending_bytes_};
    for (const PendingState& state : pending_) {
        for (const auto& rows : state.rows) waiting.bytes += rows.batch->size_bytes();
    }
    return waiting;
}

void StateCollector::set_copy_speed(double seconds_per_byte) {
    const std::lock_guard lock(mutex_);
    seconds_per_byte_ = seconds_per_byte;
}

}  // namespace dj
