// SPDX-License-Identifier: Apache-2.0
#include "dj/recipe/keys.hpp"

#include <algorithm>
#include <array>

#include "dj/plan/execution_plan.hpp"
#include "dj/recipe/options.hpp"
#include "recipe/data_juicer_keys.hpp"

namespace dj {
namespace {

constexpr std::array<std::string_view, 7> kSections{
    "partition",     "fault_tolerance", "checkpoint", "intermediate_storage",
    "event_logging", "resources",       "branch"};

void add_section(std::vector<RecipeKey>& keys, const std::string& section,
                 const std::vector<ParamSpec>& specs) {
    for (const auto& spec : specs)
        keys.push_back({section.empty() ? spec.name : section + "." + spec.name, spec});
}

}  // namespace

RecipeKeys::RecipeKeys() {
    add_section(keys_, "", global_params().specs());
    add_section(keys_, "partition", partition_params().specs());
    add_section(keys_, "resources", resource_params().specs());
    add_section(keys_, "event_logging", event_logging_params().specs());
    add_section(keys_, "fault_tolerance", fault_tolerance_params().specs());
    add_section(keys_, "checkpoint", checkpoint_params().specs());
    add_section(keys_, "intermediate_storage", intermediate_storage_params().specs());
    add_section(keys_, "branch", branch_params().specs());
    for (auto& key : data_juicer_keys()) keys_.push_back(std::move(key));
}

const RecipeKey* RecipeKeys::find(std::string_view key) const {
    const auto alias = std::ranges::find(key_aliases(), key, &KeyAlias::alias);
    if (alias != key_aliases().end()) key = alias->key;
    const auto found = std::ranges::find(keys_, key, &RecipeKey::key);
    return found == keys_.end() ? nullptr : &*found;
}

bool RecipeKeys::is_section(std::string_view name) const {
    return std::ranges::find(kSections, name) != kSections.end();
}

std::vector<std::string> RecipeKeys::names() const {
    std::vector<std::string> names{"process", "common_process", "branches"};
    for (const auto& key : keys_) names.push_back(key.key);
    for (const auto& alias : key_aliases()) names.emplace_back(alias.alias);
    return names;
}

}  // namespace dj
