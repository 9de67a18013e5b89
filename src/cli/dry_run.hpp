// SPDX-License-Identifier: Apache-2.0
/// `--dry-run`: the plan of a run, and what it will need, before anything starts.
#pragma once

#include <string>
#include <vector>

#include "cli/checked_recipe.hpp"
#include "cli/granted_machine.hpp"
#include "cli/input_survey.hpp"
#include "dj/base/file_system.hpp"
#include "dj/plan/execution_plan.hpp"

namespace dj {

struct DryRun {
    std::string text;                  ///< Many lines, for people.
    std::vector<std::string> refused;  ///< What cannot fit; empty: the run would start.
};

/// `ranks` ranks, each on a machine that grants what `machine` says. Nothing on the disk is touched.
[[nodiscard]] DryRun dry_run(FileSystem& files, const CheckedRecipe& checked, const InputSurvey& survey,
                             const GrantedMachine& machine, int ranks);

}  // namespace dj
