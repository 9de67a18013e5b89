// SPDX-License-Identifier: Apache-2.0
#include "cli/machine_facts.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>
#include <hwloc.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "dj/report/human_units.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

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

}  // namespace dj
