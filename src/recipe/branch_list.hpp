// SPDX-License-Identifier: Apache-2.0
/// `common_process` and `branches` of a recipe.
#pragma once

#include <string>

#include "dj/ops/op.hpp"
#include "recipe/settings.hpp"

namespace dj {

/// Fills in `process` and `ops` (the common part) and `branches`. Problems and notices are added to the recipe's, each once
/// however many branches an operator is on the way of.
void read_branches(const GatheredSettings& gathered, const OpCatalog& catalog, const std::string& text_key,
                   RecipeResult& result);

}  // namespace dj
