// SPDX-License-Identifier: Apache-2.0
/// The list of operators: from YAML to checked calls.
#pragma once

#include "dj/ops/op.hpp"
#include "dj/recipe/recipe.hpp"
#include "recipe/settings.hpp"

namespace dj {

/// Fills `process` and `ops` of the recipe; `text_key` is put in where an operator has none of its own.
void read_process(const GatheredSettings& gathered, const OpCatalog& catalog, const std::string& text_key,
                  RecipeResult& result);

}  // namespace dj
