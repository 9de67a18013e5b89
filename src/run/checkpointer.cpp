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
/// Less than RankWatch gives a process to leave after a loss.
constexpr auto kRescueTime = std::chrono::seconds(30);
/// A round that writes less says nothing about the speed.
constexpr std::uint64_t kTellingBytes = 16ULL << 20;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

Checkpointer::Checkpointer(const mpi::Communicator& communicator, Context context, std::uint64_t first_number)
    : communicator_(communicator.duplicate()),
      context_(std::move(context)),
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

void Checkpointer::announced(const CommitRound& round) {
    {
        const std::lock_guard lock(mutex_);
        rounds_.push_back(round);
    }
    changed_.notify_all();
}

std::string Checkpointer::finish(CommitReason reason) {
    if (!thread_.joinable()) return {};
    if (communicator_.is_root() && !communicator_.lost()) announce(reason, true);
    thread_.join();
    return last_error_;
}

CommitTotals Checkpointer::totals() const {
    const std::lock_guard lock(mutex_);
    return totals_;
}

void Checkpointer::rescued(Rescued&& rescued) {
    {
        const std::lock_guard lock(mutex_);
        rescued_.push_back(std::move(rescued));
    }
    changed_.notify_all();
}

void Checkpointer::announce(CommitReason reason, bool last) {
    CommitRound round;
    {
        const std::lock_guard lock(mutex_);
        announced_ = true;
        // A job that is done is of use to another recipe only, and a short one not even to that, unless it was asked for.
        const auto strategy = context_.spec.checkpoint.strategy;
        const bool nothing = reason == CommitReason::end && totals_.generations == 0 &&
                             context_.spec.goal == RunGoal::export_rows &&
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
        const StateCollector::Waiting waiting = context_.collector.waiting();
        CommitPolicy policy = context_.spec.checkpoint.commit;
        policy.most_waiting_bytes =
            ~std::uint64_t{0};  // rows that wait for the next pass take no memory here
        if (wanted_) {
            reason = CommitReason::bytes;
        } else if (!commit_is_due(policy, seconds_since(last_end_), predicted_seconds(waiting.bytes),
                                  waiting.bytes + waiting.states)) {
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
            if (communicator_.lost()) break;
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
        if (round->last && !communicator_.lost()) return;
    }
    rescue();
}

/// No round of all ranks can end any more. Rank 0 gives each that lives a number for a generation of its own.
void Checkpointer::rescue() try {
    note_error({});  // a round that the loss ended is no failure: what it was to write is written now
    const bool root_lost = communicator_.is_lost(0) && !communicator_.is_root();
    if (root_lost) return note_error("rank 0, which makes checkpoints count, is lost");
    if (communicator_.is_root()) {
        for (int rank = 0; rank < communicator_.size(); ++rank) {
            const CommitRound round{next_number_++, CommitReason::loss, true, false, true};
            if (!communicator_.is_lost(rank))
                context_.send(rank, Tag::commit, ByteWriter().put(round).take());
        }
    }
    if (const auto number = rescue_number()) context_.send(0, Tag::rescued, write_alone(*number).pack());
    if (communicator_.is_root()) take_rescued();
} catch (const std::exception& error) {
    note_error(error.what());
}

std::optional<std::uint64_t> Checkpointer::rescue_number() {
    const auto end = Clock::now() + kRescueTime;
    std::unique_lock lock(mutex_);
    while (!ended_ && Clock::now() < end) {
        while (!rounds_.empty() && !rounds_.front().alone) rounds_.pop_front();
        if (!rounds_.empty()) return rounds_.front().number;
        changed_.wait_for(lock, kLookInterval);
    }
    return std::nullopt;
}

Rescued Checkpointer::write_alone(std::uint64_t number) {
    Rescued rescued;
    try {
        (void)encode_taken(CommitReason::loss);
        GenerationWriter alone(mpi::Communicator::self(), context_.files, context_.spec.checkpoint.folder,
                               context_.spec.attempt);
        rescued.record = alone.write(number, unwritten_);
        rescued.record.reason = to_string(CommitReason::loss);
        for (const NewState& state : unwritten_) rescued.states.push_back(state.head);
    } catch (const std::exception& error) {
        rescued = {};
        rescued.error = error.what();
    }
    return rescued;
}

/// Rank 0. Waits for all that live; one that does not answer has lost what it had not committed.
void Checkpointer::take_rescued() {
    const auto end = Clock::now() + kRescueTime;
    int taken = 0;
    while (Clock::now() < end) {
        std::vector<Rescued> arrived;
        {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, kLookInterval, [this] { return !rescued_.empty(); });
            arrived = std::exchange(rescued_, {});
        }
        for (const Rescued& one : arrived) {
            ++taken;
            if (!one.error.empty()) note_error(one.error);
            if (one.record.states > 0) make_count(one.record, one.states);
        }
        int living = 0;
        for (int rank = 0; rank < communicator_.size(); ++rank) living += communicator_.is_lost(rank) ? 0 : 1;
        if (taken >= living) return;
    }
}

