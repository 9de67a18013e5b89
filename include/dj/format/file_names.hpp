// SPDX-License-Identifier: Apache-2.0
/// What names of data files say.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

namespace dj {

/// "out.v2.jsonl.gz" → "out.v2" and ".jsonl.gz": the ending that names a format, not every dot of the name. The second is
/// empty if there is none.
[[nodiscard]] std::pair<std::string, std::string> split_format_ending(const std::filesystem::path& path);

/// The ending in small letters, as Data-Juicer names kinds of files; empty if there is none.
[[nodiscard]] std::string format_ending(const std::filesystem::path& path);

/// Where the statistics of an export stand: `{export}_stats.jsonl` beside it.
[[nodiscard]] std::filesystem::path stats_path_of(const std::filesystem::path& export_path);

}  // namespace dj
