// SPDX-License-Identifier: Apache-2.0
// The scanner against PCRE2's plain scan with the same pattern, and against what Python's `regex` found.
#include "dj/text/link_scanner.hpp"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "text/plain_scan.hpp"

namespace dj {
namespace {

using nlohmann::json;
Spans found(std::string_view text) { return scanned<LinkScanner>(text); }

TEST(LinkScanner, FindsWhatPythonFinds) {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    const char* const more = std::getenv("DJ_LINK_CASES");
    std::ifstream file(more != nullptr
                           ? more
                           : std::string(root == nullptr ? "." : root) + "/tests/text/data/link_cases.jsonl");
    std::size_t count = 0;
    for (std::string line; std::getline(file, line); ++count) {
        const auto test = json::parse(line);
        EXPECT_EQ(found(test["text"].get<std::string>()), test["spans"].get<Spans>()) << test["text"];
    }
    EXPECT_GT(count, 3000U);
}

/// Links, their borders and their traps.
constexpr const char* kPieces[] = {"http://",
                                   "https:///",
                                   "ftp:",
                                   "HTTP://",
                                   "www.",
                                   "WWW",
                                   "www1.",
                                   "www٣٤.",
                                   "www1234.",
                                   "w",
                                   "example.com/",
                                   "a.b/",
                                   "foo-bar.org/",
                                   ".com/",
                                   "-a.io/",
                                   "a",
                                   "bc",
                                   "é",
                                   "漢",
                                   "ſ",
                                   "K",
                                   "İ",
                                   "ı",
                                   "_",
                                   "-",
                                   ".",
                                   "..",
                                   ",",
                                   ":",
                                   "::",
                                   "!",
                                   "(",
                                   ")",
                                   "()",
                                   "(a)",
                                   "((a))",
                                   "((a)(b))",
                                   "((()))",
                                   "[",
                                   "]",
                                   "<",
                                   ">",
                                   "\"",
                                   "«",
                                   "”",
                                   "/",
                                   "//",
                                   "%20",
                                   "23",
                                   "@",
                                   "\u0301",
                                   "\u200d",
                                   "\u200b",
                                   "\u00a0",
                                   "\u3000",
                                   "\x1c",
                                   "\u0085",
                                   "\u24b6",
                                   "😀",
                                   "key:value",
                                   "a:b",
                                   " ",
                                   "\n",
                                   "\\",
                                   "aaaaa"};

TEST(LinkScanner, EqualsThePlainScanOnRandomTexts) {
    PlainScan plain(LinkScanner::kPattern);
    std::mt19937_64 random(20240607);
    std::size_t links = 0;
    std::size_t too_dear = 0;
    for (int i = 0; i < 30'000; ++i) {
        const auto text = random_text(random, kPieces, 15);
        const auto expected = plain.spans(text);
        if (!expected) {
            ++too_dear;  // backtracking is exponential even on some of these short texts
            continue;
        }
        ASSERT_EQ(found(text), *expected) << json(text);
        links += expected->size();
    }
    EXPECT_GT(links, 10'000U);
    EXPECT_LT(too_dear, 100U);
}

TEST(LinkScanner, EqualsThePlainScanOnEveryShortText) {
    // Every text of up to six of the characters that the pattern tells apart.
    PlainScan plain(LinkScanner::kPattern);
    for (std::size_t length = 1; length <= 6; ++length) {
        // A seventh of the longest.
        for_every_text("aw:/.-( )1", length, length < 6 ? 1 : 7, [&](const std::string& text) {
            const auto expected = plain.spans(text);
            ASSERT_TRUE(expected.has_value()) << text;
            ASSERT_EQ(found(text), *expected) << text;
        });
    }
}

TEST(LinkScanner, AnchorsAtEveryPositionOfABlock) {
    PlainScan plain(LinkScanner::kPattern);
    for (std::size_t before = 0; before < 40; ++before) {
        for (const auto* link : {"http://ab", "www.ab.cd", "a.com/bc"}) {
            for (std::size_t after = 0; after < 20; ++after) {
                const auto text = std::string(before, ' ') + link + std::string(after, ' ');
                ASSERT_EQ(found(text), *plain.spans(text)) << json(text);
                ASSERT_EQ(found(text).size(), 1U);
            }
        }
    }
}

TEST(LinkScanner, TakesLinearTimeOnWhatBacktrackingCannot) {
    constexpr std::size_t kMany = 300'000;
    for (const auto* piece : {"a.", "aa:.", "www.", ".", ":", "/", "(", "aa:b(", "((a)", "w", "a-", "a/",
                              "a.b/(", "é.", "aa:(", "http://«"}) {
        const auto text = repeated(piece, kMany);
        (void)found(text);
        (void)found("http://" + text);
        (void)found("x.com/" + text + "<");
    }
    EXPECT_EQ(found(repeated("a.", kMany)), Spans());
    EXPECT_EQ(found("aa:" + std::string(kMany, '/')), (Spans{{0, kMany + 3}}));
    EXPECT_EQ(found("aa:" + std::string(kMany, '.')), Spans());
}

TEST(LinkScanner, SurvivesBytesThatAreNoUtf8) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 20'000; ++i) {
        auto text = random_text(random, kPieces, 15);
        for (int change = 0; change < 3 && !text.empty(); ++change) {
            text[random() % text.size()] = static_cast<char>(random());
        }
        std::size_t end = 0;
        for (const auto& [begin, link_end] : found(text)) {
            ASSERT_LE(end, begin);
            ASSERT_LT(begin, link_end);
            ASSERT_LE(link_end, text.size());
            end = link_end;
        }
    }
}

}  // namespace
}  // namespace dj
