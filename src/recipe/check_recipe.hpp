// SPDX-License-Identifier: Apache-2.0
/// What can only be judged when all keys are known: combinations, and features that are not here yet.
#pragma once

#include "dj/recipe/keys.hpp"
#include "dj/recipe/recipe.hpp"

namespace dj {

/// Adds problems and notices.
void check_recipe(const RecipeKeys& keys, RecipeResult& result);

}  // namespace dj
