// SPDX-License-Identifier: Apache-2.0
/// Patterns of paths, and words of a command line.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dj/base/file_system.hpp"

namespace dj {

[[nodiscard]] bool has_wildcard(std::string_view path);

/// Files and folders that match, bytewise by path. `*`, `?` and `[...]` match within a name and no leading dot; `**` alone
/// stands for any number of folders.
[[nodiscard]] std::vector<std::string> match_pattern(FileSystem& files, const std::string& pattern);

/// What was found below a folder and is no corpus: it was written by jobs.
struct SkippedPaths {
    std::size_t job_folders = 0;
    std::size_t statistics = 0;  ///< `{export}_stats.jsonl` beside its export.
};

/// All files below `folder`, bytewise by path, without what jobs wrote about themselves. Links to folders are not followed.
[[nodiscard]] std::vector<std::string> files_below(FileSystem& files, const std::string& folder,
                                                   SkippedPaths& skipped);

/// Words between blanks, with quotes and backslashes as in a shell. std::nullopt if a quote is open.
[[nodiscard]] std::optional<std::vector<std::string>> shell_words(std::string_view text);

}  // namespace dj
