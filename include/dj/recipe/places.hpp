// SPDX-License-Identifier: Apache-2.0
/// Where a recipe's job lives and what it writes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/format/input.hpp"
#include "dj/recipe/inputs.hpp"
#include "dj/recipe/problem.hpp"
#include "dj/recipe/recipe.hpp"
#include "dj/storage/job_layout.hpp"

namespace dj {

struct RecipePlaces {
    JobPlaces job;                      ///< Absolute folders.
    std::filesystem::path export_path;  ///< Absolute.
    FileKind export_kind;
    std::filesystem::path scratch;  ///< temp_dir, or a folder of the job.
    bool id_given = false;          ///< By --job_id or --resume: the job may exist already.
};

/// `now_seconds` (since the epoch) and `suffix` go into a job id that is not given. Of the disk it looks at
/// no more than where a symbolic link leads.
[[nodiscard]] RecipePlaces resolve_places(const Recipe& recipe, double now_seconds, const std::string& suffix,
                                          std::vector<RecipeProblem>& problems);

/// Whether the output would destroy or become input, or is a folder. Touches nothing.
void check_output(FileSystem& files, const Recipe& recipe, const RecipePlaces& places,
                  const FoundInputs& inputs, std::vector<RecipeProblem>& problems);

/// Whether the folders of output and job could be written to, as far as permissions tell: for modes that do not try.
void check_writable(const Recipe& recipe, const RecipePlaces& places, std::vector<RecipeProblem>& problems);

/// Makes the folder of the output and proves by a temporary file that it can be written. Throws EnvironmentError.
void prepare_output(FileSystem& files, const RecipePlaces& places);

}  // namespace dj
