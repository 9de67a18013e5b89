// SPDX-License-Identifier: Apache-2.0
/// What tables of characters are made of. Private to `text`.
#pragma once

#include <cstdint>

namespace dj {

struct CodePointRange {
    char32_t first;
    char32_t last;
};

/// first, first + step, ..., last: the lower case of each is `delta` away.
struct LowerCaseRun {
    char32_t first;
    char32_t last;
    std::uint8_t step;
    std::int32_t delta;
};

}  // namespace dj
