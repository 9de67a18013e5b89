// SPDX-License-Identifier: Apache-2.0
/// Operators as people read them: the list, and the page of one. Pure functions of the declarations.
#pragma once

#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "dj/ops/op.hpp"
#include "dj/report/screen.hpp"

namespace dj {

[[nodiscard]] std::string op_list_screen(std::span<const OpSpec> specs, const ScreenStyle& style);
[[nodiscard]] std::string op_page(const OpSpec& spec, const ScreenStyle& style);
[[nodiscard]] nlohmann::ordered_json op_to_json(const OpSpec& spec);
/// JSON schema of one entry of a recipe's `process`: {name: {parameters}}.
[[nodiscard]] nlohmann::ordered_json op_schema(const OpSpec& spec);

}  // namespace dj
