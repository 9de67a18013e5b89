// SPDX-License-Identifier: Apache-2.0
#include "text/character_table.hpp"

#include <string_view>

#include "text/alphanumeric_ranges.hpp"
#include "text/lower_case_runs.hpp"
#include "text/special_ranges.hpp"

namespace dj {
namespace {

constexpr CharacterFlags make_character_flags() {
    CharacterFlags flags;
    for (const CodePointRange range : kAlphanumericRanges) {
        char32_t point = range.first;
        while (point <= range.last) {
            constexpr char32_t kPageSize = CharacterFlags::kPageSize;
            if (point % kPageSize == 0 && point + kPageSize <= range.last + 1) {
                flags.fill_page(point);
                point += kPageSize;
            } else {
                flags.edit(point++) |= kAlphanumericFlag;
            }
        }
    }
    for (const CodePointRange range : kSpecialRanges) {
        for (char32_t point = range.first; point <= range.last; ++point) flags.edit(point) |= kSpecialFlag;
    }
    constexpr std::u32string_view kLineBreaks = U"\n\v\f\r\x1C\x1D\x1E\x85\x2028\x2029";
    for (const char32_t point : kLineBreaks) flags.edit(point) |= kLineBreakFlag;
    return flags;
}

constexpr LowerCaseDeltas make_lower_case_deltas() {
    LowerCaseDeltas deltas;
    for (char32_t point = 'A'; point <= 'Z'; ++point) deltas.edit(point) = 'a' - 'A';
    for (const LowerCaseRun& run : kLowerCaseRuns) {
        for (char32_t point = run.first; point <= run.last; point += run.step) deltas.edit(point) = run.delta;
    }
    return deltas;
}

}  // namespace

constinit const CharacterFlags kCharacterFlags = make_character_flags();
constinit const LowerCaseDeltas kLowerCaseDeltas = make_lower_case_deltas();

}  // namespace dj
