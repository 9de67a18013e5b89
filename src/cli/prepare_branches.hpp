// SPDX-License-Identifier: Apache-2.0
/// The nodes of a recipe with branches, made ready to run, on rank 0.
#pragma once

#include <vector>

#include "cli/checked_recipe.hpp"
#include "dj/plan/branch_plan.hpp"
#include "dj/run/branch_job.hpp"

namespace dj {

/// `base`: what all nodes have in common, with threads and memory for the whole rank. `files`: the input as it is now.
/// `ranks`: of the job.
[[nodiscard]] BranchJobSpec prepare_branches(const CheckedRecipe& checked, const JobSpec& base,
                                             const std::vector<InputFile>& files, int ranks);

/// `dag_execution_plan.json` of the job.
[[nodiscard]] nlohmann::json describe_branches(const BranchJobSpec& job, std::size_t partition_count,
                                               const Resources& resources);

}  // namespace dj
