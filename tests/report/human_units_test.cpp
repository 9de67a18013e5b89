// SPDX-License-Identifier: Apache-2.0
#include "dj/report/human_units.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace dj {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(HumanUnits, Counts) {
    EXPECT_EQ(show_count(0), "0");
    EXPECT_EQ(show_count(999), "999");
    EXPECT_EQ(show_count(1000), "1,000");
    EXPECT_EQ(show_count(18446744073709551615ULL), "18,446,744,073,709,551,615");
}

TEST(HumanUnits, Bytes) {
    EXPECT_EQ(show_bytes(0), "0 B");
    EXPECT_EQ(show_bytes(999), "999 B");
    EXPECT_EQ(show_bytes(1000), "1.0 kB");
    EXPECT_EQ(show_bytes(999949), "999.9 kB");
    EXPECT_EQ(show_bytes(999950), "1.0 MB");
    EXPECT_EQ(show_bytes(18446744073709551615ULL), "18.4 EB");
}

TEST(HumanUnits, Durations) {
    EXPECT_EQ(show_duration(0), "0.00 s");
    EXPECT_EQ(show_duration(9.949), "9.95 s");
    EXPECT_EQ(show_duration(9.96), "10.0 s");
    EXPECT_EQ(show_duration(59.96), "1 min 00 s");
    EXPECT_EQ(show_duration(200), "3 min 20 s");
    EXPECT_EQ(show_duration(7500), "2 h 05 min");
    EXPECT_EQ(show_duration(90000), "1 d 01 h");
    for (const double odd : {-1.0, kNan, kInfinity, 1e300}) EXPECT_EQ(show_duration(odd), "?");
}

TEST(HumanUnits, RatesAndTimes) {
    EXPECT_EQ(show_rate(0), "0");
    EXPECT_EQ(show_rate(kNan), "0");
    EXPECT_EQ(show_rate(0.123), "0.12");
    EXPECT_EQ(show_rate(12.34), "12.3");
    EXPECT_EQ(show_rate(12345.6), "12,346");
    EXPECT_EQ(show_rate(kInfinity), "?");
    EXPECT_EQ(show_time(1700000000), "2023-11-14 22:13:20 UTC");
    EXPECT_EQ(show_time(kNan), "?");
    EXPECT_EQ(show_time(1e300), "?");
}

TEST(HumanUnits, TextFromFilesCannotDriveATerminal) {
    EXPECT_EQ(show_text(std::string("a\x1B[2J\nb\tc\0d\x7F", 12)), "a\\x1b[2J\\nb c\\x00d\\x7f");
    EXPECT_EQ(show_text("\xE4\xBD\xA0"), "\xE4\xBD\xA0");
}

TEST(HumanUnits, ShortenedTextKeepsBothEndsAndWholeCharacters) {
    EXPECT_EQ(shorten("abcdef", 6), "abcdef");
    EXPECT_EQ(shorten("abcdefghij", 7), "ab...ij");
    EXPECT_EQ(shorten("abcdefghij", 2), "ab");
    EXPECT_EQ(shorten("", 0), "");
    const std::string chinese = "\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xBD\xA0\xE5\xA5\xBD";
    EXPECT_EQ(shorten(chinese, 5), "\xE4\xBD\xA0...\xE5\xA5\xBD");
    EXPECT_EQ(display_width(shorten(chinese, 4)), 4U);
    for (std::size_t width = 0; width < 12; ++width)
        EXPECT_LE(display_width(shorten("\xFF\x80\x80"
                                        "xyz\x80\xE4",
                                        width)),
                  width);
}

}  // namespace
}  // namespace dj
