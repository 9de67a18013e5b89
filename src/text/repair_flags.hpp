// SPDX-License-Identifier: Apache-2.0
/// By which characters a text may need repair. Private to `text`.
#pragma once

#include <cstdint>

#include "dj/text/text_repair.hpp"
#include "text/character_table.hpp"

namespace dj {

/// Bits of `kRepairFlags`. The first four, one for each form: normalization changes the character, or may join it with the one
/// in front of it.
inline constexpr std::uint8_t kAnyFormFlags = 0x0F;
/// A mark, which normalization may put into another order: its combining class is not 0.
inline constexpr std::uint8_t kMarkFlag = 0x10;
/// Replaced or taken out wherever it stands.
inline constexpr std::uint8_t kReplacedFlag = 0x20;
/// One of the characters without which no rule of mojibake is met.
inline constexpr std::uint8_t kTriggerFlag = 0x40;

using RepairFlags = CodePointTable<std::uint8_t, 160, 0>;
extern const RepairFlags kRepairFlags;

[[nodiscard]] constexpr std::uint8_t form_flag(NormalizationForm form) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(form));
}

}  // namespace dj
