// SPDX-License-Identifier: Apache-2.0
/// What of this machine the job may use: cores by affinity, cgroup, Slurm and OMP_NUM_THREADS, memory by cgroup and
/// Slurm.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dj {

struct GrantedMachine {
    int threads = 1;                 ///< Per rank.
    std::uint64_t memory_bytes = 0;  ///< Budget per rank.
    std::string explanation;         ///< One line: the choice and what it rests on.
};

/// `ranks_on_node`: how many ranks of this job share the machine. `wanted_threads` and `wanted_memory_bytes` are what
/// the recipe asks for: threads are capped to what is granted, memory is taken as asked.
[[nodiscard]] GrantedMachine granted_machine(int ranks_on_node, std::optional<std::int64_t> wanted_threads,
                                             std::optional<std::uint64_t> wanted_memory_bytes);

}  // namespace dj
