// SPDX-License-Identifier: Apache-2.0
// The scanner against PCRE2's plain scan with the same pattern.
#include "dj/text/ip_scanner.hpp"

#include <cctype>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"
#include "text/plain_scan.hpp"

namespace dj {
namespace {

Spans found(std::string_view text) { return scanned<IpScanner>(text); }

constexpr const char* kPieces[] = {"0",        "1",
                                   "2",        "5",
                                   "6",        "9",
                                   "10",       "99",
                                   "00",       "01",
                                   "100",      "199",
                                   "200",      "249",
                                   "250",      "255",
                                   "256",      "299",
                                   "300",      "1000",
                                   ".",        ".",
                                   ".",        ".",
                                   ".",        ".",
                                   ".",        ".",
                                   "1.2",      "1.2.3",
                                   "1.2.3.4",  "10.0.0.",
                                   ":",        ":",
                                   ":",        ":",
                                   ":",        ":",
                                   ":",        ":",
                                   "::",       "a",
                                   "F",        "g",
                                   "dead:",    "BEEF:",
                                   "1:2:3:4:", "٣",
                                   "٣:",       "９",
                                   "²",        "字",
                                   " ",        "é",
                                   "\n",       "..",
                                   "a:b:",     "0:0:0:0:0:0:0:",
                                   "𝟘",        "Ａ",
                                   "5:6:7:8"};

TEST(IpScanner, EqualsThePlainScanOnRandomTexts) {
    PlainScan plain(IpScanner::kPattern);
    std::mt19937_64 random(20240702);
    std::size_t of_v4 = 0;
    std::size_t of_v6 = 0;
    for (int i = 0; i < 200'000; ++i) {
        const auto text = random_text(random, kPieces, 24);
        const auto expected = plain.spans(text);
        ASSERT_TRUE(expected.has_value());
        ASSERT_EQ(found(text), *expected) << nlohmann::json(text);
        for (const auto& [begin, end] : *expected)
            ++(text.substr(begin, end - begin).find('.') != std::string::npos ? of_v4 : of_v6);
    }
    EXPECT_GT(of_v4, 10'000U);
    EXPECT_GT(of_v6, 1'000U);
}

TEST(IpScanner, EqualsThePlainScanOnEveryShortText) {
    PlainScan plain(IpScanner::kPattern);
    for (std::size_t length = 7; length <= 11; ++length) {
        for_every_text("0125.", length,
                       length < 10    ? 1
                       : length == 10 ? 7
                                      : 43,
                       [&](const std::string& text) { ASSERT_EQ(found(text), *plain.spans(text)) << text; });
    }
    for_every_text("a:. ", 9, 1, [&](const std::string& text) {
        const auto longer = "1:2:3:4:" + text + "5:6:7:8";
        ASSERT_EQ(found(longer), *plain.spans(longer)) << longer;
    });
}

TEST(IpScanner, EqualsThePlainScanForEveryNumberInEveryPlace) {
    PlainScan plain(IpScanner::kPattern);
    for (int number = 0; number < 1200; ++number) {
        const auto digits = std::to_string(number);
        for (const auto& text :
             {digits + ".2.3.4", "1." + digits + ".3.4", "1.2.3." + digits, "0" + digits + ".2.3.4",
              "1.2.0" + digits + ".4", "1.2.3.0" + digits, "9" + digits + ".1.1.1.1." + digits}) {
            ASSERT_EQ(found(text), *plain.spans(text)) << text;
        }
    }
}

TEST(IpScanner, KnowsTheDigitsOfEveryScript) {
    PlainScan plain(IpScanner::kPattern);
    for (char32_t point = 1; point < 0x20000; ++point) {
        if (point >= 0xD800 && point < 0xE000) continue;
        std::string text = "x";
        append_code_point(text, point);
        text += ":0:0:0:0:0:0:";
        append_code_point(text, point);
        const bool digit = regex_is_digit(point) || (point < 0x80 && std::isxdigit(static_cast<int>(point)));
        ASSERT_EQ(found(text).size(), digit ? 1U : 0U) << nlohmann::json(text);
        if (!digit && point % 64 != 0) continue;
        ASSERT_EQ(found(text), *plain.spans(text)) << nlohmann::json(text);
    }
}

TEST(IpScanner, AddressesInsideOfLongerNumbers) {
    EXPECT_EQ(found("1234.5.6.789"), (Spans{{1, 11}}));
    EXPECT_EQ(found("999.1.1.1"), (Spans{{1, 9}}));
    EXPECT_EQ(found("1.02.3.4.5"), (Spans{{3, 10}}));
    EXPECT_EQ(found("1.02.3.4"), Spans());
    EXPECT_EQ(found("1.2.3.4.5.6.7.8"), (Spans{{0, 7}, {8, 15}}));
    EXPECT_EQ(found("1.2.3.45.6.7.8"), (Spans{{0, 8}}));
    EXPECT_EQ(found("1.2.3.2555.6.7.8"), (Spans{{0, 9}, {9, 16}}));
    EXPECT_EQ(found("1:2:3:4:5:6:7:8.1.1.1"), (Spans{{0, 15}}));
    EXPECT_EQ(found("12345:2:3:4:5:6:7:89abc"), (Spans{{1, 22}}));
}

TEST(IpScanner, TakesLinearTimeOnWhatBacktrackingCannot) {
    constexpr std::size_t kMany = 300'000;
    for (const auto* piece :
         {"1.", ".", ":", "1:", "a:", "1.1.1.", "1111:", "٣:", "1", "a", "1.1.1.256", "::1"}) {
        (void)found(repeated(piece, kMany));
        (void)found(repeated(piece, kMany) + "g");
    }
    EXPECT_EQ(found(repeated("1", kMany) + ".1.1.1"), (Spans{{kMany - 3, kMany + 6}}));
    EXPECT_EQ(found(repeated(":", kMany)), Spans());
}

TEST(IpScanner, SurvivesBytesThatAreNoUtf8) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 30'000; ++i) {
        auto text = random_text(random, kPieces, 24);
        for (int change = 0; change < 3 && !text.empty(); ++change)
            text[random() % text.size()] = static_cast<char>(random());
        std::size_t end = 0;
        for (const auto& [begin, address_end] : found(text)) {
            ASSERT_LE(end, begin);
            ASSERT_LT(begin, address_end);
            ASSERT_LE(address_end, text.size());
            end = address_end;
        }
    }
}

}  // namespace
}  // namespace dj
