// SPDX-License-Identifier: Apache-2.0
/// Shares as the filters compute them. Private to `ops`.
#pragma once

#include <cstdint>

namespace dj {

/// Python's division of two integers; 0.0 where there is nothing to divide by. Exact as long as both are below 2^53.
[[nodiscard]] inline double ratio(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace dj
