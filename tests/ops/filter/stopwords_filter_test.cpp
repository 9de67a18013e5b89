// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_set>

#include <gtest/gtest.h>

#include "dj/ops/stored_stat.hpp"
#include "support/in_memory_run.hpp"
#include "support/random_text.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;

const OpSpec& spec() {
    static const OpCatalog kCatalog = make_op_catalog();
    return *kCatalog.find("stopwords_filter");
}

/// The stat of each text, with words of the test's own.
std::vector<double> shares_of(const std::vector<std::string>& words, const std::vector<std::string>& texts,
                              const json& params) {
    OpSpec ready = spec();
    ready.make_supplied = [&](const json& given, const auto&) {
        return spec().make_supplied(given, {.words = words});
    };
    std::vector<Row> rows;
    for (const std::string& text : texts) rows.push_back({{"text", text}});
    const auto result = InMemoryRun(ready, params, std::move(rows)).run();
    EXPECT_TRUE(result.faults.empty());
    std::vector<double> shares;
    for (const Row& stats : result.stats) shares.push_back(stats.at("stopwords_ratio").get<double>());
    return shares;
}

double share_of(const std::vector<std::string>& words, const std::string& text,
                const json& params = json::object()) {
    return shares_of(words, {text}, params).at(0);
}

/// The same in the plainest form: every word and group of words a string.
double plain_share(const std::vector<std::string>& listed, const std::string& text,
                   const std::vector<std::int64_t>& sizes, const std::string& join) {
    RefinedWords refined;
    refined.assign(text);
    std::vector<std::string> words;
    for (std::size_t i = 0; i < refined.words().size(); ++i) words.emplace_back(refined.word(i));
    const std::size_t single = words.size();
    for (const auto size : sizes) {
        for (std::size_t first = 0; first + static_cast<std::size_t>(size) <= single; ++first) {
            std::string group = words[first];
            for (std::size_t i = 1; i < static_cast<std::size_t>(size); ++i) group += join + words[first + i];
            words.push_back(group);
        }
    }
    const std::unordered_set<std::string> list(listed.begin(), listed.end());
    const auto found = std::ranges::count_if(words, [&](const auto& word) { return list.contains(word); });
    return words.empty() ? 0.0 : static_cast<double>(found) / static_cast<double>(words.size());
}

TEST(StopwordsFilter, ComesWithAList) {
    const auto kept = [](const json& params) {
        return InMemoryRun(spec(), params, {{{"text", "This is what the list is for."}}}).run().rows.size();
    };
    EXPECT_EQ(kept(json::object()), 1U);
    EXPECT_EQ(kept({{"lang", "es"}}), 0U);
    EXPECT_EQ(kept({{"lang", "all"}}), 1U);
    EXPECT_THROW((void)kept({{"lang", "klingon"}}), UserError);
}

TEST(StopwordsFilter, LooksWordsUpAsTheyAreListed) {
    EXPECT_EQ(share_of({"the"}, "The, the THE cat"), 0.75);
    EXPECT_EQ(share_of({"The", "cat."}, "The cat."), 0.0)
        << "texts are made lower case and stripped, lists are not";
    EXPECT_EQ(share_of({}, "the"), 0.0);
    EXPECT_EQ(share_of({"the"}, ""), 0.0);
    EXPECT_EQ(share_of({""}, "... !"), 0.0);
}

TEST(StopwordsFilter, RefusesWhatItCannotDo) {
    EXPECT_THROW((void)share_of({}, "a", {{"words_aug_group_sizes", {0}}}), UserError);
    EXPECT_THROW((void)share_of({}, "a", {{"words_aug_group_sizes", {2, -1}}}), UserError);
    EXPECT_THROW((void)share_of({}, "a", {{"words_aug_group_sizes", {"2"}}}), UserError);
    EXPECT_THROW((void)share_of({}, "a", {{"words_aug_group_sizes", 2}}), UserError);
    EXPECT_EQ(share_of({"a"}, "a", {{"use_words_aug", true}, {"words_aug_group_sizes", {INT64_MAX}}}), 1.0);
    EXPECT_EQ(share_of({"a"}, "a", {{"use_words_aug", true}, {"words_aug_group_sizes", json::array()}}), 1.0);
}

TEST(StopwordsFilter, GroupsAreWhatThePlainFormMakesOfThem) {
    const std::vector<std::string> listed{"a",   "b",      "word", "the",  "wordthe", "the word",
                                          "a b", "thethe", "a-b",  "漢字", "漢字x",   "αςword",
                                          "x x", "é",      "aé",   "a a b"};
    const std::vector<std::vector<std::int64_t>> all_sizes{{2}, {2, 3}, {1}, {5}, {3, 2, 2}, {}};
    RandomText random(5);
    double sum = 0;
    for (const auto& sizes : all_sizes) {
        for (const std::string join : {"", " ", "-", "é"}) {
            std::vector<std::string> texts;
            for (int i = 0; i < 250; ++i) texts.push_back(random.next(40));
            // One run for all texts: making the operator reads the lists that come with it.
            const auto shares = shares_of(
                listed, texts,
                {{"use_words_aug", true}, {"words_aug_group_sizes", sizes}, {"words_aug_join_char", join}});
            ASSERT_EQ(shares.size(), texts.size());
            for (std::size_t i = 0; i < texts.size(); ++i) {
                ASSERT_EQ(shares[i], stored_stat(plain_share(listed, texts[i], sizes, join))) << texts[i];
                sum += shares[i];
            }
        }
    }
    EXPECT_GT(sum, 100.0) << "words and groups were found";
}

}  // namespace
}  // namespace dj::testing
