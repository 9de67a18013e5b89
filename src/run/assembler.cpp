// SPDX-License-Identifier: Apache-2.0
#include "assembler.hpp"

#include <algorithm>

#include "dj/base/clock.hpp"

namespace dj {

namespace {

/// Sorts the morsels, numbers the records over the partition and packs the faults away.
void settle(PartitionState& state, StageStore& store) {
    std::sort(state.morsels.begin(), state.morsels.end(),
              [](const MorselRows& a, const MorselRows& b) { return a.sequence < b.sequence; });
    std::string packed;
    for (MorselRows& morsel : state.morsels) {
        if (state.pass == 0) {
            for (RowFault& fault : morsel.faults) fault.origin.row += state.records;
        }
        state.records += morsel.records;
        state.fault_count += morsel.faults.size();
        // Each step reports in row order; together they must be in row order too. A stable sort keeps the pieces of
        // one record in theirs. After a re-ordering operator the order of the morsel stands for itself.
        if (state.pass == 0) {
            std::stable_sort(
                morsel.faults.begin(), morsel.faults.end(),
                [](const RowFault& a, const RowFault& b) { return a.origin.row < b.origin.row; });
        }
        serialise(morsel.faults, packed);
        morsel.faults = {};
    }
    if (!packed.empty()) state.faults = store.put(std::move(packed));
}

}  // namespace

Assembler::Assembler(std::uint32_t pass, std::size_t steps, StageStore& store, OnComplete on_complete)
    : pass_(pass), steps_(steps), store_(store), on_complete_(std::move(on_complete)) {}

void Assembler::begin(std::uint32_t partition) {
    const std::lock_guard lock(mutex_);
    Open& open = open_[partition];
    open.state.partition = partition;
    open.state.pass = pass_;
    open.state.tallies.resize(steps_);
    open.begin_seconds = seconds_since_epoch();
}

void Assembler::add(std::uint32_t partition, MorselRows&& rows, const std::vector<StepTally>& tallies) {
    std::unique_lock lock(mutex_);
    Open& open = open_.at(partition);
    open.state.morsels.push_back(std::move(rows));
    for (std::size_t i = 0; i < tallies.size(); ++i) open.state.tallies[i] += tallies[i];
    finish_if_complete(partition, lock);
}

void Assembler::end(std::uint32_t partition, std::uint32_t morsels, std::uint64_t bytes_read,
                    std::string content_hash) {
    std::unique_lock lock(mutex_);
    Open& open = open_.at(partition);
    open.expected = morsels;
    open.state.bytes_read = bytes_read;
    open.state.content_hash = std::move(content_hash);
    finish_if_complete(partition, lock);
}

void Assembler::finish_if_complete(std::uint32_t partition, std::unique_lock<std::mutex>& lock) {
    const auto found = open_.find(partition);
    if (!found->second.expected || found->second.state.morsels.size() != *found->second.expected) return;
    Open done = std::move(found->second);
    open_.erase(found);
    lock.unlock();
    settle(done.state, store_);
    on_complete_(std::move(done.state), done.begin_seconds);
}

}  // namespace dj
