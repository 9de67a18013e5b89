// SPDX-License-Identifier: Apache-2.0
#include "text/html_entities.hpp"

#include <gtest/gtest.h>

namespace dj {
namespace {

std::u32string unescaped(std::u32string text) {
    unescape_html(text);
    return text;
}

TEST(HtmlEntities, NamesAreReplaced) {
    EXPECT_EQ(unescaped(U"&lt;&gt;&amp;&eacute;&Eacute;&NotEqualTilde;&Afr;"),
              U"<>&éÉ\u2242\u0338\U0001D504");
    EXPECT_EQ(unescaped(U"CAF&EACUTE; &SZLIG; &HELLIP;"), U"CAFÉ SS …");
    EXPECT_EQ(unescaped(U"&DoubleContourIntegral;"), U"∯");
}

TEST(HtmlEntities, WhatIsNoneStays) {
    for (const auto* const text :
         {U"&nTILDE;", U"&amp", U"&amp &", U"&;", U"&#;", U"&#x;", U"&#xg;", U"&#1a;", U"&a b;",
          U"&abcdefghijklmnopqrstuvwxyz;", U"&#59;", U"&#x3b;", U"&&&", U"&##1;"}) {
        EXPECT_EQ(unescaped(text), text);
    }
    EXPECT_EQ(unescaped(U"&&lt;"), U"&<");
    // HTML knows it, but ftfy looks at no more than 24 letters.
    EXPECT_EQ(unescaped(U"&CounterClockwiseContourIntegral;"), U"&CounterClockwiseContourIntegral;");
}

TEST(HtmlEntities, NumbersAreThoseOfTheStandard) {
    EXPECT_EQ(unescaped(U"&#65;&#x41;&#X1f600;"), U"AA😀");
    EXPECT_EQ(unescaped(U"&#128;&#x9d;&#13;"), U"€\x9D\r");
    EXPECT_EQ(unescaped(U"&#0;&#xD800;&#1114112;&#999999999999999999999999;"), U"\uFFFD\uFFFD\uFFFD\uFFFD");
    EXPECT_EQ(unescaped(U"a&#1;&#11;&#127;&#xFDD0;&#x1FFFE;b"), U"ab");
}

TEST(HtmlEntities, OneLevelIsTakenOff) { EXPECT_EQ(unescaped(U"&amp;lt; &amp;amp;"), U"&lt; &amp;"); }

}  // namespace
}  // namespace dj
