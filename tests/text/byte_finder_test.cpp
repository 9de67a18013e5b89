// SPDX-License-Identifier: Apache-2.0
#include "dj/text/byte_finder.hpp"

#include <algorithm>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace dj {
namespace {

std::size_t slow_find(std::string_view members, std::string_view text, std::size_t at) {
    return std::min(text.find_first_of(members, at), text.size());
}

TEST(ByteFinder, FindsMembersAtEveryPosition) {
    constexpr ByteFinder kFinder("\t\xC2\xE2\xE3\xEF");
    for (std::size_t length = 0; length < 50; ++length) {
        EXPECT_EQ(kFinder.find(std::string(length, 'x'), 0), length);
        for (std::size_t at = 0; at < length; ++at) {
            std::string text(length, '\xE1');
            text[at] = '\xE2';
            for (std::size_t from = 0; from <= length; ++from) {
                ASSERT_EQ(kFinder.find(text, from), from <= at ? at : length);
            }
        }
    }
}

TEST(ByteFinder, EqualsAPlainSearchForAnySet) {
    std::mt19937 random(5);
    for (int round = 0; round < 3000; ++round) {
        // Small sets fit the tables, large ones have more than eight patterns.
        std::string members(random() % 40, '\0');
        for (char& c : members) c = static_cast<char>(random());
        const ByteFinder finder(members);
        std::string text(random() % 200, '\0');
        for (char& c : text) c = static_cast<char>(random());
        for (std::size_t at = 0; at <= text.size(); at += 7) {
            ASSERT_EQ(finder.find(text, at), slow_find(members, text, at)) << round;
        }
    }
}

TEST(ByteFinder, EveryByteAloneIsFoundAndNoOther) {
    for (int member = 0; member < 256; ++member) {
        const char c = static_cast<char>(member);
        const ByteFinder finder(std::string_view(&c, 1));
        for (int other = 0; other < 256; ++other) {
            const std::string text(20, static_cast<char>(other));
            ASSERT_EQ(finder.find(text, 0), other == member ? 0U : text.size());
        }
    }
}

}  // namespace
}  // namespace dj
