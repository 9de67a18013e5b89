// SPDX-License-Identifier: Apache-2.0
#include "dj/spec/json_schema.hpp"

#include <gtest/gtest.h>

namespace dj {
namespace {

using Schema = nlohmann::ordered_json;

TEST(JsonSchema, OfEveryType) {
    const auto schema = [](ParamType type, ParamRules rules = {}) {
        auto result = json_schema_of(ParamSpec{"name", "Doc.", type, nullptr, std::move(rules)});
        EXPECT_EQ(result["description"], "Doc.");
        result.erase("description");
        result.erase("default");
        return result;
    };
    EXPECT_EQ(schema(ParamType::boolean), Schema::parse(R"({"type": "boolean"})"));
    EXPECT_EQ(schema(ParamType::integer, {.bounds = {.min = 1}}),
              Schema::parse(R"({"type": "integer", "minimum": 1})"));
    EXPECT_EQ(schema(ParamType::number, {.bounds = {.min = 0, .max = 0.5}}),
              Schema::parse(R"({"type": "number", "minimum": 0, "maximum": 0.5})"));
    EXPECT_EQ(schema(ParamType::string, {.choices = {"a", "b"}}), Schema::parse(R"({"enum": ["a", "b"]})"));
    EXPECT_EQ(schema(ParamType::string, {.nullable = true}),
              Schema::parse(R"({"anyOf": [{"type": "string"}, {"type": "null"}]})"));
    EXPECT_EQ(
        schema(ParamType::string_list),
        Schema::parse(R"({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})"));
    EXPECT_EQ(schema(ParamType::integer_or_string),
              Schema::parse(R"({"anyOf": [{"type": "integer"}, {"type": "string"}]})"));
    EXPECT_EQ(schema(ParamType::mapping), Schema::parse(R"({"type": "object"})"));
    EXPECT_EQ(schema(ParamType::any), Schema::object());
}

TEST(JsonSchema, OfAllParametersAllowsNoOthers) {
    const std::vector<ParamSpec> specs{{"b", "Second.", ParamType::boolean, true, {}},
                                       {"a", "First.", ParamType::any, 1, {}}};
    EXPECT_EQ(
        json_schema_of(specs).dump(),
        R"({"type":"object","properties":{"b":{"type":"boolean","description":"Second.","default":true},)"
        R"("a":{"description":"First.","default":1}},"additionalProperties":false})");
}

}  // namespace
}  // namespace dj
