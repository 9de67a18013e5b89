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

/// One file that a job writes, or the shards of one.
struct OutputPlace {
    std::filesystem::path path;  ///< Absolute.
    FileKind kind;
    Origin origin;  ///< Where it was given.
    std::string branch{};
};

struct RecipePlaces {
    JobPlaces job;                     ///< Absolute folders.
    std::vector<OutputPlace> outputs;  ///< One; of a recipe with branches one for each, in their order.
    std::filesystem::path scratch;     ///< temp_dir, or a folder of the job.
    bool id_given = false;             ///< By --job_id or --resume: the job may exist already.
};

/// `now_seconds` (since the epoch) and `suffix` go into a job id that is not given. Of the disk it looks at
/// no more than where a symbolic link leads.
[[nodiscard]] RecipePlaces resolve_places(const Recipe& recipe, double now_seconds, const std::string& suffix,
                                          std::vector<RecipeProblem>& problems);

/// Whether an output would destroy or become input or another output, or is a folder. Touches nothing.
void check_outputs(FileSystem& files, const Recipe& recipe, const RecipePlaces& places,
                   const FoundInputs& inputs, std::vector<RecipeProblem>& problems);

/// Whether the folders of output and job could be written to, as far as permissions tell: for modes that do not try.
void check_writable(const Recipe& recipe, const RecipePlaces& places, std::vector<RecipeProblem>& problems);

/// Makes the folders of the outputs and proves by temporary files that they can be written to. Throws EnvironmentError, with a
/// line for each that cannot.
void prepare_outputs(FileSystem& files, const RecipePlaces& places);

}  // namespace dj
