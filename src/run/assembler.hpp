// SPDX-License-Identifier: Apache-2.0
/// Puts the morsels of each partition back in order as threads finish them, and closes a partition when all are there.
/// Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "partition_state.hpp"

namespace dj {

class Assembler {
public:
    using OnComplete = std::function<void(PartitionState&&, double begin_seconds)>;

    /// `on_complete` is called on the thread that delivers a partition's last part, outside any lock.
    Assembler(std::uint32_t pass, std::size_t steps, StageStore& store, OnComplete on_complete);

    void begin(std::uint32_t partition);
    void add(std::uint32_t partition, MorselRows&& rows, const std::vector<StepTally>& tallies);
    /// All morsels of the partition have been given out: there are `morsels`.
    void end(std::uint32_t partition, std::uint32_t morsels, std::uint64_t bytes_read,
             std::string content_hash);

private:
    struct Open {
        PartitionState state;
        std::optional<std::uint32_t> expected;
        double begin_seconds = 0;
    };
    void finish_if_complete(std::uint32_t partition, std::unique_lock<std::mutex>& lock);

    const std::uint32_t pass_;
    const std::size_t steps_;
    StageStore& store_;
    OnComplete on_complete_;
    std::mutex mutex_;
    std::map<std::uint32_t, Open> open_;
};

}  // namespace dj
