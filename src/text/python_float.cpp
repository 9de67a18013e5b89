// SPDX-License-Identifier: Apache-2.0
#include "dj/text/python_float.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <string>

#include <unicode/uchar.h>

#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The text in ASCII, without the underscores that Python allows; nullopt if it cannot be a number.
std::optional<std::string> to_ascii(std::string_view text) {
    std::string ascii;
    bool underscore = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto point = next_code_point(text, at);
        if (point == '_') {
            if (underscore || ascii.empty() || !is_digit(ascii.back())) return std::nullopt;
            underscore = true;
            continue;
        }
        char c = static_cast<char>(point);
        if (point >= 0x80) {
            const auto digit = u_charType(static_cast<UChar32>(point)) == U_DECIMAL_DIGIT_NUMBER
                                   ? u_charDigitValue(static_cast<UChar32>(point))
                                   : -1;
            if (digit < 0) return std::nullopt;
            c = static_cast<char>('0' + digit);
        }
        if (underscore && !is_digit(c)) return std::nullopt;
        underscore = false;
        ascii += c;
    }
    if (underscore) return std::nullopt;
    return ascii;
}

/// In a text of ASCII alone, Python leaves U+001C to U+001F for `float` to stumble over.
std::string_view stripped(std::string_view text) {
    if (ascii_prefix(text) != text.size()) return python_strip(text);
    constexpr std::string_view kSpaces = " \t\n\v\f\r";
    const auto begin = std::min(text.find_first_not_of(kSpaces), text.size());
    return text.substr(begin, text.find_last_not_of(kSpaces) + 1 - begin);
}

/// Digits with a point and an exponent, without sign.
bool is_decimal(std::string_view text) {
    std::size_t at = 0;
    const auto digits = [&] {
        const auto begin = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        return at - begin;
    };
    auto mantissa = digits();
    if (at < text.size() && text[at] == '.') {
        ++at;
        mantissa += digits();
    }
    if (mantissa == 0) return false;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        if (digits() == 0) return false;
    }
    return at == text.size();
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((text[i] | 0x20) != lower[i]) return false;
    }
    return true;
}

double pairwise_sum(std::span<const double> values) {
    constexpr std::size_t kLanes = 8;
    constexpr std::size_t kBlock = 128;
    if (values.size() < kLanes) {
        // numpy starts at -0.0, so that the sum of negative zeros keeps its sign.
        double sum = -0.0;
        for (const double value : values) sum += value;
        return sum;
    }
    if (values.size() <= kBlock) {
        double lanes[kLanes];
        for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = values[i];
        std::size_t at = kLanes;
        for (; at + kLanes <= values.size(); at += kLanes) {
            for (std::size_t i = 0; i < kLanes; ++i) lanes[i] += values[at + i];
        }
        double sum =
            ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
        for (; at < values.size(); ++at) sum += values[at];
        return sum;
    }
    auto half = values.size() / 2;
    half -= half % kLanes;
    return pairwise_sum(values.first(half)) + pairwise_sum(values.subspan(half));
}

}  // namespace

std::optional<double> python_float(std::string_view text) {
    const auto ascii = to_ascii(stripped(text));
    if (!ascii || ascii->empty()) return std::nullopt;
    std::string_view rest = *ascii;
    const bool negative = rest.front() == '-';
    if (negative || rest.front() == '+') rest.remove_prefix(1);
    double value = 0;
    if (equals_ignoring_case(rest, "inf") || equals_ignoring_case(rest, "infinity")) {
        value = std::numeric_limits<double>::infinity();
    } else if (equals_ignoring_case(rest, "nan")) {
        value = std::numeric_limits<double>::quiet_NaN();
    } else if (is_decimal(rest)) {
        const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), value);
        // Beyond the range, from_chars does not say on which side; Python gives inf or 0.
        if (parsed.ec == std::errc::result_out_of_range)
            value = std::strtod(std::string(rest).c_str(), nullptr);
    } else {
        return std::nullopt;
    }
    return negative ? -value : value;
}

double python_round(double value, int digits) {
    std::array<char, 400> text{};  // the largest double has 309 digits before the point
    const auto written =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits);
    double rounded = value;
    std::from_chars(text.data(), written.ptr, rounded);
    return rounded;
}

double numpy_mean(std::span<const double> values) {
    if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
    return pairwise_sum(values) / static_cast<double>(values.size());
}

}  // namespace dj
