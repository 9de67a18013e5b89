// SPDX-License-Identifier: Apache-2.0
#include "dj/text/word_set.hpp"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace dj {
namespace {

TEST(WordSet, OfNothing) {
    const WordSet none;
    EXPECT_EQ(none.size(), 0U);
    EXPECT_EQ(none.longest_bytes(), 0U);
    EXPECT_FALSE(none.contains("a"));
    EXPECT_FALSE(WordSet({""}).contains("a"));
}

TEST(WordSet, ComparesBytes) {
    const WordSet words({"the", "été", "a b", std::string("x\0y", 3), "the", ""});
    EXPECT_EQ(words.size(), 4U);
    EXPECT_EQ(words.longest_bytes(), 5U);
    for (const auto* word : {"the", "été", "a b"}) EXPECT_TRUE(words.contains(word)) << word;
    EXPECT_TRUE(words.contains(std::string_view("x\0y", 3)));
    for (const auto* word : {"th", "thee", "The", "e\u0301te\u0301", "ab", "x"})
        EXPECT_FALSE(words.contains(word)) << word;
}

TEST(WordSet, AHashAloneIsNoProof) {
    const WordSet words({"the"});
    EXPECT_TRUE(words.contains("the", hash_word("the")));
    EXPECT_FALSE(words.contains("cat", hash_word("the")));
    EXPECT_FALSE(words.contains("they", hash_word("the")));
}

TEST(WordSet, AgreesWithASet) {
    std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same words in every run
    for (const std::size_t count : {1U, 2U, 3U, 100U, 5000U}) {
        std::set<std::string> expected;
        std::vector<std::string> given;
        for (std::size_t i = 0; i < count; ++i) {
            given.push_back(std::to_string(random() % (2 * count)));
            expected.insert(given.back());
        }
        const WordSet words(given);
        EXPECT_EQ(words.size(), expected.size());
        for (std::size_t n = 0; n < 2 * count; ++n) {
            const auto word = std::to_string(n);
            EXPECT_EQ(words.contains(word), expected.contains(word)) << word;
        }
    }
}

}  // namespace
}  // namespace dj
