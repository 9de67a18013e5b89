// SPDX-License-Identifier: Apache-2.0
#include "dj/text/html_text.hpp"

#include <gtest/gtest.h>

namespace dj {
namespace {

TEST(HtmlTextReader, ReadsOneDocumentAfterTheOther) {
    HtmlTextReader reader;
    std::string text;
    ASSERT_TRUE(reader.append_text("<p>one<table><tr><td>two", text));
    ASSERT_TRUE(reader.append_text("", text));
    ASSERT_TRUE(reader.append_text(" <b>three</b>&amp;<!-- no -->", text));
    EXPECT_EQ(text, "onetwothree&");
    HtmlTextReader other = std::move(reader);
    ASSERT_TRUE(other.append_text("<script>a<b</script>", text));
    EXPECT_EQ(text, "onetwothree&a<b");
}

TEST(HtmlTextReader, ManagesDeepNesting) {
    std::string html;
    for (int i = 0; i < 20'000; ++i) html += "<div>";
    HtmlTextReader reader;
    std::string text;
    ASSERT_TRUE(reader.append_text(html + "x", text));
    EXPECT_EQ(text, "x");
}

}  // namespace
}  // namespace dj
