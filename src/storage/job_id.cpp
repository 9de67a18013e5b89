// SPDX-License-Identifier: Apache-2.0
// How a job gets its id, and where the id stands in a recipe's paths.
#include <ctime>
#include <random>

#include <fmt/format.h>

#include "dj/storage/job_layout.hpp"

namespace dj {

std::string utc_timestamp(double seconds_since_epoch) {
    const auto seconds = static_cast<std::time_t>(seconds_since_epoch);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return fmt::format("{:04}{:02}{:02}_{:02}{:02}{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string make_unique_suffix() {
    std::random_device device;
    return fmt::format("{:06x}", device() & 0xFFFFFFU);
}

std::string make_job_id(std::string_view config_name, double seconds_since_epoch, std::string_view suffix) {
    constexpr std::size_t kLongestName = 120;  // leaves room within a file system's 255 bytes
    std::string name;
    for (const char c : config_name.substr(0, kLongestName)) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           c == '_' || c == '-' || c == '.';
        name += plain ? c : '-';
    }
    return fmt::format("{}_{}_{}", utc_timestamp(seconds_since_epoch), name.empty() ? "job" : name, suffix);
}

std::string expand_placeholders(std::string_view path, const std::filesystem::path& work_dir,
                                std::string_view job_id) {
    constexpr std::string_view kWorkDir = "{work_dir}";
    constexpr std::string_view kJobId = "{job_id}";
    std::string expanded;
    while (!path.empty()) {
        if (path.starts_with(kWorkDir)) {
            expanded += work_dir.string();
            path.remove_prefix(kWorkDir.size());
        } else if (path.starts_with(kJobId)) {
            expanded += job_id;
            path.remove_prefix(kJobId.size());
        } else {
            expanded += path.front();
            path.remove_prefix(1);
        }
    }
    return expanded;
}

}  // namespace dj
