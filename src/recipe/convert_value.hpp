// SPDX-License-Identifier: Apache-2.0
/// Turns what a user wrote into a value of the declared type. What does not fit stays as it is, for `check_value` to
/// complain about.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "dj/spec/param.hpp"
#include "recipe/yaml_tree.hpp"

namespace dj {

/// From the command line or the environment. Lists are YAML lists or words between commas. Throws UserError if YAML was
/// begun and is broken.
[[nodiscard]] nlohmann::json convert_text(const ParamSpec& spec, const std::string& text);

/// From a recipe. A quoted number counts as a number where one is wanted, a quoted list as a list, as in jsonargparse.
[[nodiscard]] nlohmann::json convert_node(const ParamSpec& spec, const YamlNode& node);

/// Any YAML in a text. Throws UserError if it is broken.
[[nodiscard]] YamlNode yaml_of_text(const std::string& text);

}  // namespace dj
