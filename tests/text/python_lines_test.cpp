// SPDX-License-Identifier: Apache-2.0
#include "dj/text/python_lines.hpp"

#include <gmock/gmock.h>

#include "dj/text/python_float.hpp"

namespace dj {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (const auto line = next_python_line(text)) lines.emplace_back(*line);
    return lines;
}

TEST(PythonLines, AreThoseOfSplitlines) {
    EXPECT_THAT(lines_of(""), IsEmpty());
    EXPECT_THAT(lines_of("a"), ElementsAre("a"));
    EXPECT_THAT(lines_of("a\n"), ElementsAre("a"));
    EXPECT_THAT(lines_of("\n\na\r\nb\rc\n\r"), ElementsAre("", "", "a", "b", "c", ""));
    EXPECT_THAT(lines_of("a\vb\fc\x1c"
                         "d\x1d"
                         "e\x1e"
                         "f\u0085g\u2028h\u2029i\x1fj"),
                ElementsAre("a", "b", "c", "d", "e", "f", "g", "h", "i\x1fj"));
}

TEST(PythonLines, WordsAreThoseOfSplit) {
    EXPECT_EQ(count_python_words(""), 0U);
    EXPECT_EQ(count_python_words(" a  b\u00A0c\u3000d\x1f"
                                 "e\u200Bf "),
              5U);
    EXPECT_TRUE(has_python_space("a\u2028"));
    EXPECT_FALSE(has_python_space("a\u200B\u2581"));
}

TEST(PythonRound, RoundsWhatTheDoubleIs) {
    EXPECT_EQ(python_round(0.25, 1), 0.2);
    EXPECT_EQ(python_round(0.35, 1), 0.3);  // 0.34999999999999997...
    EXPECT_EQ(python_round(0.45, 1), 0.5);  // 0.45000000000000001...
    EXPECT_EQ(python_round(-0.04, 1), 0.0);
    EXPECT_EQ(python_round(1e300, 1), 1e300);
    EXPECT_EQ(python_round(123456789.95, 1), 123456790.0);
}

}  // namespace
}  // namespace dj
