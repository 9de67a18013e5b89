// SPDX-License-Identifier: Apache-2.0
/// Brings the three sources of a recipe together: which values were given for which key, the strongest of each.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dj/recipe/keys.hpp"
#include "dj/recipe/recipe.hpp"
#include "recipe/yaml_tree.hpp"

namespace dj {

/// `--text_length_filter.min_len 20`: applies to every step with that operator.
struct OpOverride {
    std::string op;
    std::string param;
    std::string text;
    Origin origin;
};

struct GatheredSettings {
    std::map<std::string, Setting> settings;  ///< By full name, checked against the declarations.
    std::optional<YamlNode> process;          ///< Null if there is no such key.
    Origin process_origin;
    std::optional<YamlNode> common_process;  ///< Likewise, of a recipe with branches.
    std::optional<YamlNode> branches;
    Origin branches_origin;                ///< Of either.
    std::vector<OpOverride> op_overrides;  ///< From weak to strong.
    bool readable = false;                 ///< The file is a mapping, whatever may be wrong in it.
};

/// Problems and notices are added to the recipe's.
[[nodiscard]] GatheredSettings gather_settings(const RecipeSources& sources, const RecipeKeys& keys,
                                               RecipeResult& result);

}  // namespace dj
