// SPDX-License-Identifier: Apache-2.0
#include "dj/text/python_float.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace dj {
namespace {

TEST(PythonFloat, ReadsWhatFloatReads) {
    constexpr double kInf = std::numeric_limits<double>::infinity();
    const std::vector<std::pair<std::string, double>> cases{
        {"1", 1},
        {" 1.5\n", 1.5},
        {"+.5", 0.5},
        {"-1.", -1},
        {"1e5", 1e5},
        {"1E-2", 0.01},
        {"1_000.5_0", 1000.5},
        {"٣٤.٥", 34.5},
        {"\u3000７\u2028", 7},
        {"inf", kInf},
        {"-Infinity", -kInf},
        {"iNF", kInf},
        {"1e400", kInf},
        {"-1e400", -kInf},
        {"1e-400", 0.0},
        {"0.1", 0.1},
        {"1e1_0", 1e10},
        {"00012", 12},
    };
    for (const auto& [text, value] : cases) EXPECT_EQ(python_float(text), value) << text;
    EXPECT_TRUE(std::isnan(python_float("nan").value()));
    EXPECT_TRUE(std::signbit(python_float("-0").value()));
}

TEST(PythonFloat, RefusesWhatFloatRefuses) {
    for (const auto* bad :
         {"",   " ",  "abc",  "1,5",  "1 2",  "0x10", "1e",      "e5",      ".", "+",  "--1", "1__0",
          "_1", "1_", "1_.5", "1._5", "1e_5", "²",    "infinit", "1\u200b", "½", "1f", "in_f"}) {
        EXPECT_EQ(python_float(bad), std::nullopt) << bad;
    }
    EXPECT_EQ(python_float(std::string_view("1\0", 2)), std::nullopt);
    EXPECT_EQ(python_float("\x1c"
                           "8"),
              std::nullopt);
    EXPECT_EQ(python_float("\x1c\u3000"
                           "8"),
              8.0);
}

TEST(NumpyMean, AddsInNumpysOrder) {
    EXPECT_TRUE(std::isnan(numpy_mean({})));
    EXPECT_EQ(numpy_mean(std::vector<double>{1, 2, 4}), 7.0 / 3);
    // numpy.asarray([0.1 * i for i in range(n)]).mean() and with 1 / (i + 1), as numpy 2 prints them.
    const auto mean = [](std::size_t n, auto value) {
        std::vector<double> values;
        for (std::size_t i = 0; i < n; ++i) values.push_back(value(static_cast<double>(i)));
        return numpy_mean(values);
    };
    const auto tenths = [](double i) { return 0.1 * i; };
    const auto inverse = [](double i) { return 1 / (i + 1); };
    EXPECT_EQ(mean(7, tenths), 0.3);
    EXPECT_EQ(mean(9, tenths), 0.4000000000000001);
    EXPECT_EQ(mean(129, inverse), 0.042177511864912164);
    EXPECT_EQ(mean(1000, inverse), 0.007485470860550345);
    EXPECT_EQ(mean(5003, tenths), 250.09999999999997);
}

}  // namespace
}  // namespace dj
