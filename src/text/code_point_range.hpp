// SPDX-License-Identifier: Apache-2.0
/// What tables of characters are made of. Private to `text`.
#pragma once

#include <cstdint>
#include <string_view>

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

/// Characters with the same classes, a bit each.
struct ClassRun {
    char32_t first;
    char32_t last;
    std::uint32_t classes;
};

/// first to last become those from `fixed` on.
struct CharacterFix {
    char32_t first;
    char32_t last;
    char32_t fixed;
};

/// One that becomes several.
struct LongCharacterFix {
    char32_t point;
    std::u32string_view fixed;
};

}  // namespace dj
