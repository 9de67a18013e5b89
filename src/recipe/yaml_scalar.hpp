// SPDX-License-Identifier: Apache-2.0
/// What an unquoted word of YAML means: YAML 1.1 as PyYAML reads it, with the two changes of jsonargparse, whose loader
/// Data-Juicer uses (`1e-3` is a number, a date is a string).
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

namespace dj {

/// null, boolean, integer, number, or the text itself. An integer beyond 64 bits becomes a number.
[[nodiscard]] nlohmann::json resolve_plain_scalar(std::string_view text);

/// Whether a string must be quoted to stay a string when it is written as YAML.
[[nodiscard]] bool needs_quotes(std::string_view text);

}  // namespace dj
