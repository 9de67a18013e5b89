// SPDX-License-Identifier: Apache-2.0
#include "checkpointer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "agreement.hpp"
#include "dj/base/byte_stream.hpp"
#include "dj/base/clock.hpp"
#include "row_delta.hpp"

namespace dj {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLookInterval = std::chrono::milliseconds(50);
constexpr int kMaxFailures = 3;
/// Rows are worth a copy under `auto` if making them anew costs so many times what the copy does.
constexpr double kWorthACopy = 20;
/// A round that writes less says nothing about the speed.
constexpr std::uint64_t kTellingBytes = 16ULL << 20;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

Checkpointer::Checkpointer(const mpi::Communicator& communicator, Context context, std::uint64_t first_number)
    : communicator_(communicator.duplicate()),
      context_(std::move(context)),
      hashes_(ops_hashes(ops_identity(context_.spec), context_.spec.ops)),
      writer_(communicator_, context_.files, context_.spec.checkpoint.folder, context_.spec.attempt),
      next_number_(first_number) {
    thread_ = std::thread([this] { loop(); });
}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

StateHead Checkpointer::head_of(StateKind kind, std::uint32_t partition, std::uint32_t position) const {
    StateHead head;
    head.partition = partition;
    head.position = position;
    head.attempt = static_cast<std::uint32_t>(context_.spec.attempt);
    head.kind = kind;
    head.ops_hash = kind == StateKind::exported ? context_.export_hash : hashes_.at(position);
    return head;
}

void Checkpointer::add(PendingState&& state) {
    std::uint64_t bytes = 0;
    {
        const std::lock_guard lock(mutex_);
        if (ended_) return;
        pending_bytes_ += state.waiting_bytes();
        bytes = pending_bytes_;
        pending_.push_back(std::move(state));
    }
    if (bytes > context_.spec.checkpoint.commit.most_waiting_bytes) context_.send(0, Tag::commit_wanted, {});
}

void Checkpointer::partition_done(PartitionState& state, double begin_seconds) {
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
    add_recorded(state, account);
    if (context_.pipeline.segments[state.pass].ends_dataset_wide) add_boundary(state, account);
}

void Checkpointer::add_recorded(PartitionState& state, const PartitionAccount& account) {
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
    }
}

