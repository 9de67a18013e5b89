// SPDX-License-Identifier: Apache-2.0
#include "dj/data/python_json.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace dj {
namespace {

std::string encoded(std::string_view text) {
    std::string out = "x";
    append_json_string(out, text);
    return out.substr(1);
}

std::string encoded(double value) {
    std::string out;
    append_json_float(out, value);
    return out;
}

TEST(PythonJson, StringsAsJsonDumpsWritesThem) {
    EXPECT_EQ(encoded(""), R"("")");
    EXPECT_EQ(encoded("plain"), R"("plain")");
    EXPECT_EQ(encoded("\"\\/\b\f\n\r\t"), R"("\"\\/\b\f\n\r\t")");
    EXPECT_EQ(encoded(std::string_view("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
    EXPECT_EQ(encoded("né\u2028\U0001F600"), "\"né\u2028\U0001F600\"");
}

TEST(PythonJson, EscapesAtEveryPositionOfLongStrings) {
    for (std::size_t length = 1; length < 70; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            for (const auto& [raw, escaped] : {std::pair{'"', "\\\""}, {'\\', "\\\\"}, {'\x1f', "\\u001f"}}) {
                std::string text(length, '\xc3');
                text[at] = raw;
                std::string expected =
                    "\"" + std::string(at, '\xc3') + escaped + std::string(length - at - 1, '\xc3') + "\"";
                ASSERT_EQ(encoded(text), expected) << length << ' ' << at;
            }
        }
    }
}

TEST(PythonJson, FloatsAsRepr) {
    const std::vector<std::pair<double, std::string>> cases{
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {-12.5, "-12.5"},
        {0.1, "0.1"},
        {1.0 / 3, "0.3333333333333333"},
        {0.30000000000000004, "0.30000000000000004"},
        {123456789.123, "123456789.123"},
        {1e15, "1000000000000000.0"},
        {9999999999999998.0, "9999999999999998.0"},
        {1e16, "1e+16"},
        {12345678901234567890.0, "1.2345678901234567e+19"},
        {1e22, "1e+22"},
        {1e100, "1e+100"},
        {0.0001, "0.0001"},
        {0.00012345, "0.00012345"},
        {0.00001, "1e-05"},
        {1.5e-7, "1.5e-07"},
        {5e-324, "5e-324"},
        {std::numeric_limits<double>::max(), "1.7976931348623157e+308"},
        {std::numeric_limits<double>::infinity(), "Infinity"},
        {-std::numeric_limits<double>::infinity(), "-Infinity"},
        {std::numeric_limits<double>::quiet_NaN(), "NaN"},
    };
    for (const auto& [value, text] : cases) EXPECT_EQ(encoded(value), text);
}

TEST(PythonJson, IntegersInFull) {
    std::string out;
    append_json_int(out, std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(out, "-9223372036854775808");
}

TEST(PythonJson, DecodesEveryEscape) {
    const auto decoded = [](std::string_view slice) {
        std::string out;
        const auto fault = append_decoded_json_string(out, slice);
        return fault == JsonFault::none ? out : "fault: " + std::string(to_string(fault));
    };
    EXPECT_EQ(decoded(R"("")"), "");
    EXPECT_EQ(decoded(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
    EXPECT_EQ(decoded(R"("\u0041\u00e9\u20ac\uD83D\uDE00")"), "Aé€\U0001F600");
    EXPECT_EQ(decoded(R"("a\u0000b")"), std::string("a\0b", 3));
    for (const auto* bad :
         {"", "\"", "x", R"("a)", R"("\")", R"("\x41")", R"("\u12")", R"("\u12g4")", R"("\u-123")"}) {
        EXPECT_EQ(decoded(bad), "fault: not valid JSON") << bad;
    }
    for (const auto* bad :
         {R"("\ud83d")", R"("\ude00")", R"("\ud83dx")", R"("\ud83d\n")", R"("\ud83d\ud83d")"}) {
        EXPECT_EQ(decoded(bad), "fault: " + std::string(to_string(JsonFault::lone_surrogate))) << bad;
    }
    EXPECT_EQ(decoded(R"("\ud83d\u12")"), "fault: not valid JSON");
}

TEST(PythonJson, ParsesScalars) {
    std::string buffer;
    const auto parse = [&](std::string_view slice) { return parse_json_scalar(slice, buffer); };
    EXPECT_EQ(parse("").type, JsonType::absent);
    EXPECT_EQ(parse("null").type, JsonType::null);
    EXPECT_TRUE(parse("true").boolean);
    EXPECT_EQ(parse("false").type, JsonType::boolean);
    EXPECT_EQ(parse("[1]").type, JsonType::array);
    EXPECT_EQ(parse("{}").type, JsonType::object);
    EXPECT_EQ(parse(R"("a\nb")").text, "a\nb");
    EXPECT_EQ(parse(R"("plain")").text, "plain");
    EXPECT_EQ(parse(R"("\ud800")").fault, JsonFault::lone_surrogate);

    EXPECT_EQ(parse("-0").integer, 0);
    EXPECT_EQ(parse("9223372036854775807").integer, std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(parse("-9223372036854775808").type, JsonType::integer);
    const auto big = parse("18446744073709551616");
    EXPECT_EQ(big.type, JsonType::big_integer);
    EXPECT_EQ(big.number, 18446744073709551616.0);
    EXPECT_EQ(big.digits, "18446744073709551616");

    EXPECT_EQ(parse("1e5").number, 1e5);
    EXPECT_EQ(parse("1E+2").type, JsonType::number);
    EXPECT_EQ(parse("0.1").number, 0.1);
    EXPECT_EQ(parse("1e400").number, std::numeric_limits<double>::infinity());
    EXPECT_EQ(parse("-1e400").number, -std::numeric_limits<double>::infinity());
    EXPECT_EQ(parse("1e-400").number, 0.0);
    EXPECT_TRUE(std::isnan(parse("NaN").number));
    EXPECT_EQ(parse("-Infinity").number, -std::numeric_limits<double>::infinity());
}

TEST(PythonJson, RefusesWhatIsNoJson) {
    std::string buffer;
    for (const auto* bad :
         {"01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "nul", "True", "1 ", "1,2", "-Inf", "١"}) {
        EXPECT_EQ(parse_json_scalar(bad, buffer).type, JsonType::malformed) << bad;
    }
}

}  // namespace
}  // namespace dj
