// SPDX-License-Identifier: Apache-2.0
#include "dj/data/text_edit.hpp"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

/// The edit, after it has been applied; empty if there is none of that length.
std::string edit_of(std::string_view base, std::string_view text, std::size_t most_bytes = 1 << 20) {
    std::string edit = "before";
    if (!append_text_edit(base, text, most_bytes, edit)) {
        EXPECT_EQ(edit, "before") << "a refused edit leaves nothing";
        return {};
    }
    edit.erase(0, 6);
    std::string made = "kept";
    apply_text_edit(base, edit, made);
    EXPECT_EQ(made, "kept" + std::string(text));
    EXPECT_LE(edit.size(), most_bytes);
    return edit;
}

std::string paragraphs() {
    std::string text;
    for (int i = 0; i < 40; ++i)
        text +=
            "Paragraph " + std::to_string(i * 7919) + "  speaks of many things,\tand ends with a line. \n";
    return text;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

TEST(TextEdit, EqualAndEmptyTextsTakeNextToNothing) {
    EXPECT_EQ(edit_of("", ""), "");
    EXPECT_EQ(edit_of("something", ""), "");
    EXPECT_LE(edit_of(paragraphs(), paragraphs()).size(), 4U);
    EXPECT_EQ(edit_of("", "new").size(), 6U);
}

TEST(TextEdit, WhatOperatorsDoTakesLittle) {
    const std::string base = paragraphs();
    EXPECT_LT(edit_of(base, replaced(base, "  ", " ")).size(), base.size() / 10) << "spaces";
    EXPECT_LT(edit_of(base, replaced(base, ",\t", ", ")).size(), base.size() / 10) << "another character";
    EXPECT_LT(edit_of(base, replaced(base, " speaks of many things", "")).size(), base.size() / 10)
        << "a phrase";
    EXPECT_LT(edit_of(base, base.substr(17, base.size() - 50)).size(), 40U) << "stripped";
    EXPECT_LT(edit_of(replaced(base, ",", "\xEF\xBC\x8C"), base).size(), base.size() / 10)
        << "three bytes, one byte";
    const std::string link = "https://example.org/" + std::string(300, 'x');
    EXPECT_LT(edit_of(base + link + base, base + base).size(), 40U) << "a long link";
    EXPECT_LT(edit_of(base, "A title\n\n" + base).size(), 40U) << "put in front";
}

TEST(TextEdit, TextsThatHaveLittleInCommonAreRefused) {
    const std::string base = paragraphs();
    EXPECT_EQ(edit_of(base, std::string(base.rbegin(), base.rend()), base.size() / 2), "");
    EXPECT_EQ(edit_of("", base, base.size() / 2), "");
}

TEST(TextEdit, AnyTwoTexts) {
    std::mt19937 random(5);
    for (int round = 0; round < 20000; ++round) {
        const unsigned letters = 1 + random() % 4;
        std::string base;
        for (auto left = random() % 200; left > 0; --left)
            base += static_cast<char>('a' + random() % letters);
        std::string text = base;
        for (auto left = random() % 6; left > 0; --left) {
            const auto at = random() % (text.size() + 1);
            text.replace(at, random() % 20,
                         std::string(random() % 20, static_cast<char>('a' + random() % letters)));
        }
        (void)edit_of(base, text, random() % 2 == 0 ? 1 << 20 : random() % 40);
    }
}

TEST(TextEdit, DamagedEditsAreRefusedOrStayInside) {
    const std::string base = paragraphs();
    const std::string edit = edit_of(base, replaced(base, "many", "a few"));
    for (std::size_t length = 0; length < edit.size(); ++length) {
        for (const int flip : {0, 0x01, 0x7F, 0x80, 0xFF}) {
            std::string damaged = edit.substr(0, length + 1);
            damaged[length] = static_cast<char>(damaged[length] ^ flip);
            std::string made;
            try {
                apply_text_edit(base, damaged, made);
                EXPECT_LE(made.size(), base.size() + damaged.size());
            } catch (const EnvironmentError&) {
            }
        }
    }
    std::string made;
    EXPECT_THROW(apply_text_edit("abc", std::string_view("\x04\0\0", 3), made), EnvironmentError)
        << "copies too much";
    EXPECT_THROW(apply_text_edit("abc", std::string_view("\x02\x02\0", 3), made), EnvironmentError);
    EXPECT_THROW(apply_text_edit("abc", std::string_view("\0\0\x02x", 4), made), EnvironmentError) << "torn";
    EXPECT_THROW(apply_text_edit("abc", std::string_view("\x01\x01", 2), made), EnvironmentError) << "torn";
    EXPECT_THROW(apply_text_edit("abc", std::string(12, '\xFF'), made), EnvironmentError)
        << "a number without end";
}

}  // namespace
}  // namespace dj
