// SPDX-License-Identifier: Apache-2.0
/// JSON schemas from declarations: what editors complete and check recipes with.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "dj/spec/param.hpp"

namespace dj {

/// The schema of one parameter's value (draft 2020-12).
[[nodiscard]] nlohmann::ordered_json json_schema_of(const ParamSpec& spec);

/// The schema of an object with these members and no others.
[[nodiscard]] nlohmann::ordered_json json_schema_of(const std::vector<ParamSpec>& specs);

}  // namespace dj
