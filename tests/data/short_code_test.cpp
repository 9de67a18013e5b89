// SPDX-License-Identifier: Apache-2.0
#include "dj/data/short_code.hpp"

#include <gtest/gtest.h>

namespace dj {
namespace {

using namespace std::string_view_literals;

TEST(ShortCode, ComesBackFromItsBits) {
    // The last one would be a signalling NaN, if anybody reckoned with it.
    for (const auto text : {""sv, "e"sv, "en"sv, "zh-yue"sv, "eng_Latn"sv, "\xC3\xA9\xE4\xB8\xAD"sv,
                            "\x01\0\0"sv.substr(0, 1), "\x01\x01\x01\x01\x01\x01\xF0\x7F"sv}) {
        ASSERT_TRUE(ShortCode::fits(text));
        const ShortCode code(text);
        EXPECT_EQ(code.text(), text);
        EXPECT_EQ(ShortCode::of_word(code.word()).text(), text);
        EXPECT_EQ(ShortCode::of_stat(code.stat()).text(), text);
        EXPECT_EQ(ShortCode::of_stat(code.stat()), code);
    }
    EXPECT_NE(ShortCode("en"), ShortCode("de"));
}

TEST(ShortCode, IsShort) {
    EXPECT_FALSE(ShortCode::fits("123456789"));
    EXPECT_FALSE(ShortCode::fits("a\0b"sv));
    EXPECT_FALSE(ShortCode::fits("\0"sv));
}

}  // namespace
}  // namespace dj
