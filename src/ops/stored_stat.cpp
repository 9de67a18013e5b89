// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/stored_stat.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

#include <fmt/format.h>

namespace dj {
namespace {

constexpr std::size_t kDecimals = 10;
constexpr std::array<double, kDecimals + 1> kPowers{1.0,  1e-1, 1e-2, 1e-3, 1e-4, 1e-5,
                                                    1e-6, 1e-7, 1e-8, 1e-9, 1e-10};

/// As ujson reads decimals: `fraction` are `decimals` digits behind the point.
double read_back(std::uint64_t whole, std::uint64_t fraction, std::size_t decimals) {
    while (decimals > 0 && fraction % 10 == 0) {
        fraction /= 10;
        --decimals;
    }
    return static_cast<double>(whole) + static_cast<double>(fraction) * kPowers[decimals];
}

/// What is too great for decimals is written with ten digits and an exponent.
double stored_with_exponent(double size) {
    constexpr std::size_t kFractionDigits = 9;
    const std::string text = fmt::format("{:.9e}", size);  // d.ddddddddde+dd
    std::uint64_t fraction = 0;
    int exponent = 0;
    const char* const digits = text.data() + 2;
    std::from_chars(digits, digits + kFractionDigits, fraction);
    std::from_chars(digits + kFractionDigits + 2, text.data() + text.size(), exponent);
    const auto whole = static_cast<std::uint64_t>(text.front() - '0');
    return read_back(whole, fraction, kFractionDigits) * std::pow(10.0, exponent);
}

}  // namespace

double stored_stat(double value) {
    constexpr double kScale = 1e10;
    constexpr double kGreatest = 1e16;
    constexpr double kLeast = 1e-15;
    const double size = std::fabs(value);
    if (!(size >= kLeast) || std::isinf(size)) return value;
    if (size > kGreatest) return std::copysign(stored_with_exponent(size), value);
    auto whole = static_cast<std::uint64_t>(size);
    const double scaled = (size - static_cast<double>(whole)) * kScale;
    auto fraction = static_cast<std::uint64_t>(scaled);
    const double rest = scaled - static_cast<double>(fraction);
    if (rest > 0.5 || (rest == 0.5 && (fraction == 0 || fraction % 2 == 1))) ++fraction;
    if (fraction >= static_cast<std::uint64_t>(kScale)) {
        fraction = 0;
        ++whole;
    }
    return std::copysign(read_back(whole, fraction, kDecimals), value);
}

}  // namespace dj
