// SPDX-License-Identifier: Apache-2.0
#include "cli/granted_machine.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>
#include <hwloc.h>

#include "cli/cgroup_limits.hpp"

namespace dj {
namespace {

constexpr std::uint64_t kDefaultMemoryBytes = 1ULL << 30;

struct Cores {
    int bound = 1;    ///< That this process may run on.
    int machine = 1;  ///< That the machine has.
};

Cores cores_of_process() {
    Cores cores;
    hwloc_topology_t topology = nullptr;
    if (hwloc_topology_init(&topology) != 0) return cores;
    if (hwloc_topology_load(topology) == 0) {
        cores.machine = std::max(1, hwloc_bitmap_weight(hwloc_topology_get_allowed_cpuset(topology)));
        cores.bound = cores.machine;
        hwloc_bitmap_t binding = hwloc_bitmap_alloc();
        if (hwloc_get_cpubind(topology, binding, HWLOC_CPUBIND_PROCESS) == 0) {
            cores.bound = std::clamp(hwloc_bitmap_weight(binding), 1, cores.machine);
        }
        hwloc_bitmap_free(binding);
    }
    hwloc_topology_destroy(topology);
    return cores;
}

std::optional<std::uint64_t> number_in(const char* text) {
    std::uint64_t value = 0;
    if (text == nullptr) return std::nullopt;
    const std::string_view view = text;
    const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), value);
    if (error != std::errc() || end == view.data()) return std::nullopt;
    return value;
}

/// Of what Slurm grants this job on this node, and under which name; of --mem=0, all of the node, it says 0.
struct SlurmMemory {
    std::uint64_t mebibytes = 0;
    std::string name;
};

std::optional<SlurmMemory> slurm_memory() {
    if (const auto node = number_in(std::getenv("SLURM_MEM_PER_NODE")); node && *node > 0)
        return SlurmMemory{*node, "SLURM_MEM_PER_NODE"};
    const auto core = number_in(std::getenv("SLURM_MEM_PER_CPU"));
    const auto cores = number_in(std::getenv("SLURM_CPUS_ON_NODE"));
    if (core && cores && *core > 0 && *cores > 0) return SlurmMemory{*core * *cores, "SLURM_MEM_PER_CPU"};
    return std::nullopt;
}

}  // namespace

GrantedMachine granted_machine(int ranks_on_node, std::optional<std::int64_t> wanted_threads,
                               std::optional<std::uint64_t> wanted_memory_bytes) {
    const Cores cores = cores_of_process();
    int granted = cores.bound;
    std::string why = fmt::format("{} of {} cores by affinity", cores.bound, cores.machine);
    // Ranks that the launcher has not bound share the machine's cores; bound ones have theirs to themselves.
    if (ranks_on_node > 1 && cores.bound == cores.machine) {
        granted = std::max(1, cores.machine / ranks_on_node);
        why = fmt::format("{} cores shared by {} ranks on this node", cores.machine, ranks_on_node);
    }
    if (const auto slurm = number_in(std::getenv("SLURM_CPUS_PER_TASK"));
        slurm && static_cast<int>(*slurm) < granted) {
        granted = std::max(1, static_cast<int>(*slurm));
        why = fmt::format("SLURM_CPUS_PER_TASK={}", *slurm);
    }
    const CgroupLimits cgroup = cgroup_limits();
    if (cgroup.cores) {
        const int quota = std::max(1, static_cast<int>(std::ceil(*cgroup.cores)));
        if (std::max(1, quota / ranks_on_node) < granted) {
            granted = std::max(1, quota / ranks_on_node);
            why = fmt::format("{} cores by cgroup, {} ranks on this node", quota, ranks_on_node);
        }
    }
    // A wish like the recipe's, and the weaker one: many sites set it to 1 for everybody.
    if (const auto omp = number_in(std::getenv("OMP_NUM_THREADS"));
        omp && !wanted_threads && *omp > 0 && *omp < static_cast<std::uint64_t>(granted)) {
        granted = static_cast<int>(*omp);
        why = fmt::format("OMP_NUM_THREADS={}", *omp);
    }
    GrantedMachine machine;
    machine.threads = wanted_threads ? std::clamp(static_cast<int>(*wanted_threads), 1, granted) : granted;
    std::string asked;
    if (wanted_threads && *wanted_threads > granted)
        asked = fmt::format("; {} were asked for", *wanted_threads);

    machine.memory_bytes = wanted_memory_bytes.value_or(kDefaultMemoryBytes);
    std::string memory_why = wanted_memory_bytes ? "as asked" : "the default";
    const auto ranks = static_cast<std::uint64_t>(ranks_on_node);
    std::optional<std::uint64_t> limit = cgroup.memory_bytes;
    std::string limit_name = "cgroup";
    if (const auto slurm = slurm_memory(); slurm && (!limit || slurm->mebibytes << 20 < *limit)) {
        limit = slurm->mebibytes << 20;
        limit_name = slurm->name;
    }
    // An eighth stays free: a budget that fills the limit to the last page ends with the kernel's OOM killer.
    if (limit && !wanted_memory_bytes && *limit / ranks * 7 / 8 < machine.memory_bytes) {
        machine.memory_bytes = *limit / ranks * 7 / 8;
        memory_why =
            fmt::format("{} grants {} MiB to {} ranks on this node", limit_name, *limit >> 20, ranks_on_node);
    }
    machine.explanation =
        fmt::format("{} thread{} per rank ({}{}), {} MiB memory budget per rank ({})", machine.threads,
                    machine.threads == 1 ? "" : "s", why, asked, machine.memory_bytes >> 20, memory_why);
    return machine;
}

}  // namespace dj