void Checkpointer::note_error(const std::string& text) {
    const std::lock_guard lock(mutex_);
    last_error_ = text;
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
    note_error(text);
    if (failures_ >= kMaxFailures && !round.last) context_.fail(std::move(error));
}

std::uint64_t Checkpointer::encode_taken(CommitReason reason) {
    std::vector<PendingState> taken = context_.collector.take(reason);
    std::uint64_t row_bytes = 0;
    bool exports = false;
    for (const PendingState& state : taken) {
        exports = exports || state.head.kind == StateKind::exported;
        for (const auto& rows : state.rows) row_bytes += rows.batch->size_bytes();
    }
    auto made = encode_all(std::move(taken), context_.store, context_.pipeline.schema,
                           context_.spec.checkpoint.compression, context_.spec.threads);
    for (NewState& state : made) unwritten_.push_back(std::move(state));
    if (exports) context_.make_output_durable();
    return row_bytes;
}

void Checkpointer::write_round(const CommitRound& round) {
    if (round.nothing) return;
    const auto begin = Clock::now();
    std::uint64_t row_bytes = 0;
    together(communicator_, [&] { row_bytes = encode_taken(round.reason); });
    GenerationRecord record = writer_.write(round.number, unwritten_);
    record.reason = to_string(round.reason);
    std::vector<StateHead> own;
    for (const NewState& state : unwritten_) own.push_back(state.head);
    const auto heads = communicator_.gather(ByteWriter().put_all(own).take());
    record.seconds = seconds_since(begin);
    std::vector<StateHead> all;
    for (const std::string& bytes : heads) {
        for (const StateHead& head : ByteReader(bytes).get_all<StateHead>()) all.push_back(head);
    }
    together(communicator_, [&] {
        if (communicator_.is_root() && record.states > 0) make_count(record, all);
    });
    unwritten_.clear();
    if (!communicator_.is_root() || record.states == 0) return;
    learn_speed(record, row_bytes);
    keep_versions();
}

/// Rank 0.
void Checkpointer::make_count(const GenerationRecord& record, const std::vector<StateHead>& states) {
    context_.make_events_durable();
    context_.check_still_ours();
    append_to_manifest(context_.files, context_.spec.checkpoint.folder, record);
    {
        const std::lock_guard lock(mutex_);
        ++totals_.generations;
        totals_.states += record.states;
        totals_.exported +=
            static_cast<std::uint64_t>(std::count_if(states.begin(), states.end(), [](const StateHead& head) {
                return head.kind == StateKind::exported;
            }));
        totals_.bytes += record.bytes;
        totals_.raw_bytes += record.raw_bytes;
        totals_.seconds += record.seconds;
    }
    context_.committed(record, states);
}

void Checkpointer::learn_speed(const GenerationRecord& record, std::uint64_t row_bytes) {
    if (row_bytes > kTellingBytes) {
        seconds_per_byte_ = std::max(record.seconds - fixed_seconds_, 0.0) / static_cast<double>(row_bytes);
        context_.collector.set_copy_speed(seconds_per_byte_);
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
