// SPDX-License-Identifier: Apache-2.0
/// The word lists that a recipe's operators ask for, read on rank 0 where the recipe is checked.
#pragma once

#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/ops/op.hpp"
#include "dj/recipe/problem.hpp"
#include "dj/recipe/recipe.hpp"

namespace dj {

/// Fills in `words` of each of `recipe.ops` that needs some: those that come with the program, or of every file
/// `*<kind>*.json` in the folder that the operator names, together. Problems are placed where the parameter stands. The
/// recipe must have been loaded without problems.
void find_words(FileSystem& files, const OpCatalog& catalog, Recipe& recipe,
                std::vector<RecipeProblem>& problems);

}  // namespace dj
