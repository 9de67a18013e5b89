// SPDX-License-Identifier: Apache-2.0
#include "recipe/yaml_tree.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace dj {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string problems_of(const std::string& text) {
    std::vector<YamlProblem> problems;
    (void)parse_yaml(text, problems);
    std::string all;
    for (const auto& problem : problems) {
        all += fmt::format("{}:{}: {}\n", problem.place.line, problem.place.column, problem.message);
    }
    return all;
}

json value_of(const std::string& text) {
    std::vector<YamlProblem> problems;
    const auto node = parse_yaml(text, problems);
    EXPECT_TRUE(problems.empty()) << text << "\n" << (problems.empty() ? "" : problems.front().message);
    return node ? to_json(*node) : json("nothing");
}

TEST(YamlTree, TypesAndPlaces) {
    std::vector<YamlProblem> problems;
    const auto root = parse_yaml("a: 1\nb:\n  - x: yes\n  - 'yes'\n  - \"1\"\nc:\n", problems);
    ASSERT_TRUE(root);
    EXPECT_EQ(to_json(*root), (json{{"a", 1}, {"b", {{{"x", true}}, "yes", "1"}}, {"c", nullptr}}));
    const auto* b = root->find("b");
    ASSERT_NE(b, nullptr);
    EXPECT_EQ(b->place.line, 2);
    EXPECT_EQ(b->place.column, 1);
    EXPECT_EQ(b->value.items[1].place.line, 4);
    EXPECT_EQ(b->value.items[1].place.column, 5);
    EXPECT_EQ(root->find("c")->value.place.line, 6);
    EXPECT_EQ(root->find("d"), nullptr);
}

TEST(YamlTree, EmptyDocuments) {
    EXPECT_TRUE(value_of("").is_null());
    EXPECT_TRUE(value_of("# only a comment\n").is_null());
    EXPECT_TRUE(value_of("---\n").is_null());
}

TEST(YamlTree, KeysThatAreWordsOfYaml) {
    EXPECT_EQ(value_of("on: 1\n2: 2\nnull: 3\n"), (json{{"on", 1}, {"2", 2}, {"null", 3}}));
}

TEST(YamlTree, TagsOfYaml) {
    EXPECT_EQ(value_of("[!!str 5, !!int \"5\", !!float 5, !!bool \"yes\"]"), (json{"5", 5, 5.0, true}));
    EXPECT_THAT(problems_of("a: !!python/object:os.system x\n"), HasSubstr("1:4: the tag"));
    EXPECT_THAT(problems_of("a: !!int x\n"), HasSubstr("\"x\" is no !!int"));
    EXPECT_THAT(problems_of("a: !mine x\n"), HasSubstr("!mine"));
}

TEST(YamlTree, AnchorsAndMergeKeys) {
    EXPECT_EQ(value_of("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n"),
              (json{{"a", {{"p", 1}, {"q", 2}}}, {"b", {{"p", 1}, {"q", 3}}}}));
    EXPECT_EQ(value_of("<<: [{a: 1}, {a: 2, b: 2}]\n"), (json{{"a", 1}, {"b", 2}}));
    EXPECT_EQ(value_of("'<<': 1\n"), (json{{"<<", 1}}));
    EXPECT_THAT(problems_of("<<: 1\n"), HasSubstr("<< takes a mapping"));
    EXPECT_THAT(problems_of("a: *nowhere\n"), HasSubstr("1:"));
}

TEST(YamlTree, DuplicateKeysAreRefused) {
    EXPECT_EQ(problems_of("a: 1\nb: 2\na: 3\n"),
              "3:1: the key \"a\" stands twice in one mapping (first in line 1)\n");
    EXPECT_THAT(problems_of("- {x: 1, x: 1}\n"), HasSubstr("1:10: the key \"x\""));
}

TEST(YamlTree, SeveralDocumentsAreRefused) {
    EXPECT_THAT(problems_of("a: 1\n---\nb: 2\n"), HasSubstr("3:1: a second YAML document"));
}

TEST(YamlTree, BrokenYamlHasAPlace) {
    EXPECT_THAT(problems_of("a: b: c\n"), HasSubstr("1:"));
    EXPECT_THAT(problems_of("a: [1, 2\n"), testing::Not(testing::IsEmpty()));
    EXPECT_EQ(problems_of("b: 1\na: \"open\n"), "2:4: the quote that begins here is never closed\n");
    EXPECT_EQ(problems_of("a: 'open ''\nb: 1\n"), "1:4: the quote that begins here is never closed\n");
    EXPECT_EQ(problems_of("a: 'it''s'\nb: \"\\\"\"\n"), "");
    EXPECT_THAT(problems_of("? [a, b]\n: 1\n"), HasSubstr("a key must be a word"));
    EXPECT_THAT(problems_of(std::string("a: 1\nb\0: 2\n", 11)), HasSubstr("2:1: a NUL byte"));
}

TEST(YamlTree, HostileDocumentsEnd) {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        bomb += fmt::format("a{}: &a{} [", i, i);
        for (int k = 0; k < 10; ++k) bomb += fmt::format("{}*a{}", k == 0 ? "" : ", ", i - 1);
        bomb += "]\n";
    }
    EXPECT_THAT(problems_of(bomb), HasSubstr("too large"));
    EXPECT_THAT(problems_of("a: &a [*a]\n"), HasSubstr("nested too deeply"));
    EXPECT_THAT(problems_of("a: &a {<<: *a}\n"), HasSubstr("nested too deeply"));
    EXPECT_THAT(problems_of(std::string(100'000, '[')), testing::Not(testing::IsEmpty()));
    EXPECT_THAT(problems_of("a: &a\n  <<: [*a, *a]\n"), HasSubstr("nested too deeply"));
}

TEST(YamlTree, CarriageReturnsAndByteOrderMark) {
    EXPECT_EQ(value_of("\xef\xbb\xbf"
                       "a: 1\r\nb: x\r\n"),
              (json{{"a", 1}, {"b", "x"}}));
}

}  // namespace
}  // namespace dj
