// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "dj/text/link_scanner.hpp"
#include "support/in_memory_run.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;

RunResult run(const json& params, const std::vector<std::string>& texts) {
    const auto catalog = make_op_catalog();
    std::vector<Row> rows;
    for (const auto& text : texts) rows.push_back({{"text", text}});
    return InMemoryRun(*catalog.find("clean_links_mapper"), params, rows).run();
}

std::string cleaned(const json& params, const std::string& text) {
    return run(params, {text}).rows.at(0)["text"].get<std::string>();
}

TEST(CleanLinksMapper, TheScannerAndThePatternGiveTheSame) {
    const std::string text = "a http://x.yz/(q) b, www.ab.cd. c:\\d ef:ghi ftp://i (j.kl/mn)";
    const auto by_scanner = cleaned({{"repl", R"([\1])"}}, text);
    // Group 2 makes the operator run the pattern itself.
    EXPECT_EQ(cleaned({{"repl", R"([\1]\2)"}, {"pattern", kLinkPattern}}, "a www.ab.cd."), "a [www.ab.cd].");
    EXPECT_EQ(by_scanner, "a [http://x.yz/(q)] b, [www.ab.cd]. c:\\d [ef:ghi] [ftp://i] ([j.kl/mn])");
}

TEST(CleanLinksMapper, TakesPatternsAsPythonLiterals) {
    EXPECT_EQ(cleaned({{"pattern", R"(r'\d+')"}}, "a1b22"), "ab");
    EXPECT_EQ(cleaned({{"pattern", R"(r"\d+")"}, {"repl", "#"}}, "a1b22"), "a#b#");
    EXPECT_EQ(cleaned({{"pattern", "r'"}}, "xr'y"), "xy");
    EXPECT_EQ(cleaned({{"pattern", ""}, {"repl", "-"}}, "ab"), "-a-b-");
}

TEST(CleanLinksMapper, ATextThatNeedsTooManyStepsIsOneFaultyRow) {
    const auto result = run({{"pattern", "(a+)+$"}}, {"fine aaa", std::string(60, 'a') + "b", "aa"});
    EXPECT_EQ(result.rows.size(), 2U);
    ASSERT_EQ(result.faults.size(), 1U);
    EXPECT_THAT(result.faults[0], ::testing::HasSubstr("too many steps"));
}

TEST(CleanLinksMapper, TheDefaultHasNoTextsThatNeedTooManySteps) {
    const std::string text = "www." + std::string(100'000, '.') + " http://" + std::string(100'000, '(');
    EXPECT_EQ(cleaned({}, text), text);
}

TEST(CleanLinksMapper, BadPatternsAreTheUsersError) {
    EXPECT_THROW((void)run({{"pattern", "("}}, {}), UserError);
    EXPECT_THROW((void)run({{"repl", R"(\9)"}}, {}), UserError);
    EXPECT_THROW((void)run({{"pattern", 5}}, {}), UserError);
}

}  // namespace
}  // namespace dj::testing
