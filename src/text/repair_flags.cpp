// SPDX-License-Identifier: Apache-2.0
#include "text/repair_flags.hpp"

#include "text/character_fixes.hpp"
#include "text/mojibake_characters.hpp"
#include "text/mojibake_rules.hpp"
#include "text/normalization_ranges.hpp"

namespace dj {
namespace {

template <class Run>
constexpr void add(RepairFlags& flags, const Run& run, std::uint8_t flag) {
    for (char32_t point = run.first; point <= run.last; ++point) flags.edit(point) |= flag;
}

constexpr RepairFlags make_repair_flags() {
    RepairFlags flags;
    for (const ClassRun& run : kNormalizationRuns) add(flags, run, static_cast<std::uint8_t>(run.classes));
    for (const CharacterFix& fix : kCharacterFixes) add(flags, fix, kReplacedFlag);
    for (const LongCharacterFix& fix : kLongCharacterFixes) flags.edit(fix.point) |= kReplacedFlag;
    for (const CodePointRange& range : kRemovedCharacters) add(flags, range, kControlFlag);
    flags.edit('\r') |= kReplacedFlag;
    for (const ClassRun& run : kMojibakeCharacters) {
        if ((run.classes & mojibake::kTriggers.categories) != 0) add(flags, run, kTriggerFlag);
    }
    for (const char32_t point : mojibake::kTriggers.characters) flags.edit(point) |= kTriggerFlag;
    return flags;
}

constexpr RepairFlags kFlags = make_repair_flags();

constexpr std::array<std::uint8_t, kTwoByteEnd> make_two_byte_flags() {
    std::array<std::uint8_t, kTwoByteEnd> flags{};
    for (char32_t point = 0; point < kTwoByteEnd; ++point) flags[point] = kFlags.at(point);
    return flags;
}

}  // namespace

constinit const RepairFlags kRepairFlags = kFlags;
constinit const std::array<std::uint8_t, kTwoByteEnd> kTwoByteFlags = make_two_byte_flags();

}  // namespace dj
