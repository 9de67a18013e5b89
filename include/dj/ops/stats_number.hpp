// SPDX-License-Identifier: Apache-2.0
/// Data-Juicer's `stats_to_number`: what a nested field counts for in an order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dj {

/// Buffers reused from row to row.
struct StatsNumberBuffers {
    std::string text;
    std::vector<double> numbers;
    std::vector<std::size_t> shape;
    std::vector<std::size_t> counts;
};

/// A number or boolean as it is, a string as Python's `float` reads it, a (rectangular) list of numbers by its mean.
/// nullopt for what Data-Juicer puts behind everything else: null, missing, empty, text, objects, ragged lists.
[[nodiscard]] std::optional<double> stats_to_number(std::string_view json, StatsNumberBuffers& buffers);

}  // namespace dj
