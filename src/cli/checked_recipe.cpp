// SPDX-License-Identifier: Apache-2.0
#include "cli/checked_recipe.hpp"

#include <fmt/format.h>

#include "cli/terminal.hpp"
#include "dj/recipe/words.hpp"
#include "dj/report/human_units.hpp"

namespace dj {

CheckedRecipe check_places(FileSystem& files, const OpCatalog& catalog, RecipeResult loaded,
                           double now_seconds, std::vector<RecipeProblem>& problems) {
    CheckedRecipe checked{.recipe = std::move(loaded.recipe), .places = {}, .inputs = {}};
    problems = std::move(loaded.problems);
    if (problems.empty()) {
        checked.places = resolve_places(checked.recipe, now_seconds, make_unique_suffix(), problems);
        const auto& job = checked.places.job;
        checked.inputs = find_inputs(files, checked.recipe, job.work_dir, job.job_id, problems);
        find_words(files, catalog, checked.recipe, problems);
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
