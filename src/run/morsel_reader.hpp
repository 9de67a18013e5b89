// SPDX-License-Identifier: Apache-2.0
/// The reader thread of a pass: fills the queue in partition order.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "assembler.hpp"
#include "morsel_task.hpp"
#include "pass.hpp"
#include "work_queue.hpp"

namespace dj {

class MorselReader {
public:
    MorselReader(const PassContext& context, WorkQueue<MorselTask>& queue, Assembler& assembler)
        : context_(context), queue_(queue), assembler_(assembler) {}

    /// Partitions of the input, as the coordinator assigns them.
    void read_input();
    /// What the pass before left.
    void read_staged(std::vector<StagedPartition>& staged);

private:
    bool read_partition(const Assignment& assignment);
    [[nodiscard]] std::shared_ptr<const RestoredPartition> open_states(const Assignment& assignment) const;
    void check_unchanged(const Assignment::Part& part) const;
    bool push_parts(StagedPartition& partition, std::uint32_t& sequence);
    bool push_scattered(StagedPartition& partition, std::uint32_t& sequence);
    bool push(MorselTask&& task);

    const PassContext& context_;
    WorkQueue<MorselTask>& queue_;
    Assembler& assembler_;
};

}  // namespace dj
