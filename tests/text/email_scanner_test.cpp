// SPDX-License-Identifier: Apache-2.0
// The scanner against PCRE2's plain scan with the same pattern.
#include "dj/text/email_scanner.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "text/plain_scan.hpp"

namespace dj {
namespace {

Spans found(std::string_view text) { return scanned<EmailScanner>(text); }

constexpr const char* kPieces[] = {
    "@",      "@@", ".",       "..",   "-",   "+", "_",     "a",    "b.c",   "A",     "B.C",  "1",
    "é",      "字", "．",      "＠",   "K",   "ſ", " ",     "\n",   ",",     "a@b.c", "@x.y", ".z",
    "@a",     "%",  "mailto:", "a.b@", "<",   ">", "😀",     "\x1c", "_@",    "@-.",   "com",  ".COM",
    "\u0301", "/",  "a1.b2",   "@1.2", ".1a", "'", "aaaaa", "9.9x", "\u200d"};

TEST(EmailScanner, EqualsThePlainScanOnRandomTexts) {
    PlainScan plain(EmailScanner::kPattern);
    std::mt19937_64 random(20240701);
    std::size_t addresses = 0;
    for (int i = 0; i < 100'000; ++i) {
        const auto text = random_text(random, kPieces, 20);
        const auto expected = plain.spans(text);
        ASSERT_TRUE(expected.has_value());
        ASSERT_EQ(found(text), *expected) << nlohmann::json(text);
        addresses += expected->size();
    }
    EXPECT_GT(addresses, 20'000U);
}

TEST(EmailScanner, EqualsThePlainScanOnEveryShortText) {
    PlainScan plain(EmailScanner::kPattern);
    for (std::size_t length = 0; length <= 8; ++length) {
        for_every_text("a@.B1 ", length, length < 8 ? 1 : 7,
                       [&](const std::string& text) { ASSERT_EQ(found(text), *plain.spans(text)) << text; });
    }
}

TEST(EmailScanner, EqualsThePlainScanForEveryAsciiCharacterInEveryPlace) {
    PlainScan plain(EmailScanner::kPattern);
    const std::string address = "..ab@cd.ef..";
    for (std::size_t at = 0; at < address.size(); ++at) {
        for (int c = 0; c < 0x80; ++c) {
            auto text = address;
            text[at] = static_cast<char>(c);
            ASSERT_EQ(found(text), *plain.spans(text)) << nlohmann::json(text);
        }
    }
}

TEST(EmailScanner, AnAddressBeginsWhereTheOneBeforeEnds) {
    EXPECT_EQ(found("a@b.cD@e.f"), (Spans{{0, 5}, {5, 10}}));
    EXPECT_EQ(found("a@b.c@d.e"), (Spans{{0, 5}}));
    EXPECT_EQ(found("a@b@c.d"), (Spans{{2, 7}}));
    EXPECT_EQ(found("a@.b"), Spans());
    EXPECT_EQ(found("a@..b"), (Spans{{0, 5}}));
}

TEST(EmailScanner, TakesLinearTimeOnWhatBacktrackingCannot) {
    constexpr std::size_t kMany = 500'000;
    for (const auto* piece : {"a.", "@", "a@", "@a", "a@.", ".@", "a@b.", ".1", "a@b.1", "@."}) {
        const auto text = repeated(piece, kMany);
        (void)found(text);
        (void)found("a@" + text);
        (void)found(text + "@a.b");
    }
    EXPECT_EQ(found(repeated("a.", kMany) + "@b.c"), (Spans{{0, 2 * kMany + 4}}));
    EXPECT_EQ(found("a@" + repeated(".1", kMany)), Spans());
    EXPECT_EQ(found(repeated("@", kMany)), Spans());
}

TEST(EmailScanner, SurvivesBytesThatAreNoUtf8) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 20'000; ++i) {
        auto text = random_text(random, kPieces, 16);
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
