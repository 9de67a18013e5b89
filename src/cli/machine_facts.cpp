// SPDX-License-Identifier: Apache-2.0
#include "cli/machine_facts.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <hwloc.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli/granted_machine.hpp"
#include "dj/report/human_units.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

/// Value of "key : value" in /proc/cpuinfo and /proc/meminfo, "key=value" in /etc/os-release.
std::string value_in(const fs::path& path, std::string_view key, char separator) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const auto at = line.find(separator);
        if (at == std::string::npos || !line.starts_with(key)) continue;
        auto value = line.substr(at + 1);
        value.erase(0, value.find_first_not_of(" \t\""));
        value.erase(value.find_last_not_of(" \t\"") + 1);
        return value;
    }
    return {};
}

std::string limit_text(int resource, bool bytes) {
    rlimit limit{};
    // glibc gives the first argument an enum type of its own.
    if (getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0) return "?";
    if (limit.rlim_cur == RLIM_INFINITY) return "unlimited";
    return bytes ? show_bytes(limit.rlim_cur) : show_count(limit.rlim_cur);
}

/// The cgroup's own folder and those above it: a limit anywhere counts.
void add_cgroup_facts(FactSection& section) {
    std::string relative;
    std::ifstream list("/proc/self/cgroup");
    for (std::string line; std::getline(list, line);) {
        if (line.starts_with("0::")) relative = line.substr(3);
    }
    if (relative.empty()) return;
    section.facts.emplace_back("cgroup", relative);
    const fs::path root = "/sys/fs/cgroup";
    for (const char* name : {"memory.max", "memory.high", "cpu.max", "cpuset.cpus.effective", "pids.max"}) {
        for (auto folder = root / fs::path(relative).relative_path();; folder = folder.parent_path()) {
            const auto value = first_line(folder / name);
            if (!value.empty() && !value.starts_with("max")) {
                section.facts.emplace_back(fmt::format("  {}", name),
                                           fmt::format("{} (in {})", value, folder.string()));
                break;
            }
            if (folder == root || !folder.has_relative_path()) break;
        }
    }
}

std::string space_text(const fs::path& path) {
    std::error_code error;
    const auto space = fs::space(path, error);
    if (error) return error.message();
    return fmt::format("{} free of {}", show_bytes(space.available), show_bytes(space.capacity));
}

}  // namespace

FactSection machine_facts() {
    FactSection section{.title = "machine"};
    utsname names{};
    if (uname(&names) == 0) {
        section.facts.emplace_back("host", names.nodename);
        section.facts.emplace_back("kernel",
                                   fmt::format("{} {} {}", names.sysname, names.release, names.machine));
    }
    section.facts.emplace_back("system", value_in("/etc/os-release", "PRETTY_NAME", '='));
    section.facts.emplace_back("processor", value_in("/proc/cpuinfo", "model name", ':'));
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) {
        section.facts.emplace_back("cores", fmt::format("{} online, {} allowed to this process",
                                                        sysconf(_SC_NPROCESSORS_ONLN), CPU_COUNT(&allowed)));
    }
    section.facts.emplace_back("memory",
                               fmt::format("{}, {} available", value_in("/proc/meminfo", "MemTotal", ':'),
                                           value_in("/proc/meminfo", "MemAvailable", ':')));
    return section;
}

FactSection limit_facts() {
    FactSection section{.title = "limits"};
    section.facts.emplace_back("one rank gets", granted_machine(1, std::nullopt, std::nullopt).explanation);
    section.facts.emplace_back("open files", limit_text(RLIMIT_NOFILE, false));
    section.facts.emplace_back("processes", limit_text(RLIMIT_NPROC, false));
    section.facts.emplace_back("address space", limit_text(RLIMIT_AS, true));
    section.facts.emplace_back("locked memory", limit_text(RLIMIT_MEMLOCK, true));
    section.facts.emplace_back("stack", limit_text(RLIMIT_STACK, true));
    section.facts.emplace_back("core files", limit_text(RLIMIT_CORE, true));
    add_cgroup_facts(section);
    std::error_code ignored;
    section.facts.emplace_back(fs::temp_directory_path(ignored).string(),
                               space_text(fs::temp_directory_path(ignored)));
    section.facts.emplace_back("/dev/shm", space_text("/dev/shm"));
    section.facts.emplace_back("here", space_text("."));
    return section;
}

FactSection topology_facts() {
    FactSection section{.title = "topology"};
    hwloc_topology_t raw = nullptr;
    if (hwloc_topology_init(&raw) != 0) return section;
    const std::unique_ptr<hwloc_topology, decltype(&hwloc_topology_destroy)> topology(raw,
                                                                                      hwloc_topology_destroy);
    if (hwloc_topology_load(topology.get()) != 0) return section;
    const std::array<std::pair<const char*, hwloc_obj_type_t>, 6> kinds = {
        {{"packages", HWLOC_OBJ_PACKAGE},
         {"NUMA nodes", HWLOC_OBJ_NUMANODE},
         {"L3 caches", HWLOC_OBJ_L3CACHE},
         {"L2 caches", HWLOC_OBJ_L2CACHE},
         {"cores", HWLOC_OBJ_CORE},
         {"threads", HWLOC_OBJ_PU}}};
    for (const auto& [name, type] : kinds) {
        const int count = hwloc_get_nbobjs_by_type(topology.get(), type);
        if (count <= 0) continue;
        auto text = fmt::format("{}", count);
        const auto* object = hwloc_get_obj_by_type(topology.get(), type, 0);
        if (hwloc_obj_type_is_cache(type) != 0 && object->attr->cache.size > 0) {
            text += fmt::format(" of {} KiB", object->attr->cache.size >> 10U);
        }
        if (type == HWLOC_OBJ_NUMANODE && object->attr->numanode.local_memory > 0) {
            text += fmt::format(", the first with {}", show_bytes(object->attr->numanode.local_memory));
        }
        section.facts.emplace_back(name, text);
    }
    return section;
}

FactSection environment_facts() {
    FactSection section{.title = "environment"};
    for (const char* name :
         {"OMP_NUM_THREADS", "OMP_PROC_BIND", "OMP_PLACES", "OMPI_COMM_WORLD_SIZE", "OMPI_MCA_btl",
          "OMPI_MCA_pml", "PMIX_RANK", "SLURM_JOB_ID", "SLURM_NTASKS", "SLURM_CPUS_PER_TASK",
          "SLURM_MEM_PER_NODE", "SLURM_MPI_TYPE", "SLURM_JOB_NODELIST", "TMPDIR", "XDG_STATE_HOME", "LANG",
          "LC_ALL", "LD_PRELOAD", "MALLOC_ARENA_MAX"}) {
        if (const char* value = std::getenv(name); value != nullptr) section.facts.emplace_back(name, value);
    }
    return section;
}

}  // namespace dj
