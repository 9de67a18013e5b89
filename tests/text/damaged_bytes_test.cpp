// SPDX-License-Identifier: Apache-2.0
#include "text/damaged_bytes.hpp"

#include <gtest/gtest.h>

namespace dj {
namespace {

std::string restored(std::string bytes) {
    restore_byte_a0(bytes);
    return bytes;
}

std::string replaced(std::string bytes) {
    replace_lossy_sequences(bytes);
    return bytes;
}

TEST(DamagedBytes, ASpaceIsANoBreakSpaceWhereUtf8HasOne) {
    EXPECT_EQ(restored("\xC2 x"), "\xC2\xA0x");
    EXPECT_EQ(restored("\xE2 \x9C\xE2\x80 \xE0 \x9C"), "\xE2\xA0\x9C\xE2\x80\xA0\xE0 \x9C");
    EXPECT_EQ(restored("\xE2\x85 \xE4\x80 \xC4 "), "\xE2\x85 \xE4\x80 \xC4 ");
    EXPECT_EQ(restored("\xF0\x9F \x80\xF0 \x80 \xF0"), "\xF0\x9F\xA0\x80\xF0 \x80 \xF0");
    EXPECT_EQ(restored(" \xC3"), " \xC3");
}

TEST(DamagedBytes, TheWordAKeepsItsSpace) {
    EXPECT_EQ(restored("\xC3 la"), "\xC3\xA0 la");
    EXPECT_EQ(restored("\xC3 s \xC3 quela \xC3  "), "\xC3\xA0s \xC3\xA0quela \xC3\xA0 ");
    EXPECT_EQ(restored("\xC3 sa"), "\xC3\xA0 sa");
}

TEST(DamagedBytes, SequencesWithALostByteAreOneLostCharacter) {
    const std::string lost = "\xEF\xBF\xBD";
    EXPECT_EQ(replaced("a\x1A"), "a" + lost);
    EXPECT_EQ(replaced("\xC3? \xC4? \xC4\x1A"), lost + " \xC4? " + lost);
    EXPECT_EQ(replaced("\xE2\x80? \xE2?\x80 \xE2??"), lost + " " + lost + " \xE2??");
    EXPECT_EQ(replaced("\xF0\x9F\x1A\x1A \xF0?\x80\x80 \xF0?\x80"), lost + " " + lost + " \xF0?\x80");
    EXPECT_EQ(replaced("\xED\xA0?\xED\xB0\x80 \xED\xA0\x80\xED\xB0\x1A"), lost + " " + lost);
    EXPECT_EQ(replaced("?\x80"), "?\x80");
}

TEST(DamagedBytes, Utf8AndItsVariantsAreDecoded) {
    EXPECT_EQ(decode_utf8_variants("a\xC3\xA9\xE5\xAD\x97\xF0\x9F\x98\x80"), U"aé字😀");
    EXPECT_EQ(decode_utf8_variants("\xED\xA0\xBD\xED\xB8\x80"), U"😀");
    EXPECT_EQ(decode_utf8_variants(std::string_view("\xC0\x80", 2)), std::u32string(1, U'\0'));
    EXPECT_EQ(decode_utf8_variants("\xED\x95\x9C"), U"한");
    for (const std::string_view bad :
         {"\xC3", "\x80", "\xC1\x81", "\xE0\x80\x80", "\xED\xA0\xBD", "\xED\xB8\x80", "\xF4\x90\x80\x80",
          "\xF8", "\xC0", "\xC0\xC0", "\xE2\x82"}) {
        EXPECT_EQ(decode_utf8_variants(bad), std::nullopt);
    }
}

TEST(DamagedBytes, ALineFeedAtTheEndStandsForALastByteAsInFtfysPatterns) {
    EXPECT_EQ(decode_utf8_variants("a\xC0\n"), std::u32string(U"a\0", 2));
    EXPECT_EQ(decode_utf8_variants("\xC0\nb"), std::nullopt);
    EXPECT_EQ(decode_utf8_variants("\xED\xA0\xBD\xED\xB8\n"), U"\U0001F60A");
    EXPECT_EQ(decode_utf8_variants("\xED\xA0\xBD\n"), std::nullopt);
}

}  // namespace
}  // namespace dj
