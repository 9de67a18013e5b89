// SPDX-License-Identifier: Apache-2.0
#include "assembler.hpp"

#include <algorithm>
#include <tuple>

#include "dj/base/clock.hpp"
#include "morsel_task.hpp"

namespace dj {

Assembler::Assembler(const Options& options, StageStore& store, OnComplete on_complete)
    : options_(options), store_(store), on_complete_(std::move(on_complete)) {}

void Assembler::begin(std::uint64_t ticket, std::uint32_t partition,
                      std::shared_ptr<const RestoredPartition> restored) {
    const std::lock_guard lock(mutex_);
    Open& open = open_[ticket];
    open.state.partition = partition;
    open.state.pass = options_.pass;
    open.state.from_input = options_.from_input;
    open.state.tallies.resize(options_.steps);
    if (restored) {
        open.state.tallies = restored->tallies;
        open.state.position = restored->position;
    }
    open.restored = std::move(restored);
    open.begin_seconds = seconds_since_epoch();
}

void Assembler::begin_stored(std::uint32_t partition, std::uint64_t record_base) {
    begin(partition, partition, nullptr);
    const std::lock_guard lock(mutex_);
    open_.at(partition).state.record_base = record_base;
}

/// Sorts the morsels, numbers the records over the partition and packs the faults away.
void Assembler::settle(Open& open) {
    PartitionState& state = open.state;
    std::sort(state.morsels.begin(), state.morsels.end(),
              [](const MorselRows& a, const MorselRows& b) { return a.sequence < b.sequence; });
    std::vector<RowFault> faults;
    if (open.restored) faults = open.restored->faults;
    for (MorselRows& morsel : state.morsels) {
        for (RowFault& fault : morsel.faults) {
            if (options_.from_input) fault.origin.row += state.records;
            faults.push_back(std::move(fault));
        }
        state.records += morsel.records;
        morsel.faults = {};
    }
    // Each step reports in row order, and so did earlier starts of the job; together they must be in one order, whatever
    // ran when. A stable sort keeps the pieces of one record in theirs.
    if (options_.by_row) {
        std::stable_sort(faults.begin(), faults.end(), [](const RowFault& a, const RowFault& b) {
            return std::tie(a.origin.row, a.step) < std::tie(b.origin.row, b.step);
        });
    }
    state.fault_count = faults.size();
    std::string packed;
    serialise(faults, packed);
    if (!packed.empty()) state.faults = store_.put(std::move(packed));
}

void Assembler::add(std::uint64_t ticket, MorselRows&& rows, const std::vector<StepTally>& tallies) {
    std::unique_lock lock(mutex_);
    const auto found = open_.find(ticket);
    if (found == open_.end()) return;  // dropped
    Open& open = found->second;
    open.state.morsels.push_back(std::move(rows));
    for (std::size_t i = 0; i < tallies.size(); ++i) open.state.tallies[i] += tallies[i];
    finish_if_complete(ticket, lock);
}

void Assembler::end(std::uint64_t ticket, std::uint32_t morsels, std::uint64_t bytes_read,
                    std::string content_hash) {
    std::unique_lock lock(mutex_);
    const auto found = open_.find(ticket);
    if (found == open_.end()) return;
    Open& open = found->second;
    open.expected = morsels;
    open.state.bytes_read = bytes_read;
    open.state.content_hash = std::move(content_hash);
    finish_if_complete(ticket, lock);
}

std::optional<std::uint64_t> Assembler::drop(std::uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    const auto found = open_.extract(ticket);
    if (found.empty()) return std::nullopt;
    std::uint64_t records = 0;
    for (const MorselRows& morsel : found.mapped().state.morsels) records += morsel.records;
    return records;
}

void Assembler::finish_if_complete(std::uint64_t ticket, std::unique_lock<std::mutex>& lock) {
    const auto found = open_.find(ticket);
    if (!found->second.expected || found->second.state.morsels.size() != *found->second.expected) return;
    Open done = std::move(found->second);
    open_.erase(found);
    lock.unlock();
    settle(done);
    on_complete_(ticket, std::move(done.state), done.begin_seconds);
}

}  // namespace dj
