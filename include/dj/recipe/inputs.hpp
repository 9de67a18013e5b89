// SPDX-License-Identifier: Apache-2.0
/// Which files a recipe reads: `dataset_path` or `dataset.configs` turned into files that are there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/format/input.hpp"
#include "dj/recipe/problem.hpp"
#include "dj/recipe/recipe.hpp"

namespace dj {

struct FoundFile {
    std::string path;  ///< As reached from the recipe's path.
    FileKind kind;
    FileInfo info;
};

struct FoundInputs {
    std::vector<FoundFile> files;  ///< In the order given; those of a folder or pattern bytewise by path.
    std::vector<std::filesystem::path> folders;  ///< Folders that were searched.
    std::string description;                     ///< What was asked for, in one line.
    std::vector<std::string> notices;            ///< What was passed over, and why.
};

/// A path is a file, a folder (searched through, links to folders not followed), or a pattern with `*`, `?`, `[...]`
/// (`**`: any depth). One string may hold several, between blanks (quoted as in a shell) or commas, if it is no path
/// itself. All files must be of one format. Problems are placed where the key stands. Throws EnvironmentError if the disk
/// fails.
[[nodiscard]] FoundInputs find_inputs(FileSystem& files, const Recipe& recipe,
                                      const std::filesystem::path& work_dir, const std::string& job_id,
                                      std::vector<RecipeProblem>& problems);

}  // namespace dj
