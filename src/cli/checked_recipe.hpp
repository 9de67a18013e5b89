// SPDX-License-Identifier: Apache-2.0
/// A recipe checked as far as that goes without running it: its text, its input files, its word lists, its output path.
#pragma once

#include <string>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/ops/op.hpp"
#include "dj/recipe/inputs.hpp"
#include "dj/recipe/places.hpp"
#include "dj/recipe/recipe.hpp"

namespace dj {

struct CheckedRecipe {
    Recipe recipe;
    RecipePlaces places;  ///< This and `inputs` are empty if the text alone has problems.
    FoundInputs inputs;
};

/// Looks for input files, reads word lists and looks at the output path if `loaded` has no problems. All problems there are go to `problems`, in
/// the order of their places. `now_seconds` (since the epoch) goes into a job id that is not given. Touches nothing on the
/// disk. Throws EnvironmentError if the disk fails.
[[nodiscard]] CheckedRecipe check_places(FileSystem& files, const OpCatalog& catalog, RecipeResult loaded,
                                         double now_seconds, std::vector<RecipeProblem>& problems);

/// Every problem as a line on standard error, and their number.
void print_problems(const std::string& recipe_file, const std::vector<RecipeProblem>& problems);

}  // namespace dj
