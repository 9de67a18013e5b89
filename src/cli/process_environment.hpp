// SPDX-License-Identifier: Apache-2.0
/// The variables that the program was started with.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dj {

/// All of them, names and values; DJ_PROCESS_* among them are a recipe's weak overrides.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> environment_variables();

}  // namespace dj
