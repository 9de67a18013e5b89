// SPDX-License-Identifier: Apache-2.0
#include "format/utf8_repair.hpp"

#include <random>

#include <gtest/gtest.h>

namespace dj {
namespace {

std::string repaired(std::string_view bytes) {
    std::string out = "<";
    append_repaired_utf8(out, bytes);
    return out + ">";
}

// Expected values are those of Python 3.11: bytes.decode("utf-8", "replace"), R standing for U+FFFD.
TEST(Utf8Repair, ReplacesAsPythonDoes) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", ""},
        {"plain", "plain"},
        {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
        {"\x80", "R"},
        {"\xBF\xBF", "RR"},
        {"\xC3", "R"},
        {"\xC3(", "R("},
        {"\xE2\x82", "R"},
        {"\xE2\x82(", "R("},
        {"\xE2(\x82", "R(R"},
        {"\xF0\x9F\x98", "R"},
        {"\xF0\x9F\x98z", "Rz"},
        {"\xF0\x9F", "R"},
        {"\xF0\x80\x80\x80", "RRRR"},
        {"\xF4\x90\x80\x80", "RRRR"},
        {"\xED\xA0\x80", "RRR"},
        {"\xE0\x80\x80", "RRR"},
        {"\xC0\xAF", "RR"},
        {"\xC1\x81", "RR"},
        {"\xF5\x80", "RR"},
        {"\xFF\xFE", "RR"},
        {"a\xC3\xC3\xA9", "aR\xC3\xA9"},
        {"\xE2\x82\xE2\x82\xAC", "R\xE2\x82\xAC"},
        {"\xF8\x88\x80\x80\x80", "RRRRR"}};
    for (const auto& [bytes, expected] : cases) {
        std::string wanted;
        for (const char c : expected) wanted += c == 'R' ? std::string("\xEF\xBF\xBD") : std::string(1, c);
        EXPECT_EQ(repaired(bytes), "<" + wanted + ">");
        EXPECT_EQ(utf8_is_sound(bytes), bytes == wanted);
        EXPECT_EQ(first_invalid_utf8(bytes) == bytes.size(), bytes == wanted);
    }
    EXPECT_EQ(first_invalid_utf8("a\xC3\xA9\xE2\x82"), 3U);
}

TEST(Utf8Repair, OurCheckAgreesWithSimdjsons) {
    std::mt19937 random(1);
    static constexpr std::string_view kBytes =
        "a\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC2\xDF\xE0\xE1\xED\xEF\xF0\xF1\xF4\xF5\xFF";
    for (int round = 0; round < 200000; ++round) {
        std::string bytes;
        for (auto n = random() % 7; n > 0; --n) bytes += kBytes[random() % kBytes.size()];
        ASSERT_EQ(first_invalid_utf8(bytes) == bytes.size(), utf8_is_sound(bytes));
        std::string out;
        append_repaired_utf8(out, bytes);
        ASSERT_TRUE(utf8_is_sound(out));
        if (utf8_is_sound(bytes)) {
            ASSERT_EQ(out, bytes);
        }
    }
}

}  // namespace
}  // namespace dj
