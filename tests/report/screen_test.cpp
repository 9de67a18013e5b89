// SPDX-License-Identifier: Apache-2.0
#include "dj/report/screen.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "dj/report/human_units.hpp"

namespace dj {
namespace {

std::vector<TableColumn> columns() {
    return {{.header = "step", .right = false, .keep = 100, .flexible = true},
            {.header = "rows", .keep = 100},
            {.header = "made", .keep = 80, .hide_empty = true},
            {.header = "MB/s", .keep = 20}};
}

TEST(Screen, TablesAreAligned) {
    EXPECT_EQ(show_table(columns(), {{"read", "10", "", "1"}, {"\xC3\xA9t\xC3\xA9", "7", "3", ""}}, {}),
              "  step  rows  made  MB/s\n"
              "  read    10           1\n"
              "  \xC3\xA9t\xC3\xA9      7     3\n");
}

TEST(Screen, EmptyColumnsHideAndShortRowsAreFilled) {
    EXPECT_EQ(show_table(columns(), {{"read", "10"}}, {}), "  step  rows  MB/s\n  read    10\n");
    EXPECT_EQ(show_table(columns(), {}, {}), "  step  rows  MB/s\n");
}

TEST(Screen, ANarrowScreenCostsTheLeastColumnsFirst) {
    const std::vector<std::vector<std::string>> rows = {
        {"a_rather_long_name_of_an_operator", "10", "5", "99"}};
    for (std::size_t width = 20; width < 80; ++width) {
        std::istringstream lines(show_table(columns(), rows, {.width = width}));
        for (std::string line; std::getline(lines, line);) {
            EXPECT_LE(display_width(line), std::max<std::size_t>(width, 24)) << line;
        }
    }
    EXPECT_EQ(show_table(columns(), rows, {.width = 24}),
              "  step              rows\n  a_rathe...erator    10\n");
}

TEST(Screen, ColoursAreThereOnlyWhenAskedFor) {
    EXPECT_EQ(painted("x", Paint::red, {.colour = false}), "x");
    EXPECT_EQ(painted("x", Paint::red, {.colour = true}), "\x1B[31mx\x1B[0m");
    EXPECT_EQ(painted("x", Paint::plain, {.colour = true}), "x");
    EXPECT_EQ(show_table(columns(), {{"a", "1"}}, {.colour = false}).find('\x1B'), std::string::npos);
}

TEST(Screen, TextIsBrokenAtBlanks) {
    EXPECT_EQ(wrapped("one two three", 8, 2), "one\n  two\n  three");
    EXPECT_EQ(wrapped("one two three", 100, 2), "one two three");
    EXPECT_EQ(wrapped("", 10, 2), "");
    EXPECT_EQ(wrapped("/a/very/long/path/without/blanks", 10, 2), "/a/very/long/path/without/blanks");
}

}  // namespace
}  // namespace dj
