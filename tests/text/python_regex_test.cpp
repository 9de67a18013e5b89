// SPDX-License-Identifier: Apache-2.0
// Patterns against what Python found: tests/text/data, recorded by tests/text/record_cases.py.
#include "dj/text/python_regex.hpp"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "dj/base/error.hpp"

namespace dj {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::vector<json> cases_of(const std::string& name) {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    std::ifstream file(
        name.front() == '/' ? name : std::string(root == nullptr ? "." : root) + "/tests/text/data/" + name);
    std::vector<json> cases;
    for (std::string line; std::getline(file, line);) cases.push_back(json::parse(line));
    return cases;
}

RegexModule module_of(const json& test) {
    return test["module"] == "re" ? RegexModule::re : RegexModule::regex;
}

json spans_found(const PythonRegex& regex, RegexMatcher& matcher, const std::string& text) {
    json found = json::array();
    matcher.start(text);
    for (auto outcome = matcher.next(); outcome != RegexOutcome::none; outcome = matcher.next()) {
        if (outcome == RegexOutcome::limit) return "limit";
        json groups = json::array();
        for (std::size_t number = 0; number <= regex.group_count(); ++number) {
            const auto span = matcher.group(number);
            groups.push_back(span ? json{span->begin, span->end} : json());
        }
        found.push_back(groups);
    }
    return found;
}

/// The whole matches alone.
json whole(const json& matches) {
    json result = json::array();
    for (const auto& match : matches) result.push_back(match[0]);
    return result;
}

struct Tally {
    int equal = 0;
    int refused = 0;
    int refused_by_both = 0;
};

/// Every pattern must be refused, or find what Python finds.
Tally compare(const std::vector<json>& cases, bool groups_too) {
    Tally tally;
    for (const auto& test : cases) {
        const auto pattern = test["pattern"].get<std::string>();
        SCOPED_TRACE(test["module"].get<std::string>() + ": " + pattern +
                     (test["dot_all"] ? " (dot_all)" : ""));
        std::optional<PythonRegex> regex;
        try {
            regex.emplace(pattern, module_of(test), test["dot_all"].get<bool>());
        } catch (const UserError& error) {
            const bool says_so =
                std::string_view(error.what()).find("not supported") != std::string_view::npos;
            if (test.contains("error")) {
                ++tally.refused_by_both;
            } else {
                EXPECT_TRUE(says_so) << "Python takes it: " << error.what();
                ++tally.refused;
            }
            continue;
        }
        if (test.contains("error")) {
            if (test["error"] == "look-behind requires fixed-width pattern") continue;  // PCRE2 asks for less
            ADD_FAILURE() << "Python refuses it: " << test["error"];
            continue;
        }
        RegexMatcher matcher(*regex);
        for (const auto& result : test["results"]) {
            const auto text = result[0].get<std::string>();
            const auto found = spans_found(*regex, matcher, text);
            EXPECT_EQ(whole(found), whole(result[1])) << json(text) << "\n" << regex->translated();
            if (groups_too) {
                EXPECT_EQ(found, result[1]) << json(text) << "\n" << regex->translated();
            }
        }
        ++tally.equal;
    }
    return tally;
}

TEST(PythonRegex, FindsWhatPythonFindsOrRefuses) {
    const auto tally = compare(cases_of("pattern_cases.jsonl"), true);
    EXPECT_GT(tally.equal, 700);
    EXPECT_GT(tally.refused_by_both, 100);
    EXPECT_LT(tally.refused, 140);
}

TEST(PythonRegex, MoreCasesFromAFile) {
    const char* const path = std::getenv("DJ_PATTERN_CASES");
    if (path == nullptr) GTEST_SKIP() << "DJ_PATTERN_CASES is not set";
    const auto tally = compare(cases_of(path), false);
    std::printf("%d equal, %d refused, %d refused by both\n", tally.equal, tally.refused,
                tally.refused_by_both);
}

std::string refusal(std::string_view pattern, RegexModule module = RegexModule::regex) {
    try {
        const PythonRegex regex(pattern, module, false);
    } catch (const UserError& error) {
        return error.what();
    }
    return "accepted";
}

TEST(PythonRegex, RefusesByName) {
    EXPECT_THAT(refusal("a{e<=1}"), HasSubstr("fuzzy matching"));
    EXPECT_THAT(refusal("(?V1)[[a]--[b]]"), HasSubstr("the flag V"));
    EXPECT_THAT(refusal("(?R)"), HasSubstr("recursion"));
    EXPECT_THAT(refusal("(?|a|b)"), HasSubstr("branch reset"));
    EXPECT_THAT(refusal(R"(a\Kb)"), HasSubstr("\\K"));
    EXPECT_THAT(refusal(R"(\G)"), HasSubstr("\\G"));
    EXPECT_THAT(refusal("(*UTF)a"), HasSubstr("backtracking verb"));
    EXPECT_THAT(refusal(R"(\p{NoSuch})"), HasSubstr("the property NoSuch"));
    EXPECT_THAT(refusal(R"(\p{Ll})"), HasSubstr("the property Ll"));
    EXPECT_THAT(refusal("[[:alpha:]]"), HasSubstr("POSIX class"));
    EXPECT_THAT(refusal("a(?i)b"), HasSubstr("beginning"));
    EXPECT_THAT(refusal("(a"), HasSubstr("'(a' is not valid: a group is not closed"));
    EXPECT_THAT(refusal(R"(\G)", RegexModule::re), HasSubstr("\\G has no meaning"));
    EXPECT_THAT(refusal("\xff"), HasSubstr("UTF-8"));
}

TEST(PythonRegex, GivesUpInsteadOfHanging) {
    const PythonRegex regex("(a+)+$", RegexModule::re, false);
    RegexMatcher matcher(regex);
    matcher.start("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
    EXPECT_EQ(matcher.next(), RegexOutcome::limit);
    matcher.start("aaa");
    EXPECT_EQ(matcher.next(), RegexOutcome::match) << "a matcher goes on after it gave up";
}

TEST(PythonRegex, LongTextsNeedNoDeepStack) {
    const PythonRegex regex("(?:a|b)*c", RegexModule::re, false);
    RegexMatcher matcher(regex);
    std::string text(200'000, 'a');
    text += 'c';
    matcher.start(text);
    ASSERT_EQ(matcher.next(), RegexOutcome::match);
    EXPECT_EQ(matcher.group(0)->end, text.size());
}

TEST(RegexTemplate, ReplacesAsPythonDoes) {
    for (const auto& test : cases_of("replacement_cases.jsonl")) {
        const auto replacement = test["replacement"].get<std::string>();
        SCOPED_TRACE(test.dump());
        const PythonRegex regex(test["pattern"].get<std::string>(), module_of(test), false);
        std::optional<RegexTemplate> wanted;
        try {
            wanted.emplace(replacement, regex, module_of(test));
        } catch (const UserError& error) {
            EXPECT_TRUE(test.contains("error")) << error.what();
            continue;
        }
        ASSERT_TRUE(test.contains("result"));
        const auto text = test["text"].get<std::string>();
        RegexMatcher matcher(regex);
        matcher.start(text);
        std::string out;
        std::size_t copied = 0;
        while (matcher.next() == RegexOutcome::match) {
            out.append(text, copied, matcher.group(0)->begin - copied);
            wanted->append(out, text, matcher);
            copied = matcher.group(0)->end;
        }
        EXPECT_EQ(out + text.substr(copied), test["result"]);
    }
}

}  // namespace
}  // namespace dj
