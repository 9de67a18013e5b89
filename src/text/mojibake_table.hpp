// SPDX-License-Identifier: Apache-2.0
/// What a character may be in mis-decoded text: one of ftfy's categories, a byte of UTF-8, a byte of a single-byte encoding.
/// Private to `text`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "text/character_table.hpp"

namespace dj {

/// Bits of `kMojibakeClasses`. The first are the categories of ftfy/badness.py, in the order of
/// tools/unicode/repair_tables.py.
namespace mojibake {
inline constexpr std::uint32_t kCommon = 1U << 0;
inline constexpr std::uint32_t kC1 = 1U << 1;
inline constexpr std::uint32_t kBad = 1U << 2;
inline constexpr std::uint32_t kLaw = 1U << 3;
inline constexpr std::uint32_t kCurrency = 1U << 4;
inline constexpr std::uint32_t kStart = 1U << 5;
inline constexpr std::uint32_t kEnd = 1U << 6;
inline constexpr std::uint32_t kNumeric = 1U << 7;
inline constexpr std::uint32_t kKaomoji = 1U << 8;
inline constexpr std::uint32_t kUpperAccented = 1U << 9;
inline constexpr std::uint32_t kLowerAccented = 1U << 10;
inline constexpr std::uint32_t kUpperCommon = 1U << 11;
inline constexpr std::uint32_t kLowerCommon = 1U << 12;
inline constexpr std::uint32_t kBox = 1U << 13;
/// Letters that stand where UTF-8 has a byte of this kind, in the encodings that are like Latin-1.
inline constexpr std::uint32_t kFirstOf2 = 1U << 14;
inline constexpr std::uint32_t kFirstOf3 = 1U << 15;
inline constexpr std::uint32_t kFirstOf4 = 1U << 16;
inline constexpr std::uint32_t kContinuation = 1U << 17;
/// The same, without those that often stand for themselves.
inline constexpr std::uint32_t kContinuationStrict = 1U << 18;
/// Bit 19 and on: the character is in that one of `kSingleByteEncodings`.
inline constexpr std::uint32_t kFirstEncoding = 1U << 19;
}  // namespace mojibake

/// An encoding in which UTF-8 is read by mistake.
struct SingleByteEncoding {
    std::span<const char16_t, 128> upper;  ///< What the bytes 80 to FF stand for.
    bool is_windows = false;  ///< Byte 1A stands for U+FFFD, a character that got lost; otherwise for U+001A.
    bool is_macroman = false;
};

/// In the order in which they are tried.
inline constexpr std::size_t kEncodingCount = 10;
inline constexpr std::uint32_t kAllEncodings = ((1U << kEncodingCount) - 1) * mojibake::kFirstEncoding;
extern const std::array<SingleByteEncoding, kEncodingCount> kSingleByteEncodings;

using MojibakeClasses = CodePointTable<std::uint32_t, 24, 0>;
extern const MojibakeClasses kMojibakeClasses;

/// The byte of a character; 0 for those that are not in the encoding.
using EncodingBytes = CodePointTable<std::uint8_t, 16, 0>;
extern const std::array<EncodingBytes, kEncodingCount> kEncodingBytes;

/// What Windows-1252 has in the place of a C1 control.
[[nodiscard]] char32_t windows_1252(char32_t c1_control);

}  // namespace dj
