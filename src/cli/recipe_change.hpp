// SPDX-License-Identifier: Apache-2.0
/// What a start of a job did, written down so that the next start can say what it does otherwise:
/// metadata/job_recipe.json.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/recipe/recipe.hpp"
#include "dj/run/job.hpp"

namespace dj {

/// Operators with their parameters, and the settings that rows or output depend on.
[[nodiscard]] nlohmann::json describe_recipe(const JobSpec& spec, const std::vector<RecipeBranch>& branches);

/// "operators 1 to 6 are unchanged; 7 text_length_filter: min_len 10 → 20"; empty if nothing has changed, or if `before`
/// is nothing that `describe_recipe` made.
[[nodiscard]] std::string recipe_change(const nlohmann::json& before, const nlohmann::json& now);

}  // namespace dj
