// SPDX-License-Identifier: Apache-2.0
/// Reads back what EventLog wrote, also while it is being written, after a kill, and with lines destroyed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/base/file_system.hpp"

namespace dj {

struct EventReadCounts {
    std::uint64_t files = 0;
    std::uint64_t events = 0;
    std::uint64_t unreadable_lines = 0;  ///< Complete lines that are no JSON object.
    std::uint64_t repeated = 0;  ///< Seen twice because a file was rotated under the reader; left out.
    bool torn_tail = false;      ///< A last line has no end: a write in progress, or a kill.
};

/// Hands each event of `paths` (oldest file first, as JobLayout lists them) to `on_event`, in order. A file that is not
/// there, or cannot be read, is passed over.
EventReadCounts read_events(FileSystem& files, const std::vector<std::filesystem::path>& paths,
                            const std::function<void(const nlohmann::json& event)>& on_event);

/// Whether a tally may begin with this file: it begins with the start of a job, or early carries the sums of what went before
/// (see EventTally). Saves reading rotated files, each as large as this one.
[[nodiscard]] bool stands_alone(FileSystem& files, const std::filesystem::path& path);

/// By part of the job (empty: one without branches), the number of the newest generation whose commit these files tell of
/// (`generation_committed`); parts without any are missing. Looks at their ends first, so that long files cost nothing if
/// all `parts` have one. `paths` as for `read_events`.
[[nodiscard]] std::map<std::string, std::uint64_t> last_generations_told(
    FileSystem& files, const std::vector<std::filesystem::path>& paths, const std::set<std::string>& parts);

/// As `read_events`, for any file of JSON lines (quarantine.jsonl), where nothing counts as repeated.
EventReadCounts read_json_lines(FileSystem& files, const std::filesystem::path& path,
                                const std::function<void(const nlohmann::json& object)>& on_object);

}  // namespace dj
