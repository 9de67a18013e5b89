// SPDX-License-Identifier: Apache-2.0
/// The effective recipe as YAML that loads again.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "dj/recipe/recipe.hpp"

namespace dj {

/// Every key that has a meaning here, and every other that was given. A comment behind a value says where it came from;
/// defaults have none.
[[nodiscard]] std::string print_config(const Recipe& recipe);

/// A value on one line, as YAML that reads back the same.
[[nodiscard]] std::string yaml_inline(const nlohmann::json& value);

}  // namespace dj
