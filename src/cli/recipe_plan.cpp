// SPDX-License-Identifier: Apache-2.0
#include "cli/recipe_plan.hpp"

#include "dj/base/clock.hpp"
#include "dj/plan/byte_size.hpp"

namespace dj {

RecipePlan plan_recipe(FileSystem& files, const OpCatalog& catalog, const CheckedRecipe& checked, int ranks) {
    RecipePlan plan;
    const Recipe& recipe = checked.recipe;
    plan.survey = survey_inputs(files, checked.inputs, recipe, catalog);
    const auto threads = recipe.resources.threads ? recipe.resources.threads : recipe.options.np;
    const auto memory = recipe.resources.memory_mb;
    plan.machine = granted_machine(
        1, threads, memory ? std::optional(static_cast<std::uint64_t>(*memory) * kMebibyte) : std::nullopt);
    const Resources resources{ranks, plan.machine.threads, plan.machine.memory_bytes};
    plan.job = prepare_job(checked, plan.survey, resources, {}, seconds_since_epoch());
    if (!plan.job.branches) {
        check_job(plan.job.spec, catalog, files, plan.job.input);
        return plan;
    }
    for (const BranchNodeSpec& node : plan.job.branches->nodes)
        check_job(node.spec, catalog, files, plan.job.input);
    return plan;
}

}  // namespace dj
