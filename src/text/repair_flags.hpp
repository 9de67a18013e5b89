// SPDX-License-Identifier: Apache-2.0
/// By which characters a text may need repair. Private to `text`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dj/text/text_repair.hpp"
#include "text/character_table.hpp"

namespace dj {

/// Bits of `kRepairFlags`. The first four, one for each form: normalization changes the character, or may join it with the one
/// in front of it.
inline constexpr std::uint8_t kAnyFormFlags = 0x0F;
/// A mark, which normalization may put into another order: its combining class is not 0.
inline constexpr std::uint8_t kMarkFlag = 0x10;
/// Replaced wherever it stands.
inline constexpr std::uint8_t kReplacedFlag = 0x20;
/// One of the characters without which no rule of mojibake is met.
inline constexpr std::uint8_t kTriggerFlag = 0x40;
/// A control character, which is taken out wherever it stands.
inline constexpr std::uint8_t kControlFlag = 0x80;

using RepairFlags = CodePointTable<std::uint8_t, 160, 0>;
extern const RepairFlags kRepairFlags;

/// The same of the characters that take one byte or two: one load instead of two where a script has no others.
inline constexpr std::size_t kTwoByteEnd = 0x800;
extern const std::array<std::uint8_t, kTwoByteEnd> kTwoByteFlags;

/// The flags of all characters of a text together.
[[nodiscard]] inline std::uint8_t flags_of(std::u32string_view text) {
    std::uint8_t flags = 0;
    for (const char32_t point : text) flags |= kRepairFlags.at(point);
    return flags;
}

[[nodiscard]] constexpr std::uint8_t form_flag(NormalizationForm form) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(form));
}

}  // namespace dj
