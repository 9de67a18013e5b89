// SPDX-License-Identifier: Apache-2.0
#include "dj/spec/param.hpp"

#include <limits>

#include <gmock/gmock.h>

namespace dj {
namespace {

using nlohmann::json;
using testing::ElementsAre;

struct Options {
    bool fast = true;
    std::int64_t min_len = 10;
    std::int32_t small = 1;
    std::uint64_t bytes = 0;
    double ratio = 0.5;
    std::string mode = "auto";
    std::vector<std::string> words = {"a"};
    StringOrList repl = "r";
    std::optional<StringOrList> patterns;
    std::optional<std::int64_t> topk;
    std::optional<std::string> pattern = "x";
    json anything;
};

ParamSet<Options> declared() {
    ParamSet<Options> set;
    set.add(&Options::fast, "fast", "Whether.")
        .add(&Options::min_len, "min_len", "Least.", {.bounds = {.min = 1}})
        .add(&Options::small, "small", "32 bits.")
        .add(&Options::bytes, "bytes", "Not negative.")
        .add(&Options::ratio, "ratio", "Share.", {.bounds = {.min = 0, .max = 1}})
        .add(&Options::mode, "mode", "How.", {.choices = {"auto", "manual"}})
        .add(&Options::words, "words", "Words.")
        .add(&Options::repl, "repl", "One or several.")
        .add(&Options::patterns, "patterns", "One or several, or none.")
        .add(&Options::topk, "topk", "Rows.")
        .add(&Options::pattern, "pattern", "Pattern.")
        .add(&Options::anything, "anything", "Anything.");
    return set;
}

const ParamSpec& spec_of(const ParamSet<Options>& set, std::string_view name) {
    for (const auto& spec : set.specs()) {
        if (spec.name == name) return spec;
    }
    throw std::out_of_range(std::string(name));
}

std::string problem(std::string_view name, const json& value) {
    const auto set = declared();
    return check_value(spec_of(set, name), value).value_or("");
}

TEST(ParamSet, TypesAndDefaultsComeFromTheFields) {
    const auto set = declared();
    EXPECT_EQ(spec_of(set, "fast").type, ParamType::boolean);
    EXPECT_EQ(spec_of(set, "fast").default_value, json(true));
    EXPECT_EQ(spec_of(set, "bytes").type, ParamType::integer);
    EXPECT_EQ(spec_of(set, "bytes").rules.bounds.min, 0.0);
    EXPECT_EQ(spec_of(set, "small").rules.bounds.max, 2147483647.0);
    EXPECT_EQ(spec_of(set, "words").default_value, json::array({"a"}));
    EXPECT_EQ(spec_of(set, "repl").type, ParamType::string_or_list);
    EXPECT_EQ(spec_of(set, "repl").default_value, json("r"));
    EXPECT_EQ(spec_of(set, "patterns").type, ParamType::string_or_list);
    EXPECT_TRUE(spec_of(set, "patterns").default_value.is_null());
    EXPECT_EQ(spec_of(set, "topk").type, ParamType::integer);
    EXPECT_TRUE(spec_of(set, "topk").rules.nullable);
    EXPECT_TRUE(spec_of(set, "topk").default_value.is_null());
    EXPECT_EQ(spec_of(set, "pattern").default_value, json("x"));
    EXPECT_EQ(spec_of(set, "anything").type, ParamType::any);
}

TEST(ParamSet, AssignsWhatIsGiven) {
    Options options;
    declared().assign(
        options, json::parse(R"({"fast": false, "min_len": 3.0, "ratio": 1, "words": ["b", "c"], "topk": 7,
                                               "pattern": null, "anything": {"a": [1]}})"));
    EXPECT_FALSE(options.fast);
    EXPECT_EQ(options.min_len, 3);
    EXPECT_EQ(options.ratio, 1.0);
    EXPECT_THAT(options.words, ElementsAre("b", "c"));
    EXPECT_EQ(options.topk, 7);
    EXPECT_EQ(options.pattern, std::nullopt);
    EXPECT_EQ(options.anything, json::parse(R"({"a": [1]})"));
    EXPECT_EQ(options.mode, "auto") << "what is not given keeps its value";
    declared().assign(options, json::parse(R"({"words": "one"})"));
    EXPECT_THAT(options.words, ElementsAre("one"));
}

TEST(ParamSet, OneStringAndAListOfOneStayApart) {
    using List = std::vector<std::string>;
    Options options;
    declared().assign(options, json::parse(R"({"repl": ["x"], "patterns": "x"})"));
    EXPECT_EQ(options.repl, StringOrList(List{"x"}));
    EXPECT_EQ(options.patterns, StringOrList("x"));
    declared().assign(options, json::parse(R"({"repl": "x", "patterns": []})"));
    EXPECT_EQ(options.repl, StringOrList("x"));
    EXPECT_EQ(options.patterns, StringOrList(List{}));
    declared().assign(options, json::parse(R"({"patterns": null})"));
    EXPECT_EQ(options.patterns, std::nullopt);
}

TEST(CheckValue, AcceptsWhatFits) {
    for (const auto& [name, value] : std::vector<std::pair<std::string, json>>{
             {"fast", false},
             {"min_len", 1},
             {"min_len", 3.0},
             {"min_len", std::numeric_limits<std::int64_t>::max()},
             {"ratio", 1},
             {"ratio", 0.25},
             {"mode", "manual"},
             {"words", json::array()},
             {"words", "one"},
             {"repl", "one"},
             {"repl", json::array({"one"})},
             {"patterns", nullptr},
             {"topk", nullptr},
             {"pattern", ""},
             {"anything", json::object()},
         }) {
        EXPECT_EQ(problem(name, value), "") << name << ' ' << value;
    }
}

TEST(CheckValue, SaysWhatIsWrong) {
    EXPECT_EQ(problem("min_len", "abc"), R"(expected an integer, got the string "abc")");
    EXPECT_EQ(problem("min_len", 2.5), "expected an integer, got 2.5");
    EXPECT_EQ(problem("min_len", 0), "0 is below the smallest allowed value 1");
    EXPECT_EQ(problem("min_len", nullptr), "expected an integer, got null");
    EXPECT_EQ(problem("min_len", true), "expected an integer, got true");
    EXPECT_EQ(problem("min_len", json::array({1})), "expected an integer, got the list [1]");
    EXPECT_EQ(problem("min_len", std::numeric_limits<std::uint64_t>::max()),
              "18446744073709551615 is beyond the range of 64-bit integers");
    EXPECT_EQ(problem("min_len", 1e30), "1e+30 is beyond the range of 64-bit integers");
    EXPECT_EQ(problem("small", 3'000'000'000), "3000000000 is above the greatest allowed value 2147483647");
    EXPECT_EQ(problem("bytes", -1), "-1 is below the smallest allowed value 0");
    EXPECT_EQ(problem("ratio", 1.5), "1.5 is above the greatest allowed value 1");
    EXPECT_EQ(problem("ratio", std::numeric_limits<double>::quiet_NaN()), "NaN is not a usable number here");
    EXPECT_EQ(problem("fast", 1), "expected true or false, got 1");
    EXPECT_EQ(problem("mode", "manul"),
              R"(the string "manul" is not one of auto, manual; did you mean "manual"?)");
    EXPECT_EQ(problem("words", json::array({1})), "expected a list of strings, got the list [1]");
    EXPECT_EQ(problem("repl", 5), "expected a string or a list of strings, got 5");
    EXPECT_EQ(problem("repl", json::array({nullptr})),
              "expected a string or a list of strings, got the list [null]");
    EXPECT_EQ(problem("repl", nullptr), "expected a string or a list of strings, got null");
    EXPECT_EQ(problem("mode", json::object()), "expected a string, got the mapping {}");
}

TEST(CheckValue, LongAndBrokenValuesAreShownShort) {
    const auto message = problem("min_len", std::string(1000, 'x'));
    EXPECT_LT(message.size(), 150U);
    EXPECT_TRUE(message.ends_with("..."));
    EXPECT_NE(problem("min_len", "\xff\xfe"), "") << "invalid UTF-8 must not throw";
}

TEST(CheckValues, ReportsEveryProblem) {
    const auto problems = check_values(
        declared().specs(), json::parse(R"({"mim_len": 3, "ratio": "x", "fast": true, "zzzzzz": 1})"));
    ASSERT_EQ(problems.size(), 3U);
    EXPECT_EQ(problems[0].param, "mim_len");
    EXPECT_EQ(problems[0].message, R"(unknown parameter "mim_len", did you mean "min_len"?)");
    EXPECT_TRUE(problems[0].unknown_name);
    EXPECT_EQ(problems[1].message, R"(expected a number, got the string "x")");
    EXPECT_FALSE(problems[1].unknown_name);
    EXPECT_EQ(problems[2].message, R"(unknown parameter "zzzzzz")");
}

TEST(CheckValues, TakesNoParametersAndRefusesOtherThings) {
    EXPECT_TRUE(check_values(declared().specs(), nullptr).empty());
    EXPECT_TRUE(check_values(declared().specs(), json::object()).empty());
    ASSERT_EQ(check_values(declared().specs(), json::array()).size(), 1U);
}

}  // namespace
}  // namespace dj
