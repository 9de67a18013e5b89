// SPDX-License-Identifier: Apache-2.0
#include "text/mojibake_table.hpp"

#include "text/mojibake_characters.hpp"
#include "text/single_byte_encodings.hpp"

namespace dj {
namespace {

constexpr char32_t kSubstitute = 0x1A;
constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kFirstUpper = 0x80;

constexpr std::array<SingleByteEncoding, kEncodingCount> kEncodings{{
    {.upper = kLatin1},
    {.upper = kWindows1252, .is_windows = true},
    {.upper = kWindows1251, .is_windows = true},
    {.upper = kWindows1250, .is_windows = true},
    {.upper = kWindows1253, .is_windows = true},
    {.upper = kWindows1254, .is_windows = true},
    {.upper = kWindows1257, .is_windows = true},
    {.upper = kIso88592},
    {.upper = kMacroman, .is_macroman = true},
    {.upper = kCp437},
}};

constexpr EncodingBytes make_bytes(const SingleByteEncoding& encoding) {
    EncodingBytes bytes;
    for (char32_t point = 0; point < kFirstUpper; ++point)
        bytes.edit(point) = static_cast<std::uint8_t>(point);
    for (std::size_t i = 0; i < encoding.upper.size(); ++i) {
        bytes.edit(encoding.upper[i]) = static_cast<std::uint8_t>(kFirstUpper + i);
    }
    if (encoding.is_windows) {
        bytes.edit(kReplacement) = static_cast<std::uint8_t>(kSubstitute);
        bytes.edit(kSubstitute) = 0;
    }
    return bytes;
}

constexpr std::array<EncodingBytes, kEncodingCount> make_all_bytes() {
    std::array<EncodingBytes, kEncodingCount> all;
    for (std::size_t i = 0; i < kEncodingCount; ++i) all[i] = make_bytes(kEncodings[i]);
    return all;
}

constexpr MojibakeClasses make_classes() {
    MojibakeClasses classes;
    for (const ClassRun& run : kMojibakeCharacters) {
        for (char32_t point = run.first; point <= run.last; ++point) classes.edit(point) = run.classes;
    }
    for (char32_t point = 0; point < kFirstUpper; ++point) classes.edit(point) |= kAllEncodings;
    for (std::size_t i = 0; i < kEncodingCount; ++i) {
        const std::uint32_t bit = mojibake::kFirstEncoding << i;
        for (const char16_t point : kEncodings[i].upper) classes.edit(point) |= bit;
        if (kEncodings[i].is_windows) {
            classes.edit(kReplacement) |= bit;
            classes.edit(kSubstitute) &= ~bit;
        }
    }
    return classes;
}

}  // namespace

constinit const std::array<SingleByteEncoding, kEncodingCount> kSingleByteEncodings = kEncodings;
constinit const MojibakeClasses kMojibakeClasses = make_classes();
constinit const std::array<EncodingBytes, kEncodingCount> kEncodingBytes = make_all_bytes();

char32_t windows_1252(char32_t c1_control) { return kWindows1252[c1_control - kFirstUpper]; }

}  // namespace dj
