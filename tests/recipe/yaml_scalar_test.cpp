// SPDX-License-Identifier: Apache-2.0
// Expectations recorded from PyYAML 6.0.3 with the loader of jsonargparse 4.53.
#include "recipe/yaml_scalar.hpp"

#include <cmath>

#include <gmock/gmock.h>

namespace dj {
namespace {

using nlohmann::json;

TEST(PlainScalar, WordsOfYaml11) {
    for (const auto* text : {"yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"}) {
        EXPECT_EQ(resolve_plain_scalar(text), true) << text;
    }
    for (const auto* text : {"no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"}) {
        EXPECT_EQ(resolve_plain_scalar(text), false) << text;
    }
    for (const auto* text : {"", "~", "null", "Null", "NULL"})
        EXPECT_TRUE(resolve_plain_scalar(text).is_null()) << text;
    for (const auto* text : {"y", "n", "tRue", "oN", "nULL", "None", "yess"}) {
        EXPECT_EQ(resolve_plain_scalar(text), json(text));
    }
}

TEST(PlainScalar, Integers) {
    const std::vector<std::pair<const char*, std::int64_t>> cases{
        {"0", 0},
        {"-0", 0},
        {"+12", 12},
        {"1_000", 1000},
        {"12_", 12},
        {"0755", 493},
        {"0x1F", 31},
        {"-0xff", -255},
        {"0b101", 5},
        {"1:30", 90},
        {"190:20:30", 685230},
        {"00", 0},
        {"0_7", 7},
        {"-1:30", -90},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
    };
    for (const auto& [text, value] : cases) {
        const auto got = resolve_plain_scalar(text);
        EXPECT_TRUE(got.is_number_integer()) << text;
        EXPECT_EQ(got, json(value)) << text;
    }
    EXPECT_EQ(resolve_plain_scalar("18446744073709551615"), json(UINT64_MAX));
    EXPECT_DOUBLE_EQ(resolve_plain_scalar("99999999999999999999").get<double>(), 1e20);
    EXPECT_DOUBLE_EQ(resolve_plain_scalar("-0xFFFFFFFFFFFFFFFFFFFF").get<double>(), -std::pow(2.0, 80));
}

TEST(PlainScalar, Numbers) {
    const std::vector<std::pair<const char*, double>> cases{
        {"1e-3", 0.001},  {"1e3", 1000},     {".5", 0.5},    {"1.", 1},     {"1.e5", 1e5},
        {"1.5e5", 1.5e5}, {"-1_0.5", -10.5}, {".5e+3", 500}, {".5e3", 500}, {"1:30.5", 90.5},
        {"+1.5", 1.5},    {"-2E-2", -0.02},  {"1e-400", 0},  {"0.1", 0.1},  {"1:1:1.", 3661},
    };
    for (const auto& [text, value] : cases) {
        const auto got = resolve_plain_scalar(text);
        EXPECT_TRUE(got.is_number_float()) << text;
        EXPECT_DOUBLE_EQ(got.get<double>(), value) << text;
    }
    EXPECT_EQ(resolve_plain_scalar("-.inf").get<double>(), -std::numeric_limits<double>::infinity());
    EXPECT_EQ(resolve_plain_scalar("1e999").get<double>(), std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isnan(resolve_plain_scalar(".NaN").get<double>()));
}

TEST(PlainScalar, WhatLooksLikeANumberAndIsNone) {
    for (const auto* text : {"0o17",  "08",      "2020-01-01", "2001-12-14t21:59:43.10-05:00",
                             "nan",   "inf",     "+.5",        "1.2.3",
                             "-",     "+",       ".",          "1e",
                             "e5",    "0x",      "0b",         "0b2",
                             "1:60",  "1:2:333", "_1",         "12a",
                             "1,000", "1 000",   "0xG",        "--1",
                             "1-2",   "::",      "1:",         "=",
                             "<<",    ".e5",     "._",         "0b_",
                             "\xff"}) {
        EXPECT_EQ(resolve_plain_scalar(text), json(text));
    }
}

TEST(NeedsQuotes, WhateverWouldReadOtherwise) {
    for (const auto* text :
         {"",   "yes", "null", "1e-3", "0755", "a b", "a: b", "#a",  "- a", "-a", "[a", "{a",   "*a",
          "&a", "!a",  "%a",   "@a",   "`a",   "'a",  "\"a",  "a,b", "\n",  "<<", "=",  "über", "1:30"}) {
        EXPECT_TRUE(needs_quotes(text)) << text;
    }
    for (const auto* text : {"text", "a.b", "./a/b-c.jsonl", "every_n_ops", "2020-01-01", "0o17"}) {
        EXPECT_FALSE(needs_quotes(text)) << text;
    }
}

}  // namespace
}  // namespace dj
