// SPDX-License-Identifier: Apache-2.0
/// Keys of Data-Juicer 1.6.1 that do nothing here, or nothing yet.
#pragma once

#include <span>
#include <vector>

#include "dj/recipe/keys.hpp"

namespace dj {

[[nodiscard]] std::vector<RecipeKey> data_juicer_keys();
[[nodiscard]] std::span<const KeyAlias> key_aliases();

}  // namespace dj
