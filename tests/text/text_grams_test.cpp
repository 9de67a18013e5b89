// SPDX-License-Identifier: Apache-2.0
#include "dj/text/text_grams.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "dj/text/utf8.hpp"
#include "support/random_text.hpp"

namespace dj {
namespace {

struct Counts {
    std::uint64_t grams = 0;
    std::uint64_t distinct = 0;
    std::vector<std::uint32_t> repeats;  ///< Greatest first.
    bool operator==(const Counts&) const = default;
};

Counts counts_in(std::uint64_t grams, RepeatCounter& counter) {
    Counts counts{grams, counter.distinct(), {counter.repeats().begin(), counter.repeats().end()}};
    std::ranges::sort(counts.repeats, std::greater<>());
    return counts;
}

/// All n-grams of `items` as strings in a map.
Counts plainly(const std::vector<std::string>& items, std::size_t length) {
    std::map<std::string, std::uint32_t> frequencies;
    Counts counts;
    for (std::size_t i = 0; i + length <= items.size(); ++i) {
        std::string gram;
        for (std::size_t k = 0; k < length; ++k) gram += items[i + k] + ' ';
        ++frequencies[gram];
        ++counts.grams;
    }
    counts.distinct = frequencies.size();
    for (const auto& [gram, frequency] : frequencies) {
        if (frequency > 1) counts.repeats.push_back(frequency);
    }
    std::ranges::sort(counts.repeats, std::greater<>());
    return counts;
}

std::vector<std::string> characters(std::string_view text) {
    std::vector<std::string> items;
    for (std::size_t at = 0; at < text.size();) {
        const auto begin = at;
        (void)next_code_point(text, at);
        items.emplace_back(text.substr(begin, at - begin));
    }
    return items;
}

TEST(TextGrams, CharactersAreCountedAsByAMap) {
    testing::RandomText random(3);
    RepeatCounter counter;
    for (int i = 0; i < 5000; ++i) {
        const std::string text = random.next_repetitive(i % 50 == 0 ? 800 : 40);
        const std::size_t length = 1 + random.number(i % 3 == 0 ? 40 : 12);
        const auto grams = count_character_grams(text, length, counter);
        ASSERT_EQ(counts_in(grams, counter), plainly(characters(text), length)) << text << '\n' << length;
    }
}

TEST(TextGrams, WordsAreCountedAsByAMap) {
    testing::RandomText random(4);
    RepeatCounter counter;
    RefinedWords refined;
    for (int i = 0; i < 5000; ++i) {
        refined.assign(random.next_repetitive(i % 50 == 0 ? 1500 : 120));
        std::vector<std::string> items;
        for (std::size_t word = 0; word < refined.words().size(); ++word)
            items.emplace_back(refined.word(word));
        const std::size_t length = 1 + random.number(6);
        const auto grams = count_word_grams(refined, length, counter);
        ASSERT_EQ(counts_in(grams, counter), plainly(items, length)) << refined.bytes() << '\n' << length;
    }
}

TEST(TextGrams, ATextThatIsTooShortHasNone) {
    RepeatCounter counter;
    EXPECT_EQ(count_character_grams("abc", 4, counter), 0U);
    EXPECT_EQ(count_character_grams("", 1, counter), 0U);
    EXPECT_EQ(count_character_grams("abc", ~0ULL, counter), 0U);
    EXPECT_EQ(counter.distinct(), 0U);
}

TEST(TextGrams, AWordIsNotTheBeginningOfALongerOne) {
    RefinedWords refined;
    refined.assign("a b a bc a b");
    RepeatCounter counter;
    EXPECT_EQ(count_word_grams(refined, 2, counter), 5U);
    EXPECT_THAT(counts_in(5, counter).repeats, ::testing::ElementsAre(2U));
}

TEST(RepeatCounter, ComparesBytesWhereHashesAreEqual) {
    RepeatCounter counter;
    counter.start("abcdab", 6);
    for (const std::uint32_t begin : {0U, 1U, 2U, 3U, 4U}) counter.add(7, begin, 2);
    EXPECT_EQ(counter.distinct(), 4U);
    EXPECT_THAT(counts_in(5, counter).repeats, ::testing::ElementsAre(2U));
}

TEST(RepeatCounter, ForgetsTheTextBefore) {
    RepeatCounter counter;
    EXPECT_EQ(count_character_grams(std::string(5000, 'x'), 2, counter), 4999U);
    EXPECT_EQ(counter.distinct(), 1U);
    EXPECT_EQ(count_character_grams("xyz", 2, counter), 2U);
    EXPECT_EQ(counter.distinct(), 2U);
    EXPECT_TRUE(counter.repeats().empty());
}

}  // namespace
}  // namespace dj
