// SPDX-License-Identifier: Apache-2.0
#include "dj/text/utf8.hpp"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace dj {
namespace {

TEST(Utf8, EveryCodePointThereAndBack) {
    for (char32_t point = 0; point < 0x110000; ++point) {
        std::string text;
        append_code_point(text, point);
        const bool surrogate = point >= 0xD800 && point < 0xE000;
        ASSERT_EQ(is_valid_utf8(text), !surrogate) << static_cast<std::uint32_t>(point);
        if (surrogate) continue;
        std::size_t at = 0;
        ASSERT_EQ(next_code_point(text, at), point);
        ASSERT_EQ(at, text.size());
        ASSERT_EQ(previous_code_point(text, at), point);
        ASSERT_EQ(at, 0U);
        ASSERT_EQ(count_code_points(text), 1U);
    }
}

TEST(Utf8, RefusesWhatIsNoUtf8) {
    for (const auto* bad :
         {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3\x28", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xE2\x82",
          "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x9F\x98", "\xF4\x90\x80\x80",
          "\xF5\x80\x80\x80", "\xFF", "\xFE", "aaaaaaaaaaaaaaaaa\xE9", "\xC3\xA9\xA9"}) {
        EXPECT_FALSE(is_valid_utf8(bad)) << bad;
    }
    EXPECT_TRUE(is_valid_utf8(""));
    EXPECT_TRUE(is_valid_utf8(std::string_view("\0a", 2)));
    EXPECT_TRUE(is_valid_utf8("plain text of more than eight bytes, né 漢 😀"));
}

TEST(Utf8, CountsAndCutsLikePythonSlices) {
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        std::string text;
        std::vector<std::size_t> ends{0};
        const auto points = random() % 300;
        for (std::size_t i = 0; i < points; ++i) {
            static constexpr char32_t kPoints[] = {'a', 'b', 0xE9, 0x6F22, 0x1F600, 0x301};
            append_code_point(text, kPoints[random() % 6]);
            ends.push_back(text.size());
        }
        ASSERT_EQ(count_code_points(text), points);
        for (std::size_t count = 0; count <= points; ++count)
            ASSERT_EQ(bytes_of_code_points(text, count), ends[count]);
        ASSERT_EQ(bytes_of_code_points(text, points + 1), text.size());
        ASSERT_EQ(bytes_of_code_points(text, static_cast<std::size_t>(-1)), text.size());
    }
}

TEST(Utf8, WalksOverBrokenBytesWithinBounds) {
    std::mt19937 random(9);
    for (int round = 0; round < 2000; ++round) {
        std::string text(random() % 20, '\0');
        for (char& c : text) c = static_cast<char>(random());
        std::size_t steps = 0;
        for (std::size_t at = 0; at < text.size(); ++steps) (void)next_code_point(text, at);
        EXPECT_LE(steps, text.size());
        for (std::size_t end = text.size(); end > 0;) (void)previous_code_point(text, end);
        (void)count_code_points(text);
        (void)bytes_of_code_points(text, 5);
    }
}

TEST(Utf8, AsciiPrefixStopsAtTheFirstOtherByte) {
    for (std::size_t length = 0; length < 40; ++length) {
        EXPECT_EQ(ascii_prefix(std::string(length, '\x7f')), length);
        EXPECT_EQ(ascii_prefix(std::string(length, 'a') + "\x80" + "aaaaaaaaaaaaaaaaaaa"), length);
    }
}

}  // namespace
}  // namespace dj
