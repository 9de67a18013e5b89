// SPDX-License-Identifier: Apache-2.0
#include "dj/text/refined_words.hpp"

#include <set>

#include <gmock/gmock.h>

#include "dj/text/text_profile.hpp"
#include "dj/text/unicode_classes.hpp"
#include "support/random_text.hpp"

namespace dj {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Words = std::vector<std::string>;

Words words_of(const RefinedWords& refined) {
    Words words;
    for (std::size_t i = 0; i < refined.words().size(); ++i) words.emplace_back(refined.word(i));
    return words;
}

Words words_of(std::string_view text) {
    RefinedWords refined;
    refined.assign(text);
    return words_of(refined);
}

/// Word by word, as Data-Juicer does it: split, lower, strip, drop what is empty.
Words plainly(std::string_view text) {
    Words words;
    std::u32string points;
    const auto end_word = [&](std::string_view piece) {
        std::string lower;
        append_python_lower(lower, piece);
        points.clear();
        for (std::size_t at = 0; at < lower.size();) points += next_code_point(lower, at);
        while (!points.empty() && is_special_character(points.front())) points.erase(points.begin());
        while (!points.empty() && is_special_character(points.back())) points.pop_back();
        std::string word;
        for (const char32_t point : points) append_code_point(word, point);
        if (!word.empty()) words.push_back(word);
    };
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != ' ' && text[at] != '\n' && text[at] != '\t') continue;
        end_word(text.substr(begin, at - begin));
        begin = at + 1;
    }
    end_word(text.substr(begin));
    return words;
}

TEST(RefinedWords, AreLowerCaseWithoutSpecialCharactersAtTheEnds) {
    EXPECT_THAT(words_of("The (quick) don't!\n-- 42 \xC3\x9C"
                         "ber\t"),
                ElementsAre("the", "quick", "don't",
                            "\xC3\xBC"
                            "ber"));
    EXPECT_THAT(words_of(""), IsEmpty());
    EXPECT_THAT(words_of(" \n\t 1 2 ... "), IsEmpty());
}

TEST(RefinedWords, LookAtLettersAfterTheyWereMadeSmall) {
    // \xD0\x93 is on the list of special characters and its lower case is not; with \xC3\x98 it is the other way round.
    EXPECT_THAT(words_of("\xD0\x93 \xC3\x98"), ElementsAre("\xD0\xB3"));
}

TEST(RefinedWords, SplitNowhereElse) {
    EXPECT_THAT(words_of("a\rb\vc\xC2\xA0"
                         "d"),
                ElementsAre("a\rb\vc\xC2\xA0"
                            "d"));
}

TEST(RefinedWords, AreThoseOfAPlainWalk) {
    testing::RandomText random(2);
    RefinedWords refined;
    for (int i = 0; i < 10000; ++i) {
        const std::string text = random.next(i % 100 == 0 ? 1000 : 50);
        refined.assign(text);
        ASSERT_EQ(words_of(refined), plainly(text)) << text;
    }
}

TEST(RefinedWords, BytesAreTheWordsWithASpaceBehindEach) {
    RefinedWords refined;
    refined.assign("One, two THREE.");
    EXPECT_EQ(refined.bytes(), "one two three ");
    for (std::size_t i = 0; i < refined.words().size(); ++i)
        EXPECT_EQ(refined.words()[i].hash, hash_word(refined.word(i)));
}

}  // namespace
}  // namespace dj
