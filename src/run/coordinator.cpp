// SPDX-License-Identifier: Apache-2.0
#include "coordinator.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "checkpoint_events.hpp"
#include "dj/base/byte_stream.hpp"
#include "dj/events/job_events.hpp"

namespace dj {

Coordinator::Coordinator(const JobSpec& spec, const JobInput& input, int ranks, Send send)
    : spec_(spec), input_(input), ranks_(ranks), send_(std::move(send)), tallies_(spec.ops.size() + 1) {}

void Coordinator::begin_pass(std::uint32_t pass, std::uint32_t partitions,
                             std::optional<ExportLedger> exports) {
    const std::lock_guard lock(mutex_);
    pass_ = pass;
    pass_partitions_ = partitions;
    pass_done_ = 0;
    pass_finished_ = false;
    current_.assign(partitions, {});
    exporting_ = exports.has_value();
    ledger_ = std::move(exports);
    if (in_first_pass()) {
        for (const AdoptedPartition& partition : takeover_.adopted) adopt(partition);
    }
    finish_pass_if_complete();
}

void Coordinator::adopt(const AdoptedPartition& partition) {
    account(partition.rank, partition.done);
    ++resumed_partitions_;
    std::vector<ExportLedger::Outgoing> outgoing;
    ledger_->partition_written(partition.done, partition.rows.runs, outgoing);
    send_all(outgoing);
    if (input_.events == nullptr) return;
    PartitionFigures figures;
    figures.partition = partition.done.partition;
    figures.bytes = input_.partitions[partition.done.partition].bytes;
    figures.rows_in = partition.done.records;
    figures.rows_out = partition.done.rows;
    input_.events->record(partition_resume_event(figures, spec_.checkpoint.folder.string()));
}

void Coordinator::handle(mpi::Message&& message) {
    const std::lock_guard lock(mutex_);
    switch (static_cast<Tag>(message.tag)) {
        case Tag::claim: on_claim(message.from); break;
        case Tag::partition_done: on_done(message.from, PartitionDone::unpack(message.bytes)); break;
        case Tag::failed: abandon(Abandon::unpack(message.bytes)); break;
        case Tag::retried: failures_.retries += ByteReader(message.bytes).get<std::uint64_t>(); break;
        case Tag::event:
            if (input_.events != nullptr) input_.events->record(deserialise_event(message.bytes));
            break;
        default: on_export(message); break;
    }
}

void Coordinator::on_claim(int from) {
    Assignment assignment;
    while (next_claim_ < current_.size() && current_[next_claim_].rank >= 0) ++next_claim_;  // adopted
    if (!abandoned_ && next_claim_ < input_.partitions.size()) assignment = assign(next_claim_++, from);
    send_(from, Tag::assignment, assignment.pack());
}

Assignment Coordinator::assign(std::uint32_t number, int to) {
    Assignment assignment;
    assignment.partition = number;
    const Partition& partition = input_.partitions[number];
    for (const FileRange& range : partition.ranges) {
        const InputFile& file = input_.files[range.file];
        assignment.parts.push_back(
            {file.path, file_kind_of(file.path), range, file.size_bytes, file.modified_ns});
    }
    if (takeover_.states_of) assignment.states = takeover_.states_of(number);
    const auto is_earlier = [this](const StateRef& state) {
        return static_cast<int>(state.head.attempt) < spec_.attempt;
    };
    if (std::ranges::any_of(assignment.states, is_earlier)) ++resumed_partitions_;
    if (input_.events == nullptr) return assignment;
    PartitionFigures figures;
    figures.partition = number;
    figures.bytes = partition.bytes;
    Event event = partition_start_event(figures);
    event.rank = to;
    input_.events->record(std::move(event));
    for (const StateRef& state : assignment.states) {
        Event load = checkpoint_load_event(state, spec_.ops[state.head.position - 1].name);
        load.rank = to;
        input_.events->record(std::move(load));
    }
    return assignment;
}

void Coordinator::on_done(int from, const PartitionDone& done) {
    account(from, done);
    done.failed ? note_failure(from, done) : record_events(from, done);
    check_faults(done);
    if (exporting_) {
        std::vector<ExportLedger::Outgoing> outgoing;
        ledger_->partition_done(done, from, outgoing);
        send_all(outgoing);
    }
    finish_pass_if_complete();
}

void Coordinator::note_failure(int from, const PartitionDone& done) {
    ++failures_.partitions;
    failures_.records += done.records_lost;
    records_ += done.records_lost;
    current_.at(done.partition).error = done.error;
    if (input_.events == nullptr) return;
    PartitionFigures figures;
    figures.partition = done.partition;
    figures.bytes = input_.partitions[done.partition].bytes;
    figures.rows_in = done.records_lost;
    Event event = partition_failed_event(figures, done.error, done.retries);
    event.rank = from;
    input_.events->record(std::move(event));
}

void Coordinator::account(int from, const PartitionDone& done) {
    PartitionResult& record = current_.at(done.partition);
    record = {done.records,       done.rows,        done.fault_count, from,
              done.begin_seconds, done.end_seconds, done.content_hash};
    record.retries = done.retries;
    if (mapping_) mapping_->add(pass_, done);
    ++pass_done_;
    if (in_first_pass()) {
        records_ += done.records;
        planned_bytes_done_ += input_.partitions[done.partition].bytes;
        bytes_read_ += done.bytes_read;
    }
    for (std::size_t i = 0; i < tallies_.size() && i < done.tallies.size(); ++i)
        tallies_[i] += done.tallies[i];
}

void Coordinator::on_export(const mpi::Message& message) {
    if (!ledger_) return;  // the pass has been abandoned before it exported
    std::vector<ExportLedger::Outgoing> outgoing;
    switch (static_cast<Tag>(message.tag)) {
        case Tag::partition_cut: ledger_->partition_cut(PartitionCut::unpack(message.bytes), outgoing); break;
        case Tag::block_done:
            ledger_->block_done(BlockDone::unpack(message.bytes), message.from, outgoing);
            break;
        case Tag::written: ledger_->written(); break;
        default: throw Bug(fmt::format("the coordinator got a message with tag {}", message.tag));
    }
    send_all(outgoing);
    finish_pass_if_complete();
}

void Coordinator::send_all(std::vector<ExportLedger::Outgoing>& outgoing) {
    for (ExportLedger::Outgoing& one : outgoing) send_(one.to, one.tag, std::move(one.bytes));
}

void Coordinator::check_faults(const PartitionDone& done) {
    faults_ += done.fault_count;
    const bool too_many = spec_.max_faulty_rows && faults_ > *spec_.max_faulty_rows;
    // A share can only be judged over everything read: it is checked at the end of the first pass, and by then.
    const bool all_read = !in_first_pass() || pass_done_ == pass_partitions_;
    const bool too_great_a_share =
        spec_.max_faulty_share && all_read && records_ > 0 &&
        static_cast<double>(faults_) > *spec_.max_faulty_share * static_cast<double>(records_);
    if (!too_many && !too_great_a_share) return;
    abandon({EndKind::user_error, 0,
             fmt::format(
                 "{} of {} records read so far are faulty, more than fault_tolerance.max_faulty_rows allows. "
                 "Look at the reasons with `dj-tools quarantine`, mend the data or raise the limit.",
                 faults_, records_)});
}

void Coordinator::finish_pass_if_complete() {
    if (pass_finished_ || abandoned_ || pass_done_ != pass_partitions_) return;
    if (exporting_ && !ledger_->complete()) return;
    pass_finished_ = true;
    std::vector<PassComplete> complete(static_cast<std::size_t>(ranks_));
    std::uint64_t row = 0;
    std::uint64_t record = 0;
    for (std::uint32_t p = 0; p < pass_partitions_; ++p) {
        complete[static_cast<std::size_t>(current_[p].rank)].bases.push_back({p, row, record});
        row += current_[p].rows;
        record += current_[p].records;
    }
    if (in_first_pass()) input_partitions_ = current_;
    for (int rank = 0; rank < ranks_; ++rank) {
        PassComplete& message = complete[static_cast<std::size_t>(rank)];
        message.pass = pass_;
        message.total_rows = row;
        send_(rank, Tag::pass_complete, message.pack());
    }
}

void Coordinator::abandon(const Abandon& reason) {
    if (abandoned_) return;
    abandoned_ = true;
    for (int rank = 0; rank < ranks_; ++rank) send_(rank, Tag::abandon, reason.pack());
}

void Coordinator::record_op_events(int from, const PartitionDone& done, std::size_t op_index) {
    const StepTally& tally = done.tallies[op_index + 1];
    const OpCall& call = spec_.ops[op_index];
    OpFigures figures;
    figures.partition = done.partition;
    figures.op_index = op_index;
    figures.count.name = call.name;
    figures.count.family = call.family;
    figures.count.rows_in = tally.rows_in;
    figures.count.rows_out = tally.rows_out;
    figures.count.dropped = tally.dropped;
    figures.count.made = tally.made;
    figures.count.quarantined = tally.quarantined;
    figures.count.bytes_in = tally.bytes_in;
    figures.count.cpu_seconds = static_cast<double>(tally.nanoseconds) * 1e-9;
    figures.seconds = figures.count.cpu_seconds;
    const auto record = [&](Event event, double timestamp) {
        event.rank = from;
        event.timestamp = timestamp;
        input_.events->record(std::move(event));
    };
    // Dataset-wide operators run on all partitions at once: that they ran is told when they have decided.
    if (!call.dataset_wide) {
        record(op_start_event(figures, call.params), done.begin_seconds);
        record(op_complete_event(figures), done.end_seconds);
    }
    if (tally.quarantined == 0) return;
    const auto error = fmt::format("{} of {} rows are in the quarantine", tally.quarantined, tally.rows_in);
    record(op_failed_event(figures, error, 0), done.end_seconds);
}

void Coordinator::record_events(int from, const PartitionDone& done) {
    if (input_.events == nullptr) return;
    const double seconds = done.end_seconds - done.begin_seconds;
    // What ran in an earlier start of the job was told of then.
    for (std::size_t op = done.position; op + 1 < done.tallies.size(); ++op) {
        const StepTally& tally = done.tallies[op + 1];
        if (tally.rows_in > 0 || tally.nanoseconds > 0) record_op_events(from, done, op);
    }
    if (!in_first_pass()) return;
    PartitionFigures figures;
    figures.partition = done.partition;
    figures.bytes = input_.partitions[done.partition].bytes;
    figures.rows_in = done.records;
    figures.rows_out = done.rows;
    figures.seconds = seconds;
    Event event = partition_complete_event(figures);
    event.rank = from;
    input_.events->record(std::move(event));
}

bool Coordinator::abandoned() const {
    const std::lock_guard lock(mutex_);
    return abandoned_;
}

Coordinator::PassState Coordinator::pass_state() const {
    const std::lock_guard lock(mutex_);
    return {pass_partitions_, pass_done_, exporting_, planned_bytes_done_, bytes_read_};
}

std::vector<StepTally> Coordinator::tallies() const {
    const std::lock_guard lock(mutex_);
    return tallies_;
}

std::uint64_t Coordinator::records() const {
    const std::lock_guard lock(mutex_);
    return records_;
}

Coordinator::Failures Coordinator::failures() const {
    const std::lock_guard lock(mutex_);
    return failures_;
}

std::uint64_t Coordinator::resumed_partitions() const {
    const std::lock_guard lock(mutex_);
    return resumed_partitions_;
}

std::uint64_t Coordinator::exported_rows() const {
    const std::lock_guard lock(mutex_);
    std::uint64_t rows = 0;
    if (ledger_) {
        for (const ExportLedger::Shard& shard : ledger_->shards()) rows += shard.rows;
    }
    return rows;
}

}  // namespace dj
