// SPDX-License-Identifier: Apache-2.0
#include "cli/recipe_change.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace dj {
namespace {

JobSpec recipe() {
    JobSpec spec;
    for (const auto* name : {"a_mapper", "b_mapper", "text_length_filter", "stopwords_filter"})
        spec.ops.push_back({.name = name});
    spec.ops[2].params = {{"min_len", 10}, {"text_key", "text"}};
    spec.ops[3].words = {{"the"}};
    spec.output.path = "out.jsonl";
    return spec;
}

std::string after(const std::function<void(JobSpec&)>& edit) {
    auto edited = recipe();
    edit(edited);
    return recipe_change(nlohmann::json::parse(describe_recipe(recipe(), {}).dump()),
                         describe_recipe(edited, {}));
}

TEST(RecipeChange, SaysWhatIsOtherwise) {
    EXPECT_EQ(after([](auto&) {}), "");
    EXPECT_EQ(after([](auto& spec) { spec.ops[2].params["min_len"] = 20; }),
              "operators 1 to 2 are unchanged; 3 text_length_filter: min_len 10 → 20");
    EXPECT_EQ(after([](auto& spec) { spec.ops[2].params["max_len"] = 99; }),
              "operators 1 to 2 are unchanged; 3 text_length_filter: max_len its default → 99");
    EXPECT_EQ(after([](auto& spec) { spec.ops[3].words = {{"a"}}; }),
              "operators 1 to 3 are unchanged; 4 stopwords_filter: its words");
    EXPECT_EQ(after([](auto& spec) { spec.ops[2].models = {{.path = "m", .size_bytes = 1, .hash = "00"}}; }),
              "operators 1 to 2 are unchanged; 3 text_length_filter: its models");
    EXPECT_EQ(after([](auto& spec) { spec.ops[1].name = "c_mapper"; }),
              "operator 1 is unchanged; 2 b_mapper → c_mapper");
    EXPECT_EQ(after([](auto& spec) { spec.ops[0].name = "c_mapper"; }),
              "the first operator has changed already; 1 a_mapper → c_mapper");
    EXPECT_EQ(after([](auto& spec) { spec.ops.pop_back(); }),
              "operators 1 to 3 are unchanged; 4 stopwords_filter is gone");
    EXPECT_EQ(after([](auto& spec) { spec.ops.push_back({.name = "d"}); }),
              "operators 1 to 4 are unchanged; 5 d is new");
    EXPECT_EQ(after([](auto& spec) { spec.output.path = "b.jsonl"; }),
              "export_path \"out.jsonl\" → \"b.jsonl\"");
}

TEST(RecipeChange, OfBranchesOneByOne) {
    const auto described = [](const std::function<void(std::vector<RecipeBranch>&)>& edit) {
        std::vector<RecipeBranch> branches(2);
        branches[0].options.name = "short";
        branches[0].ops = recipe().ops;  // those of the common part are the first two
        branches[0].first_own_op = 2;
        branches[1].options.name = "all";
        edit(branches);
        JobSpec common = recipe();
        common.ops.resize(2);
        return describe_recipe(common, branches);
    };
    const auto before = described([](auto&) {});
    EXPECT_EQ(recipe_change(before, before), "");
    EXPECT_EQ(
        recipe_change(before, described([](auto& branches) {
                          branches[0].ops[2].params["min_len"] = 20;
                          branches[1].options.name = "other";
                      })),
        "branch all is gone; branch other is new; branch short: the first operator has changed already, 1 "
        "text_length_filter: min_len 10 → 20");
    EXPECT_EQ(recipe_change(before, described([](auto& branches) { branches[1].options.input = "short"; })),
              "branch all: input \"common\" → \"short\"");
    EXPECT_NE(recipe_change(describe_recipe(recipe(), {}), before), "")
        << "a linear recipe has become one with branches";
}

TEST(RecipeChange, StaysShort) {
    const auto text = after([](auto& spec) {
        for (int i = 0; i < 50; ++i) spec.ops.push_back({.name = "x"});
        spec.ops[2].params["min_len"] = std::string(10'000, 'x');
    });
    EXPECT_LT(text.size(), 500U);
    EXPECT_NE(text.find("and 47 more"), std::string::npos) << text;
}

TEST(RecipeChange, WhatIsNoDescriptionTellsNothing) {
    const auto now = describe_recipe(recipe(), {});
    for (const auto* other :
         {"null", "[]", "{}", "7", R"({"operators": 3, "settings": {}})",
          R"({"operators": [], "settings": 1})", R"({"operators": [{"name": 3}], "settings": {}})"}) {
        EXPECT_EQ(recipe_change(nlohmann::json::parse(other), now), "") << other;
    }
    EXPECT_EQ(recipe_change(nlohmann::json(nlohmann::json::value_t::discarded), now), "");
}

}  // namespace
}  // namespace dj
