// SPDX-License-Identifier: Apache-2.0
/// A recipe: YAML, environment and command line turned into plain structs, checked as a whole. Nothing here touches the
/// disk: `inputs.hpp` and `places.hpp` do.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/ops/op.hpp"
#include "dj/plan/execution_plan.hpp"
#include "dj/recipe/options.hpp"
#include "dj/recipe/problem.hpp"

namespace dj {

/// A value that was given, and where.
struct Setting {
    nlohmann::json value;
    Origin origin;
};

struct RecipeParam {
    std::string name;
    nlohmann::json value;
    Origin origin;       ///< Of the value.
    Origin name_origin;  ///< The same but for files.
};

/// One entry of `process` as given, command line and environment included.
struct RecipeStep {
    std::string op;
    Origin place;
    std::vector<RecipeParam> params{};
};

/// One entry of `branches`. Its operators are told as a whole chain: those of the common part, of the branches that it takes
/// its rows from, and its own.
struct RecipeBranch {
    BranchEntryOptions options{};
    BranchResourceOptions resources{};
    std::vector<RecipeStep> process{};  ///< The chain.
    std::vector<OpCall> ops{};          ///< The same, checked.
    std::size_t first_own_op = 0;
    Origin place{};
    std::map<std::string, Origin> origins{};  ///< Of the keys that were given.

    /// Where `key` was given; the branch if it was not.
    [[nodiscard]] Origin origin_of(std::string_view key) const;
};

struct Recipe {
    std::string file;  ///< As given.
    std::string text;  ///< Verbatim.
    GlobalOptions options{};
    PartitionOptions partition{};
    FaultToleranceOptions fault_tolerance{};
    CheckpointOptions checkpoint{};
    IntermediateStorageOptions intermediate_storage{};
    EventLoggingOptions event_logging{};
    ResourceOptions resources{};
    BranchOptions branch{};
    std::vector<RecipeStep> process{};     ///< Of a recipe with branches: the common part.
    std::vector<RecipeBranch> branches{};  ///< Empty: it has none.
    std::vector<OpCall> ops{};  ///< `process` checked, with `text_key` put in where it is not given.
    std::map<std::string, Setting> settings{};  ///< Keys that were given, by their full name.
    std::vector<std::string> notices{};         ///< One line each: what was accepted without effect.

    /// Where `key` was given; the recipe's file if it was not.
    [[nodiscard]] Origin origin_of(std::string_view key) const;
    [[nodiscard]] bool given(std::string_view key) const { return settings.contains(std::string(key)); }
    /// The default text_key of operators.
    [[nodiscard]] const std::string& text_key() const { return options.text_keys.front(); }
};

/// `--name value`.
struct RecipeOverride {
    std::string name;    ///< "partition.mode", "text_length_filter.min_len"
    std::string option;  ///< As the user wrote it, for messages.
    std::string value;
};

/// From weak to strong: environment, text, overrides.
struct RecipeSources {
    std::string file{};
    std::string text{};
    std::vector<RecipeOverride> overrides{};
    std::vector<std::pair<std::string, std::string>>
        environment{};  ///< Others than DJ_PROCESS_* are passed over.
};

/// The recipe is complete only if there are no problems.
struct RecipeResult {
    Recipe recipe;
    std::vector<RecipeProblem> problems{};
};

[[nodiscard]] RecipeResult load_recipe(const RecipeSources& sources, const OpCatalog& catalog);

}  // namespace dj
