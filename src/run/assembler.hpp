// SPDX-License-Identifier: Apache-2.0
/// Puts the morsels of each partition back in order as threads finish them, and closes a partition when all are there.
/// Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "partition_state.hpp"

namespace dj {

struct RestoredPartition;

class Assembler {
public:
    using OnComplete = std::function<void(std::uint64_t ticket, PartitionState&&, double begin_seconds)>;

    struct Options {
        std::uint32_t pass = 0;
        std::size_t steps = 0;
        bool from_input = true;  ///< As in PartitionState.
        /// Faults are put in the order of their rows. Behind a re-ordering operator the order of the morsels stands for
        /// itself.
        bool by_row = true;
    };

    /// `on_complete` is called on the thread that delivers a partition's last part, outside any lock.
    Assembler(const Options& options, StageStore& store, OnComplete on_complete);

    /// `ticket` names this try of the partition. `restored`: what earlier starts of the job did to it; may be null.
    void begin(std::uint64_t ticket, std::uint32_t partition,
               std::shared_ptr<const RestoredPartition> restored);
    /// A partition that lies in the stage store; its number is its ticket.
    void begin_stored(std::uint32_t partition, std::uint64_t record_base);
    /// Forgets a try; what still arrives of it is thrown away. Returns the records it had read, or nothing if it is not
    /// under way.
    std::optional<std::uint64_t> drop(std::uint64_t ticket);
    void add(std::uint64_t ticket, MorselRows&& rows, const std::vector<StepTally>& tallies);
    /// All morsels of the partition have been given out: there are `morsels`.
    void end(std::uint64_t ticket, std::uint32_t morsels, std::uint64_t bytes_read, std::string content_hash);

private:
    struct Open {
        PartitionState state;
        std::shared_ptr<const RestoredPartition> restored;
        std::optional<std::uint32_t> expected;
        double begin_seconds = 0;
    };
    void finish_if_complete(std::uint64_t ticket, std::unique_lock<std::mutex>& lock);

    void settle(Open& open);

    const Options options_;
    StageStore& store_;
    OnComplete on_complete_;
    std::mutex mutex_;
    std::map<std::uint64_t, Open> open_;  ///< By ticket.
};

}  // namespace dj
