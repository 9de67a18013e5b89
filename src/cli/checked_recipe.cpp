// SPDX-License-Identifier: Apache-2.0
#include "cli/checked_recipe.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/process_environment.hpp"
#include "cli/terminal.hpp"
#include "dj/recipe/models.hpp"
#include "dj/recipe/words.hpp"
#include "dj/report/human_units.hpp"

namespace dj {

namespace {

/// What else would be wrong with the places of a recipe that has problems already, as far as that can be told: all of them
/// are to be mended at once. What follows only from a problem that is known is not worth a line.
void look_further(FileSystem& files, const Recipe& recipe, double now_seconds,
                  std::vector<RecipeProblem>& problems) {
    if (!recipe.given("dataset_path") || (!recipe.given("export_path") && recipe.branches.empty())) return;
    std::vector<RecipeProblem> found;
    try {
        const RecipePlaces places = resolve_places(recipe, now_seconds, make_unique_suffix(), found);
        if (!found.empty()) return;
        const FoundInputs inputs = find_inputs(files, recipe, places.job.work_dir, places.job.job_id, found);
        check_outputs(files, recipe, places, inputs, found);
    } catch (const std::exception&) {
        return;
    }
    for (RecipeProblem& problem : found) {
        const bool known = std::ranges::any_of(problems, [&](const RecipeProblem& other) {
            return to_string(other.place) == to_string(problem.place);
        });
        if (!known) problems.push_back(std::move(problem));
    }
}

}  // namespace

CheckedRecipe check_places(FileSystem& files, const OpCatalog& catalog, RecipeResult loaded,
                           double now_seconds, std::vector<RecipeProblem>& problems) {
    CheckedRecipe checked{.recipe = std::move(loaded.recipe), .places = {}, .inputs = {}};
    problems = std::move(loaded.problems);
    if (!problems.empty()) {
        look_further(files, checked.recipe, now_seconds, problems);
    } else {
        checked.places = resolve_places(checked.recipe, now_seconds, make_unique_suffix(), problems);
        const auto& job = checked.places.job;
        checked.inputs = find_inputs(files, checked.recipe, job.work_dir, job.job_id, problems);
        find_words(files, catalog, checked.recipe, problems);
        find_models(files, catalog, model_places(files, environment_variables()), checked.recipe, problems);
        check_outputs(files, checked.recipe, checked.places, checked.inputs, problems);
    }
    sort_problems(problems);
    return checked;
}

void print_problems(const std::string& recipe_file, const std::vector<RecipeProblem>& problems) {
    for (const RecipeProblem& problem : problems) (void)write_all(2, show_text(to_string(problem)) + "\n");
    print_error(fmt::format("{}: {} problem{}; nothing was run", recipe_file, problems.size(),
                            problems.size() == 1 ? "" : "s"));
}

}  // namespace dj
