// SPDX-License-Identifier: Apache-2.0
#include "dj/recipe/validators.hpp"

#include <gmock/gmock.h>

namespace dj {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::vector<Validator> read(const std::string& text, std::vector<RecipeProblem>& problems) {
    return read_validators(json::parse(text), {}, problems);
}
std::string problems_of(const std::string& text) {
    std::vector<RecipeProblem> problems;
    (void)read(text, problems);
    return problems.empty() ? "" : problems.front().message;
}
/// Of one validator and a list of rows.
std::string objection_of(const std::string& validator, const std::string& rows) {
    std::vector<RecipeProblem> problems;
    const auto validators = read("[" + validator + "]", problems);
    EXPECT_TRUE(problems.empty());
    return objection(validators.front(), json::parse(rows).get<std::vector<json>>()).value_or("");
}

TEST(Validators, WhatIsWrongWithTheRecipeIsTold) {
    EXPECT_EQ(problems_of("[]"), "");
    EXPECT_EQ(problems_of("null"), "");
    EXPECT_EQ(problems_of(R"([{"type": "code"}, {"type": "swift_messages", "min_turns": 0}])"), "");
    EXPECT_THAT(problems_of(R"({"type": "code"})"), HasSubstr("expected a list"));
    EXPECT_THAT(problems_of(R"([{"type": "code"}, 5])"),
                HasSubstr("number 2: expected a mapping with a type"));
    EXPECT_THAT(problems_of(R"([{"type": "swift"}])"),
                HasSubstr("there are swift_messages, dj_conversation"));
    EXPECT_THAT(problems_of(R"([{"type": "swift_messages", "max_turns": "x"}])"), HasSubstr("max_turns: "));
    EXPECT_THAT(problems_of(R"([{"type": "required_fields"}])"),
                HasSubstr("required_fields: expected a list"));
    EXPECT_THAT(
        problems_of(
            R"([{"type": "required_fields", "required_fields": ["a"], "field_types": {"a": "text"}}])"),
        HasSubstr("field_types.a: expected one of str"));
}

TEST(Validators, SwiftMessages) {
    const std::string any = R"({"type": "swift_messages", "max_turns": 2})";
    EXPECT_EQ(objection_of(any, R"([{"messages": [{"role": "user", "content": "a"}]}])"), "");
    EXPECT_EQ(objection_of(any, R"([{"messages": [{"role": "user", "content": 5}]}])"), "") << "as there";
    EXPECT_THAT(objection_of(any, R"([{"messages": [{"role": "user", "content": "a"}]}, {"text": "b"}])"),
                HasSubstr("row 2 has no list of messages"));
    EXPECT_THAT(objection_of(any, R"([{"messages": []}])"), HasSubstr("has 0 messages: expected 1 to 2"));
    EXPECT_THAT(
        objection_of(any, R"([{"messages": [{"role": "system", "content": "a"}, {"content": "a"}]}])"),
        HasSubstr("message 2 has no role"));
    EXPECT_THAT(objection_of(any, R"([{"messages": [{"role": "tool", "content": "a"}]}])"),
                HasSubstr("message 1 has the role \"tool\""));
    EXPECT_THAT(objection_of(any, R"([{"messages": [{"role": "user", "content": null}]}])"),
                HasSubstr("message 1 has no content"));
    EXPECT_THAT(objection_of(any, R"([{"messages": ["user"]}])"), HasSubstr("message 1 has no role"));
    EXPECT_EQ(objection_of(R"({"type": "swift_messages", "sample_size": 1})",
                           R"([{"messages": [{"role": "user", "content": "a"}]}, {"messages": 5}])"),
              "")
        << "beyond the sample";
}

TEST(Validators, Conversation) {
    const std::string any = R"({"type": "dj_conversation", "max_turns": 2})";
    const std::string row = R"("instruction": "", "query": "q", "response": "r")";
    EXPECT_EQ(objection_of(any, "[{" + row + "}]"), "");
    EXPECT_EQ(objection_of(any, "[{" + row + R"(, "history": [["a", "b"]], "system": "s"}])"), "");
    EXPECT_THAT(objection_of(any, R"([{"instruction": "", "query": "q"}])"),
                HasSubstr("no string as response"));
    EXPECT_THAT(objection_of(any, "[{" + row + R"(, "system": null}])"), HasSubstr("system"));
    EXPECT_THAT(objection_of(any, "[{" + row + R"(, "history": [["a"]]}])"),
                HasSubstr("turn 1 of its history"));
    EXPECT_THAT(objection_of(any, "[{" + row + R"(, "history": [["a", "b"], ["a", "b"]]}])"),
                HasSubstr("3 turns with its history: expected 1 to 2"));
    EXPECT_THAT(objection_of(any, "[{" + row + R"(, "history": "a"}])"), HasSubstr("no list"));
}

TEST(Validators, RequiredFields) {
    const auto with = [](const std::string& more) {
        return R"({"type": "required_fields", "required_fields": ["a", "b"])" + more + "}";
    };
    EXPECT_EQ(objection_of(with(""), R"([{"a": 1, "b": 0}])"), "");
    EXPECT_THAT(objection_of(with(""), R"([{"a": 1, "b": 0}, {"a": 1, "b": null}])"),
                HasSubstr("1 of the first 2 rows lack b"));
    EXPECT_EQ(objection_of(with(R"(, "allow_missing": 0.5)"), R"([{"a": 1, "b": 0}, {"a": 1}])"), "");
    const std::string types = R"(, "field_types": {"a": "Int", "b": "str"})";
    EXPECT_EQ(objection_of(with(types), R"([{"a": 1, "b": "x"}, {"a": true, "b": ""}])"), "");
    EXPECT_THAT(objection_of(with(types), R"([{"a": 1, "b": "x"}, {"a": 1, "b": 5}])"),
                HasSubstr("row 2 has number as b: expected str"));
    EXPECT_THAT(objection_of(with(types), R"([{"a": 1, "b": "x"}, {"a": 1.5, "b": "x"}])"),
                HasSubstr("row 1 has number as a: expected int"))
        << "the column is one of floats";
    const std::string floats = R"(, "field_types": {"a": "float", "b": "list"})";
    EXPECT_EQ(objection_of(with(floats), R"([{"a": 1, "b": []}, {"a": 1.5, "b": [2]}])"), "");
    EXPECT_THAT(objection_of(with(floats), R"([{"a": 1, "b": []}])"), HasSubstr("expected float"));
}

}  // namespace
}  // namespace dj
