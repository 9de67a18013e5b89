// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "dj/text/email_scanner.hpp"
#include "ops/mapper/mapped_texts.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;

constexpr auto kOp = "clean_email_mapper";

TEST(CleanEmailMapper, TheScannerAndThePatternGiveTheSame) {
    constexpr const char* kPieces[] = {"a",     "B",     "1", ".",  "-", "@",  "b.c",
                                       "a@b.c", "@x.y1", " ", "\n", "é", "漢", "😀"};
    const auto texts = random_texts(5000, kPieces, 30);
    // Written otherwise, the same pattern is run by PCRE2.
    const auto plain = "(?:" + std::string(EmailScanner::kPattern) + ")";
    EXPECT_EQ(mapped(kOp, {{"repl", R"(<\g<0>|\n>)"}}, texts),
              mapped(kOp, {{"pattern", plain}, {"repl", R"(<\g<0>|\n>)"}}, texts));
    EXPECT_EQ(mapped(kOp, json::object(), texts), mapped(kOp, {{"pattern", plain}}, texts));
}

TEST(CleanEmailMapper, TakesPatternsAsPythonLiterals) {
    EXPECT_EQ(mapped(kOp, {{"pattern", R"(r'\d+')"}}, "a1b22@c.d"), "ab@c.d");
    EXPECT_EQ(mapped(kOp, {{"pattern", std::string(EmailScanner::kPattern)}}, "x a@c.d"), "x ");
}

TEST(CleanEmailMapper, TheDefaultHasNoTextsThatNeedTooManySteps) {
    std::string text;
    for (int i = 0; i < 300'000; ++i) text += "a.";
    text += std::string(300'000, '@') + std::string(300'000, '.');
    EXPECT_TRUE(mapped(kOp, json::object(), text) == text);
}

TEST(CleanEmailMapper, AGroupThatThePatternLacksIsTheUsersError) {
    EXPECT_THROW((void)run_on_texts(kOp, {{"repl", R"(\1)"}}, {}), UserError);
}

}  // namespace
}  // namespace dj::testing
