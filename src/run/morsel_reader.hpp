// SPDX-License-Identifier: Apache-2.0
/// The reader thread of a pass: fills the queue in partition order.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "assembler.hpp"
#include "morsel_task.hpp"
#include "partition_tries.hpp"
#include "pass.hpp"
#include "work_queue.hpp"

namespace dj {

class MorselReader {
public:
    /// A partition that is given up.
    using OnGivenUp = std::function<void(const PartitionTries::Try&)>;

    MorselReader(const PassContext& context, WorkQueue<MorselTask>& queue, Assembler& assembler,
                 PartitionTries& tries)
        : context_(context), queue_(queue), assembler_(assembler), tries_(tries) {}

    /// Partitions of the input, as the coordinator assigns them; those that fail are tried again in between and at the end.
    void read_input(const OnGivenUp& on_given_up);
    /// A thread has failed on a morsel of the partition: it will be tried again, or given up. Thread-safe.
    void failed(std::uint64_t ticket, std::uint32_t partition, std::exception_ptr error);
    /// What the pass before left.
    void read_staged(std::vector<StagedPartition>& staged);

private:
    /// False if the run has been abandoned.
    bool read_or_give_up(PartitionTries::Try&& tried, const OnGivenUp& on_given_up);
    bool read_partition(std::uint64_t ticket, const Assignment& assignment);
    [[nodiscard]] std::shared_ptr<const RestoredPartition> open_states(const Assignment& assignment) const;
    void check_unchanged(const Assignment::Part& part) const;
    bool push_parts(StagedPartition& partition, std::uint32_t& sequence);
    bool push_scattered(StagedPartition& partition, std::uint32_t& sequence);
    bool push(MorselTask&& task);

    const PassContext& context_;
    WorkQueue<MorselTask>& queue_;
    Assembler& assembler_;
    PartitionTries& tries_;
};

}  // namespace dj
