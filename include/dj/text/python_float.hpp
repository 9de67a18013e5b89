// SPDX-License-Identifier: Apache-2.0
/// Numbers as Python and numpy make them of other values. Stateless and thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace dj {

/// Python's `float(str)`: white space around it, `_` between digits, any Unicode's decimal digits, inf and nan. nullopt
/// where Python raises ValueError.
[[nodiscard]] std::optional<double> python_float(std::string_view text);

/// Python's `round(value, digits)` of a finite value.
[[nodiscard]] double python_round(double value, int digits);

/// numpy's `asarray(values).mean()` of doubles: its pairwise order of additions. NaN for no values.
[[nodiscard]] double numpy_mean(std::span<const double> values);

}  // namespace dj
