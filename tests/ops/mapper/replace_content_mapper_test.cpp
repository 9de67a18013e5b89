// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "ops/mapper/mapped_texts.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr auto kOp = "replace_content_mapper";

TEST(ReplaceContentMapper, OneReplacementForAllOrOneForEach) {
    EXPECT_EQ(mapped(kOp, {{"pattern", {"a", "b"}}, {"repl", "-"}}, "abc"), "--c");
    EXPECT_EQ(mapped(kOp, {{"pattern", {"a", "b"}}, {"repl", {"1", "2"}}}, "abc"), "12c");
    EXPECT_EQ(mapped(kOp, {{"pattern", "a"}, {"repl", json::array({"1"})}}, "abc"), "1bc");
    EXPECT_EQ(mapped(kOp, {{"pattern", "a"}, {"repl", {"1", "2"}}}, "abc"), "1bc");
    EXPECT_EQ(mapped(kOp, {{"pattern", {"a", "b"}}}, "abc"), "c");
}

TEST(ReplaceContentMapper, EachPatternSeesWhatTheOneBeforeLeft) {
    EXPECT_EQ(mapped(kOp, {{"pattern", {"a", "bb", "x"}}, {"repl", {"b", "x", "done"}}}, "ab"), "done");
    EXPECT_EQ(mapped(kOp, {{"pattern", {"zzz", "b", "zzz"}}, {"repl", ""}}, "abc"), "ac");
    // Buffers of the row before leave nothing behind.
    EXPECT_EQ(mapped(kOp, {{"pattern", {"a", "b"}}, {"repl", {"b", ""}}},
                     std::vector<std::string>{"aaaaaaaaaa", "c", "b", "", "ac"}),
              (std::vector<std::string>{"", "c", "", "", "c"}));
}

TEST(ReplaceContentMapper, NoPatternIsNothingToDo) {
    EXPECT_EQ(mapped(kOp, json::object(), "abc"), "abc");
    EXPECT_EQ(mapped(kOp, {{"pattern", nullptr}, {"repl", json::array()}}, "abc"), "abc");
    EXPECT_EQ(mapped(kOp, {{"pattern", json::array()}, {"repl", R"(\9)"}}, "abc"), "abc");
}

TEST(ReplaceContentMapper, WhatCannotWorkIsTheUsersError) {
    const auto message = [](const json& params) -> std::string {
        try {
            (void)run_on_texts(kOp, params, {});
        } catch (const UserError& error) {
            return error.what();
        }
        return "";
    };
    EXPECT_THAT(message({{"pattern", {"a", "b"}}, {"repl", json::array({"x"})}}),
                HasSubstr("2 patterns, but only 1"));
    EXPECT_THAT(message({{"pattern", "a"}, {"repl", json::array()}}), HasSubstr("1 patterns, but only 0"));
    EXPECT_NE(message({{"pattern", {"a", "("}}}), "");
    EXPECT_NE(message({{"pattern", {"a", "b"}}, {"repl", {"", R"(\1)"}}}), "");
    EXPECT_NE(message({{"pattern", 5}}), "");
    EXPECT_NE(message({{"pattern", json::array({5})}}), "");
    EXPECT_NE(message({{"repl", nullptr}}), "");
}

TEST(ReplaceContentMapper, ATextThatNeedsTooManyStepsIsOneFaultyRow) {
    const json params{{"pattern", {"b", "(a+)+$"}}, {"repl", {"c", "x"}}};
    const auto result = run_on_texts(kOp, params, {"fine aaa", std::string(60, 'a') + "b", "aab"});
    ASSERT_EQ(result.rows.size(), 2U);
    EXPECT_EQ(result.rows[0]["text"], "fine x");
    EXPECT_EQ(result.rows[1]["text"], "aac");
    ASSERT_EQ(result.faults.size(), 1U);
    EXPECT_THAT(result.faults[0], HasSubstr("too many steps"));
}

}  // namespace
}  // namespace dj::testing