void Checkpointer::add_boundary(const PartitionState& state, const PartitionAccount& account) {
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

void Checkpointer::exported(std::uint32_t partition, const ExportedRows& rows) {
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

void Checkpointer::row_plan(const StagedPartition& partition, std::uint32_t base_position) {
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

void Checkpointer::announced(const CommitRound& round) {
    {
        const std::lock_guard lock(mutex_);
        rounds_.push_back(round);
    }
    changed_.notify_all();
}

std::string Checkpointer::finish(CommitReason reason) {
    if (!thread_.joinable()) return {};
    if (communicator_.is_root()) announce(reason, true);
    thread_.join();
    return last_error_;
}

CommitTotals Checkpointer::totals() const {
    const std::lock_guard lock(mutex_);
    return totals_;
}

void Checkpointer::announce(CommitReason reason, bool last) {
    CommitRound round;
    {
        const std::lock_guard lock(mutex_);
        announced_ = true;
        // A job that is done is of use to another recipe only, and a short one not even to that, unless it was asked for.
        const auto strategy = context_.spec.checkpoint.strategy;
        const bool nothing = reason == CommitReason::end && totals_.generations == 0 &&
                             strategy != CheckpointStrategy::every_op &&
                             strategy != CheckpointStrategy::manual;
        round = {next_number_++, reason, last, nothing};
        wanted_ = false;
    }
    for (int rank = 0; rank < communicator_.size(); ++rank)
        context_.send(rank, Tag::commit, ByteWriter().put(round).take());
}

void Checkpointer::want() {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
}

double Checkpointer::predicted_seconds(std::uint64_t waiting_bytes) const {
    return fixed_seconds_ + static_cast<double>(waiting_bytes) * seconds_per_byte_;
}

/// Rank 0. How much waits is judged by its own part: partitions are spread evenly.
void Checkpointer::announce_if_due() {
    CommitReason reason = CommitReason::interval;
    {
        const std::lock_guard lock(mutex_);
        if (announced_) return;
        std::uint64_t bytes = pending_bytes_;
        for (const PendingState& state : pending_) {
            for (const auto& rows : state.rows) bytes += rows.batch->size_bytes();
        }
        CommitPolicy policy = context_.spec.checkpoint.commit;
        policy.most_waiting_bytes =
            ~std::uint64_t{0};  // rows that wait for the next pass take no memory here
        if (wanted_) {
            reason = CommitReason::bytes;
        } else if (!commit_is_due(policy, seconds_since(last_end_), predicted_seconds(bytes),
                                  bytes + pending_.size())) {
            return;
        }
    }
    announce(reason, false);
}

void Checkpointer::loop() {
    while (true) {
        std::optional<CommitRound> round;
        {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, kLookInterval, [&] { return ended_ || !rounds_.empty(); });
            if (ended_) return;
            if (!rounds_.empty()) {
                round = rounds_.front();
                rounds_.pop_front();
            }
        }
        try {
            if (!round) {
                if (communicator_.is_root()) announce_if_due();
                continue;
            }
            run_round(*round);
        } catch (...) {
            context_.fail(std::current_exception());
        }
        if (round->last) return;
    }
}

void Checkpointer::run_round(const CommitRound& round) {
    try {
        write_round(round);
        failures_ = 0;
        const std::lock_guard lock(mutex_);
        last_error_.clear();
    } catch (const OtherRankFailed&) {
        after_failure(round,
                      std::make_exception_ptr(EnvironmentError("a checkpoint failed on another rank")));
    } catch (const std::exception&) {
        after_failure(round, std::current_exception());
    }
    const std::lock_guard lock(mutex_);
    announced_ = false;
    last_end_ = Clock::now();
}

/// A disk may be full for a moment. What a round could not write waits for the next; three in a row end the job.
void Checkpointer::after_failure(const CommitRound& round, std::exception_ptr error) {
    ++failures_;
    std::string text;
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& thrown) {
        text = thrown.what();
    }
    {
        const std::lock_guard lock(mutex_);
        last_error_ = text;
    }
    if (failures_ >= kMaxFailures && !round.last) context_.fail(std::move(error));
}

std::vector<PendingState> Checkpointer::take_pending(const CommitRound& round) {
    const std::lock_guard lock(mutex_);
    std::vector<PendingState> taken = std::exchange(pending_, {});
    pending_bytes_ = 0;
    if (round.reason == CommitReason::end) {
        // The rows have gone on, and the export is about to get its own name.
        std::erase_if(taken, [](const PendingState& state) {
            return !state.rows.empty() || state.head.kind == StateKind::exported;
        });
    }
    return taken;
}

void Checkpointer::write_round(const CommitRound& round) {
    if (round.nothing) return;
    const auto begin = Clock::now();
    std::vector<PendingState> taken = take_pending(round);
    std::uint64_t row_bytes = 0;
    bool exports = false;
    for (const PendingState& state : taken) {
        exports = exports || state.head.kind == StateKind::exported;
        for (const auto& rows : state.rows) row_bytes += rows.batch->size_bytes();
    }
    together(communicator_, [&] {
        auto made = encode_all(std::move(taken), context_.store, context_.pipeline.schema,
                               context_.spec.checkpoint.compression, context_.spec.threads);
        for (NewState& state : made) unwritten_.push_back(std::move(state));
        if (exports) context_.make_output_durable();
    });
    GenerationRecord record = writer_.write(round.number, unwritten_);
    record.reason = to_string(round.reason);
    std::vector<StateHead> own;
    for (const NewState& state : unwritten_) own.push_back(state.head);
    const auto heads = communicator_.gather(ByteWriter().put_all(own).take());
    record.seconds = seconds_since(begin);
    together(communicator_, [&] {
        if (!communicator_.is_root() || record.states == 0) return;
        context_.make_events_durable();
        context_.check_still_ours();
        append_to_manifest(context_.files, context_.spec.checkpoint.folder, record);
    });
    unwritten_.clear();
    if (!communicator_.is_root() || record.states == 0) return;
    count(record, row_bytes);
    std::vector<StateHead> all;
    for (const std::string& bytes : heads) {
        for (const StateHead& head : ByteReader(bytes).get_all<StateHead>()) all.push_back(head);
    }
    {
        const std::lock_guard lock(mutex_);
        totals_.exported += static_cast<std::uint64_t>(std::count_if(
            all.begin(), all.end(), [](const StateHead& head) { return head.kind == StateKind::exported; }));
    }
    context_.committed(record, all);
    keep_versions();
}

void Checkpointer::count(const GenerationRecord& record, std::uint64_t row_bytes) {
    const std::lock_guard lock(mutex_);
    ++totals_.generations;
    totals_.states += record.states;
    totals_.bytes += record.bytes;
    totals_.raw_bytes += record.raw_bytes;
    totals_.seconds += record.seconds;
    if (row_bytes > kTellingBytes) {
        seconds_per_byte_ = std::max(record.seconds - fixed_seconds_, 0.0) / static_cast<double>(row_bytes);
    } else {
        fixed_seconds_ = 0.5 * (fixed_seconds_ + record.seconds);
    }
}

/// Old generations go when there are twice as many as after the last time: reading all indexes is not free.
void Checkpointer::keep_versions() {
    if (totals_.generations < next_clean_up_) return;
    const auto& spec = context_.spec.checkpoint;
    const CheckpointContents contents = read_checkpoints(context_.files, spec.folder);
    remove_generations(context_.files, spec.folder, generations_to_remove(contents, spec.keep_versions));
    next_clean_up_ = totals_.generations + std::max<std::uint64_t>(8, contents.generations.size());
}

}  // namespace dj
