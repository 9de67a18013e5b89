// SPDX-License-Identifier: Apache-2.0
#include "morsel_reader.hpp"

#include <fmt/format.h>

#include "dj/base/clock.hpp"
#include "dj/events/job_events.hpp"
#include "partition_account.hpp"

namespace dj {

void MorselReader::read_input(const OnGivenUp& on_given_up) {
    if (!context_.claims) return;
    const auto abandoned = [this] { return context_.desk.abandoned() || context_.stop.requested(); };
    context_.desk.claim();
    while (auto assignment = context_.desk.next_assignment()) {
        if (assignment->partition == Assignment::kNoPartition) break;
        context_.desk.claim();  // one ahead of need
        if (!read_or_give_up({std::move(*assignment), 0, nullptr}, on_given_up)) return;
        while (auto again = tries_.next(false, abandoned)) {
            if (!read_or_give_up(std::move(*again), on_given_up)) return;
        }
    }
    while (auto again = tries_.next(true, abandoned)) {
        if (!read_or_give_up(std::move(*again), on_given_up)) return;
    }
}

bool MorselReader::read_or_give_up(PartitionTries::Try&& tried, const OnGivenUp& on_given_up) {
    if (tried.error) {
        on_given_up(tried);
        return true;
    }
    const Assignment assignment = tried.assignment;
    const std::uint64_t ticket = tries_.begin(std::move(tried));
    try {
        return read_partition(ticket, assignment);
    } catch (const UserError&) {
        throw;
    } catch (...) {
        failed(ticket, assignment.partition, std::current_exception());
        return true;
    }
}

void MorselReader::failed(std::uint64_t ticket, std::uint32_t partition, std::exception_ptr error) {
    const std::string reason = text_of(error);
    const auto verdict = tries_.fail(ticket, std::move(error), assembler_.drop(ticket).value_or(0));
    if (!verdict || verdict->retry == 0) return;  // what is given up is told of as such
    context_.tell(partition_retry_event(
        partition, reason, {verdict->retry, context_.spec.retry.max_retries, verdict->delay_seconds}));
}

void MorselReader::read_staged(std::vector<StagedPartition>& staged) {
    for (StagedPartition& partition : staged) {
        const std::uint32_t number = partition.partition;
        assembler_.begin_stored(number, partition.record_base);
        std::uint32_t sequence = 0;
        if (partition.scattered) {
            if (!push_scattered(partition, sequence)) return;
        } else if (!push_parts(partition, sequence)) {
            return;
        }
        assembler_.end(number, sequence, 0, {});
    }
}

/// A state that cannot be read is told of, and its operators run again. Row plans were checked when the job began: what
/// they decided cannot be found out by one partition alone.
std::shared_ptr<const RestoredPartition> MorselReader::open_states(const Assignment& assignment) const {
    if (assignment.states.empty()) return nullptr;
    auto restored = std::make_shared<RestoredPartition>();
    restored->tallies.resize(context_.pipeline.ops.size() + 1);
    bool sound = true;
    std::uint32_t reached = 0;
    for (const StateRef& ref : assignment.states) {
        const bool rows = ref.head.kind == StateKind::rows;
        if (rows ? !sound : ref.head.position <= reached) continue;
        try {
            RestoredPartition::Step step{ref.head, StoredState::decode(read_payload(context_.files, ref))};
            if (rows) {
                PartitionAccount account = account_from_json(step.state.about());
                restored->tallies = std::move(account.tallies);
                restored->faults = std::move(account.faults);
                restored->content_hash = std::move(account.content_hash);
                restored->tallies.resize(context_.pipeline.ops.size() + 1);
                restored->position = ref.head.position;
            } else if (restored->position == ref.head.base_position) {
                restored->position = ref.head.position;
            }
            reached = ref.head.position;
            restored->steps.push_back(std::move(step));
        } catch (const EnvironmentError& error) {
            if (!rows) throw;
            sound = false;
            context_.warn(
                fmt::format("{}; operators run again on partition {}", error.what(), assignment.partition));
        }
    }
    return restored;
}

bool MorselReader::read_partition(std::uint64_t ticket, const Assignment& assignment) {
    const auto restored = open_states(assignment);
    assembler_.begin(ticket, assignment.partition, restored);
    std::uint32_t sequence = 0;
    std::uint64_t bytes = 0;
    std::string hash;
    for (const Assignment::Part& part : assignment.parts) {
        const auto source = context_.pipeline.input->open(context_.files, part.path, part.kind, part.range,
                                                          context_.spec.morsel_bytes);
        MorselTask task;
        while (source->next(task.raw.emplace())) {
            if (!tries_.under_way(ticket)) return true;  // a thread has failed on it
            task.ticket = ticket;
            task.partition = assignment.partition;
            task.sequence = sequence++;
            task.restored = restored;
            bytes += task.raw->payload_bytes();
            if (!push(std::move(task))) return false;
            task = {};
        }
        check_unchanged(part);
        if (!hash.empty()) hash += '+';
        hash += source->content_hash();
    }
    if (restored && !restored->content_hash.empty() && restored->content_hash != hash) {
        throw UserError(
            fmt::format("the input of partition {} is not what the job read when it was started first: take "
                        "another --job_id, or put the files back",
                        assignment.partition));
    }
    assembler_.end(ticket, sequence, bytes, std::move(hash));
    return true;
}

/// Rows of a file that was cut short, replaced or appended to meanwhile would be half of one input and half of another.
void MorselReader::check_unchanged(const Assignment::Part& part) const {
    const auto now = context_.files.info(part.path);
    const bool same = now && now->size_bytes == part.size_bytes &&
                      (part.modified_ns == 0 || now->modified_ns == part.modified_ns);
    if (same) return;
    throw EnvironmentError(
        fmt::format("{} changed while it was being read ({}). Nothing was exported; run the job again when "
                    "the file stays as it is",
                    part.path,
                    !now ? std::string("it is gone")
                    : now->size_bytes != part.size_bytes
                        ? fmt::format("from {} to {} bytes", part.size_bytes, now->size_bytes)
                        : std::string("it was written to or replaced")));
}

bool MorselReader::push_parts(StagedPartition& partition, std::uint32_t& sequence) {
    std::size_t row = 0;
    for (StagedPartition::Part& part : partition.parts) {
        MorselTask task;
        task.ticket = task.partition = partition.partition;
        task.sequence = sequence++;
        if (!partition.keep.empty()) {
            task.rows.emplace();
            for (std::uint32_t i = 0; i < part.rows; ++i) {
                if (partition.keep[row + i]) task.rows->push_back(i);
            }
        }
        row += part.rows;
        task.part = std::move(part);
        if (!push(std::move(task))) return false;
    }
    return true;
}

bool MorselReader::push_scattered(StagedPartition& partition, std::uint32_t& sequence) {
    if (partition.parts.empty()) return true;
    MorselTask task;
    task.ticket = task.partition = partition.partition;
    task.sequence = sequence++;
    task.scattered = std::move(partition);
    return push(std::move(task));
}

bool MorselReader::push(MorselTask&& task) {
    if (context_.desk.abandoned()) return false;
    if (context_.stop.requested()) {
        context_.desk.stop(context_.stop.reason());
        return false;
    }
    if (context_.budget != nullptr) {
        // As read, as decoded, as it leaves: what it really takes is known later.
        constexpr std::uint64_t kCopies = 3;
        const std::uint64_t bytes = kCopies * bytes_of(task);
        context_.budget->take(bytes, [this] { return context_.desk.abandoned(); });
        task.charge = MorselCharge(*context_.budget, bytes);
    }
    return queue_.push(std::move(task));
}

}  // namespace dj
