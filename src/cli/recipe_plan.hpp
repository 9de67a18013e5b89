// SPDX-License-Identifier: Apache-2.0
/// What a run of a recipe would be, without running it.
#pragma once

#include "cli/checked_recipe.hpp"
#include "cli/granted_machine.hpp"
#include "cli/input_survey.hpp"
#include "cli/prepare_job.hpp"
#include "dj/base/file_system.hpp"

namespace dj {

struct RecipePlan {
    InputSurvey survey;
    GrantedMachine machine;  ///< Of each rank.
    PreparedJob job;
};

/// For `ranks` ranks, each on a machine like this one and alone on it. Reads as much of the input as `survey_inputs` does, and
/// touches nothing on the disk. Throws UserError if the job could not start.
[[nodiscard]] RecipePlan plan_recipe(FileSystem& files, const OpCatalog& catalog,
                                     const CheckedRecipe& checked, int ranks);

}  // namespace dj
