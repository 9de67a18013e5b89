// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>

#include "cli/granted_machine.hpp"
#include "cli/machine_facts.hpp"
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

std::string amount_text(rlim_t amount, bool bytes) {
    if (amount == RLIM_INFINITY) return "unlimited";
    return bytes ? show_bytes(amount) : show_count(amount);
}

/// What holds, and up to where the user may raise it.
std::string limit_text(int resource, bool bytes) {
    rlimit limit{};
    // glibc gives the first argument an enum type of its own.
    if (getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0) return "?";
    auto text = amount_text(limit.rlim_cur, bytes);
    if (limit.rlim_cur == limit.rlim_max) return text;
    return fmt::format("{}, can be raised to {}", text, amount_text(limit.rlim_max, bytes));
}

/// Of the cgroup's folder and those above it the first that limits something: a limit anywhere counts.
void add_cgroup_limit(FactSection& section, const fs::path& root, const fs::path& relative,
                      std::string_view name) {
    // "max" and -1 are no limits, nor is a number of bytes near 2^63.
    constexpr std::size_t kDigitsOfNoLimit = 19;
    for (auto folder = root / relative;; folder = folder.parent_path()) {
        const auto value = first_line(folder / name);
        if (!value.empty() && !value.starts_with("max") && !value.starts_with('-') &&
            value.size() < kDigitsOfNoLimit) {
            section.facts.emplace_back(fmt::format("  {}", name),
                                       fmt::format("{} (in {})", value, folder.string()));
            return;
        }
        if (folder == root || !folder.has_relative_path()) return;
    }
}

/// Lines "0::/path" (version 2) and "4:memory:/path" (version 1, a tree for each controller).
void add_cgroup_facts(FactSection& section) {
    std::ifstream list("/proc/self/cgroup");
    for (std::string line; std::getline(list, line);) {
        std::istringstream parts(line);
        std::string number;
        std::string controllers;
        std::string path;
        std::getline(parts, number, ':');
        std::getline(parts, controllers, ':');
        std::getline(parts, path);
        const auto relative = fs::path(path).relative_path();
        const fs::path root = "/sys/fs/cgroup";
        if (controllers.empty()) {
            section.facts.emplace_back("cgroup", path);
            for (const char* name :
                 {"memory.max", "memory.high", "cpu.max", "cpuset.cpus.effective", "pids.max"})
                add_cgroup_limit(section, root, relative, name);
        } else if (controllers == "memory") {
            section.facts.emplace_back("cgroup of memory", path);
            add_cgroup_limit(section, root / controllers, relative, "memory.limit_in_bytes");
        } else if (controllers == "cpu,cpuacct" || controllers == "cpu") {
            section.facts.emplace_back("cgroup of cpu", path);
            add_cgroup_limit(section, root / controllers, relative, "cpu.cfs_quota_us");
        }
    }
}

/// Fabrics pin the memory that they send from: with the usual 8 MiB or less their libraries fail, or fall back to TCP.
std::string fabric_text() {
    std::vector<std::string> devices;
    for (const char* folder : {"/sys/class/infiniband", "/sys/class/cxi"}) {
        std::error_code error;
        for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
            devices.push_back(entry->path().filename().string());
    }
    if (devices.empty()) return "none";
    std::ranges::sort(devices);
    rlimit limit{};
    constexpr rlim_t kEnough = rlim_t{1} << 30U;
    const bool narrow =
        getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < kEnough;
    return fmt::format("{}{}", fmt::join(devices, ", "),
                       narrow ? "; they need more locked memory than is allowed (ulimit -l unlimited)" : "");
}

std::string space_text(const fs::path& path) {
    std::error_code error;
    const auto space = fs::space(path, error);
    if (error) return error.message();
    return fmt::format("{} free of {}", show_bytes(space.available), show_bytes(space.capacity));
}

}  // namespace

FactSection limit_facts(int ranks_on_node) {
    FactSection section{.title = "limits"};
    section.facts.emplace_back("one rank gets",
                               granted_machine(ranks_on_node, std::nullopt, std::nullopt).explanation);
    section.facts.emplace_back("open files", limit_text(RLIMIT_NOFILE, false));
    section.facts.emplace_back("processes", limit_text(RLIMIT_NPROC, false));
    section.facts.emplace_back("address space", limit_text(RLIMIT_AS, true));
    section.facts.emplace_back("locked memory", limit_text(RLIMIT_MEMLOCK, true));
    section.facts.emplace_back("stack", limit_text(RLIMIT_STACK, true));
    section.facts.emplace_back("file size", limit_text(RLIMIT_FSIZE, true));
    section.facts.emplace_back("core files", limit_text(RLIMIT_CORE, true));
    add_cgroup_facts(section);
    section.facts.emplace_back("fabric devices", fabric_text());
    std::error_code ignored;
    const auto temporary = fs::temp_directory_path(ignored);
    section.facts.emplace_back(temporary.string(), space_text(temporary));
    section.facts.emplace_back("/dev/shm", space_text("/dev/shm"));
    section.facts.emplace_back("here", space_text("."));
    return section;
}

}  // namespace dj
