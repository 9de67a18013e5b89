// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "dj/text/python_regex.hpp"
#include "ops/mapper/mapped_texts.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;

constexpr auto kOp = "clean_copyright_mapper";

/// Data-Juicer's own lines, in C++.
class Plain {
public:
    std::string operator()(std::string text) {
        comment_matcher_.start(text);
        if (comment_matcher_.next() == RegexOutcome::match) {
            const auto comment = *comment_matcher_.group(0);
            const auto inside = text.substr(comment.begin, comment.end - comment.begin);
            word_matcher_.start(inside);
            if (word_matcher_.next() == RegexOutcome::match) text.erase(comment.begin, inside.size());
            return text;
        }
        std::vector<std::string> lines{""};
        for (const char c : text) {
            if (c == '\n') {
                lines.emplace_back();
            } else {
                lines.back() += c;
            }
        }
        std::size_t skip = 0;
        while (skip < lines.size() && (lines[skip].empty() || lines[skip].starts_with("//") ||
                                       lines[skip].starts_with("#") || lines[skip].starts_with("--"))) {
            ++skip;
        }
        std::string rest;
        for (std::size_t i = skip; i < lines.size(); ++i) rest += (i > skip ? "\n" : "") + lines[i];
        return rest;
    }

private:
    PythonRegex comment_{R"(/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)", RegexModule::regex, false};
    PythonRegex word_{"(?i)copyright", RegexModule::regex, false};
    RegexMatcher comment_matcher_{comment_};
    RegexMatcher word_matcher_{word_};
};

TEST(CleanCopyrightMapper, EqualsThePlainForm) {
    constexpr const char* kPieces[] = {"/*",
                                       "*/",
                                       "/",
                                       "*",
                                       "**",
                                       "//",
                                       "#",
                                       "--",
                                       "-",
                                       "\n",
                                       "\n",
                                       "\n",
                                       "\r\n",
                                       " ",
                                       "x",
                                       "copyright",
                                       "Copyright",
                                       "COPYR\u0130GHT",
                                       "copyr\u0131ght",
                                       "copyrigh",
                                       "é",
                                       "漢",
                                       "\u2028"};
    const auto texts = random_texts(40'000, kPieces, 16);
    const auto results = mapped(kOp, json::object(), texts);
    Plain plain;
    std::size_t changed = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        ASSERT_EQ(results[i], plain(texts[i])) << json(texts[i]);
        changed += results[i] != texts[i] ? 1U : 0U;
    }
    EXPECT_GT(changed, 10'000U);
}

TEST(CleanCopyrightMapper, TakesLinearTime) {
    constexpr std::size_t kMany = 1U << 20;
    std::string openings;
    std::string comments;
    std::string lines;
    for (std::size_t i = 0; i < kMany / 4; ++i) {
        openings += "/*";
        comments += "/*/ ";
        lines += "#\n";
    }
    const std::vector<std::string> texts{openings,
                                         comments,
                                         lines,
                                         std::string(kMany, '/'),
                                         std::string(kMany, '*'),
                                         std::string(kMany, '\n'),
                                         openings + "*/",
                                         "/*" + std::string(kMany, 'c') + "*/"};
    const std::vector<std::string> expected{openings, comments, "", "", texts[4], "", texts[6], texts[7]};
    EXPECT_TRUE(mapped(kOp, json::object(), texts) == expected);
}

}  // namespace
}  // namespace dj::testing
