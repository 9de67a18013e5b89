// SPDX-License-Identifier: Apache-2.0
#include "dj/recipe/recipe.hpp"
#include "recipe/branch_list.hpp"
#include "recipe/check_recipe.hpp"
#include "recipe/process_list.hpp"
#include "recipe/settings.hpp"

namespace dj {
namespace {

/// The settings of one section, by the names of its parameters.
nlohmann::json section_values(const std::map<std::string, Setting>& settings, const std::string& section,
                              const std::vector<ParamSpec>& specs) {
    auto values = nlohmann::json::object();
    for (const auto& spec : specs) {
        const auto given = settings.find(section.empty() ? spec.name : section + "." + spec.name);
        if (given != settings.end()) values[spec.name] = given->second.value;
    }
    return values;
}

template <class T>
void assign_section(T& target, const ParamSet<T>& params, const Recipe& recipe, const std::string& section) {
    params.assign(target, section_values(recipe.settings, section, params.specs()));
}

void assign_options(Recipe& recipe) {
    assign_section(recipe.options, global_params(), recipe, "");
    assign_section(recipe.partition, partition_params(), recipe, "partition");
    assign_section(recipe.fault_tolerance, fault_tolerance_params(), recipe, "fault_tolerance");
    assign_section(recipe.checkpoint, checkpoint_params(), recipe, "checkpoint");
    assign_section(recipe.intermediate_storage, intermediate_storage_params(), recipe,
                   "intermediate_storage");
    assign_section(recipe.event_logging, event_logging_params(), recipe, "event_logging");
    assign_section(recipe.resources, resource_params(), recipe, "resources");
    assign_section(recipe.branch, branch_params(), recipe, "branch");
}

}  // namespace

Origin Recipe::origin_of(std::string_view key) const {
    const auto given = settings.find(std::string(key));
    return given == settings.end() ? Origin{Origin::Kind::file, file} : given->second.origin;
}

Origin RecipeBranch::origin_of(std::string_view key) const {
    const auto given = origins.find(std::string(key));
    return given == origins.end() ? place : given->second;
}

RecipeResult load_recipe(const RecipeSources& sources, const OpCatalog& catalog) {
    RecipeResult result;
    auto& recipe = result.recipe;
    recipe.file = sources.file;
    recipe.text = sources.text;
    const RecipeKeys keys;
    auto gathered = gather_settings(sources, keys, result);
    recipe.settings = std::move(gathered.settings);
    assign_options(recipe);
    const auto text_key =
        recipe.options.text_keys.empty() ? std::string("text") : recipe.options.text_keys.front();
    const bool branched = recipe.options.executor_type == "branch";
    if (!branched && (gathered.branches || gathered.common_process)) {
        result.problems.push_back(
            {gathered.branches_origin, "common_process and branches need executor_type: branch"});
    }
    branched ? read_branches(gathered, catalog, text_key, result)
             : read_process(gathered, catalog, text_key, result);
    // What is missing in a file that cannot be read need not be missing.
    if (gathered.readable) check_recipe(keys, result);
    sort_problems(result.problems);
    return result;
}

}  // namespace dj
