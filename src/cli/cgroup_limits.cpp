// SPDX-License-Identifier: Apache-2.0
#include "cli/cgroup_limits.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace dj {
namespace {

namespace fs = std::filesystem;

/// In version 1, memory without a limit has the largest number of whole pages.
constexpr std::uint64_t kNoMemoryLimit = 1ULL << 62;

/// nullopt for "max", for a negative number, and where there is no such file.
std::optional<std::uint64_t> number_in(const std::string& text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::vector<std::string> words_of(const fs::path& file) {
    std::ifstream stream(file);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

std::optional<std::uint64_t> number_in_file(const fs::path& file) {
    const auto words = words_of(file);
    return words.size() == 1 ? number_in(words[0]) : std::nullopt;
}

template <class Number>
void lower(std::optional<Number>& least, std::optional<Number> found) {
    if (found) least = std::min(least.value_or(*found), *found);
}

std::optional<double> share(std::optional<std::uint64_t> quota, std::optional<std::uint64_t> period) {
    if (!quota || !period || *period == 0) return std::nullopt;
    return static_cast<double>(*quota) / static_cast<double>(*period);
}

void take_limits_of(const fs::path& group, CgroupLimits& limits) {
    lower(limits.memory_bytes, number_in_file(group / "memory.max"));
    if (const auto bytes = number_in_file(group / "memory.limit_in_bytes"); bytes && *bytes < kNoMemoryLimit)
        lower(limits.memory_bytes, bytes);
    if (const auto words = words_of(group / "cpu.max"); words.size() == 2)
        lower(limits.cores, share(number_in(words[0]), number_in(words[1])));
    lower(limits.cores,
          share(number_in_file(group / "cpu.cfs_quota_us"), number_in_file(group / "cpu.cfs_period_us")));
}

void take_limits_on_the_way_up(const fs::path& mount, const fs::path& group, CgroupLimits& limits) {
    for (auto way = group.relative_path(); !way.empty(); way = way.parent_path())
        take_limits_of(mount / way, limits);
    take_limits_of(mount, limits);
}

}  // namespace

CgroupLimits cgroup_limits(const fs::path& self, const fs::path& mounts) {
    CgroupLimits limits;
    std::ifstream list(self);
    // "0::/path" of version 2, "4:memory:/path" and "5:cpu,cpuacct:/path" of version 1.
    for (std::string line; std::getline(list, line);) {
        const auto first = line.find(':');
        const auto second = first == std::string::npos ? first : line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const auto controllers = line.substr(first + 1, second - first - 1);
        const fs::path group = line.substr(second + 1);
        take_limits_on_the_way_up(controllers.empty() ? mounts : mounts / controllers, group, limits);
    }
    return limits;
}

}  // namespace dj
