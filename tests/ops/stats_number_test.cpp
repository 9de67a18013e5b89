// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/stats_number.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace dj {
namespace {

std::optional<double> number_of(std::string_view json) {
    StatsNumberBuffers buffers;
    return stats_to_number(json, buffers);
}

TEST(StatsToNumber, CountsAsNumpyDoes) {
    EXPECT_EQ(number_of("3"), 3.0);
    EXPECT_EQ(number_of("9007199254740993"), 9007199254740992.0);
    EXPECT_EQ(number_of("true"), 1.0);
    EXPECT_EQ(number_of(R"(" 1_0.5 ")"), 10.5);
    EXPECT_EQ(number_of(R"("\u0663")"), 3.0);
    EXPECT_EQ(number_of("[1, 2, 4.5]"), 2.5);
    EXPECT_EQ(number_of("[true, false]"), 0.5);
    EXPECT_EQ(number_of("[ [1,2] , [3, 4] ]"), 2.5);
    EXPECT_EQ(number_of("[-1e2]"), -100.0);
    EXPECT_TRUE(std::isnan(number_of("[[]]").value()));
    EXPECT_TRUE(std::isnan(number_of("\"nan\"").value()));
}

TEST(StatsToNumber, TheRestCountsAsNothing) {
    for (const auto* json :
         {"",        "null",     "\"\"",     "\"abc\"",       "[]",      "{}",           "[1, null]",
          "[\"1\"]", "[1, [2]]", "[[1], 2]", "[[1], [2, 3]]", "[[], 1]", "[{\"a\": 1}]", "[[1], []]",
          "[1",      "[1,",      "[",        "[1 2",          "[nul]",   "[[1]"}) {
        EXPECT_EQ(number_of(json), std::nullopt) << json;
    }
}

}  // namespace
}  // namespace dj
