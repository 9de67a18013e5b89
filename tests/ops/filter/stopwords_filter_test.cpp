// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

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

/// The stat of a text, with words of the test's own.
double share_of(const std::vector<std::string>& words, const std::string& text,
                const json& params = json::object()) {
    OpSpec ready = spec();
    ready.make_with_words = [&](const json& given, const auto&) {
        return spec().make_with_words(given, words);
    };
    const auto result = InMemoryRun(ready, params, {{{"text", text}}}).run();
    EXPECT_TRUE(result.faults.empty());
    return result.stats.at(0)["stopwords_ratio"].get<double>();
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
    const auto found = std::ranges::count_if(
        words, [&](const auto& word) { return std::ranges::find(listed, word) != listed.end(); });
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
    EXPECT_THROW((void)share_of({}, "a", {{"tokenization", true}}), UserError);
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
    for (int i = 0; i < 1500; ++i) {
        const auto text = random.next(40);
        const auto& sizes = all_sizes[random.number(6)];
        for (const std::string join : {"", " ", "-", "é"}) {
            const auto share = share_of(
                listed, text,
                {{"use_words_aug", true}, {"words_aug_group_sizes", sizes}, {"words_aug_join_char", join}});
            ASSERT_EQ(share, stored_stat(plain_share(listed, text, sizes, join))) << text;
            sum += share;
        }
    }
    EXPECT_GT(sum, 100.0) << "words and groups were found";
}

}  // namespace
}  // namespace dj::testing
