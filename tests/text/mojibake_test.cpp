// SPDX-License-Identifier: Apache-2.0
#include "text/mojibake.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "text/mojibake_rules.hpp"

namespace dj {
namespace {

TEST(Mojibake, EachRuleIsMetByAnExampleOfIt) {
    // In the order of the rules.
    const std::u32string_view examples[] = {
        U"\x81", U"é¬",   U"aж¦",   U"¦é", U"éÉ",  U"»é",  U"é€",  U" É€", U"É³",  U"é¿³",
        U"É»¿",  U"€¿",   U"aÉ¿",   U"░ö", U"é░",  U"░»",  U"É«a", U"œ ",  U"É°",  U"Â´",
        U"×²",   U"Ø´Ù–", U"à²",    U"√±", U"≈°",  U"‚Äì", U"‚âà", U"вЂ",  U"Р°С", U"ГўВЂВ™a",
        U"Ã¡",   U"aÃ ",  U"a\nÂ ", U"Ã ", U".Â ", U"β€™", U"Γ°Ξ", U"ā€"};
    ASSERT_EQ(std::size(examples), std::size(mojibake::kRules));
    for (const auto example : examples) {
        const auto text = [&] {
            std::string bytes;
            for (const char32_t point : example)
                bytes += "U+" + std::to_string(static_cast<unsigned>(point)) + " ";
            return bytes;
        }();
        EXPECT_TRUE(is_mojibake(example)) << text;
        EXPECT_FALSE(is_mojibake(example.substr(0, example.size() - 1))) << text;
        const bool has_trigger = std::any_of(example.begin(), example.end(), [](char32_t point) {
            return (kMojibakeClasses.at(point) & mojibake::kTriggers.categories) != 0 ||
                   mojibake::kTriggers.characters.find(point) != std::u32string_view::npos;
        });
        EXPECT_TRUE(has_trigger) << text;
    }
}

TEST(Mojibake, TheBeginningOfALongerTextIsNotTheBeginning) {
    EXPECT_TRUE(is_mojibake(U"Ã a"));
    EXPECT_FALSE(is_mojibake(U"Ã a", false));
    EXPECT_FALSE(is_mojibake(U"xÃ"));
    EXPECT_FALSE(is_mojibake(U""));
}

TEST(Mojibake, ClassesOfCharactersThatNoRuleNamesAreLookedUp) {
    EXPECT_TRUE(is_mojibake(U"É«字"));       // a word character
    EXPECT_FALSE(is_mojibake(U"É«\u3000"));  // none
    EXPECT_TRUE(is_mojibake(U"\u2003É€"));   // a space
    EXPECT_TRUE(is_mojibake(U"œ字"));
    EXPECT_FALSE(is_mojibake(U"œuvre Œuvre cœur"));
}

}  // namespace
}  // namespace dj
