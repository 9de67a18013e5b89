// SPDX-License-Identifier: Apache-2.0
/// What a declaration says, as documents: the page of an operator, and the schema of its parameters.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "dj/ops/op.hpp"

namespace dj {

/// The page `docs/ops/<name>.md`, ending in a newline.
[[nodiscard]] std::string markdown_page(const OpSpec& spec);

/// `docs/ops/README.md`: all operators with their first sentences.
[[nodiscard]] std::string markdown_index(const OpCatalog& catalog);

/// The JSON schema of the operator's parameters.
[[nodiscard]] nlohmann::ordered_json parameter_schema(const OpSpec& spec);

/// What is said of a stat that is not always computed, to be added to its documentation; else empty.
[[nodiscard]] std::string condition_text(const StatSpec& stat);

/// The first sentence of the operator's documentation, without its full stop.
[[nodiscard]] std::string summary(const OpSpec& spec);

}  // namespace dj
