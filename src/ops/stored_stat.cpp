// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/stored_stat.hpp"

#include <array>
#include <cmath>
#include <cstdint>

namespace dj {

double stored_stat(double value) {
    constexpr int kDecimals = 10;
    constexpr double kScale = 1e10;
    constexpr std::array<double, kDecimals + 1> kPowers{1.0,  1e-1, 1e-2, 1e-3, 1e-4, 1e-5,
                                                        1e-6, 1e-7, 1e-8, 1e-9, 1e-10};
    // Beyond these ujson writes an exponent; no stat of an operator comes near.
    constexpr double kGreatest = 1e16 - 1;
    constexpr double kLeast = 1e-15;
    const double size = std::fabs(value);
    if (!(size >= kLeast && size <= kGreatest)) return value;
    auto whole = static_cast<std::uint64_t>(size);
    const double scaled = (size - static_cast<double>(whole)) * kScale;
    auto fraction = static_cast<std::uint64_t>(scaled);
    const double rest = scaled - static_cast<double>(fraction);
    if (rest > 0.5 || (rest == 0.5 && (fraction == 0 || fraction % 2 == 1))) ++fraction;
    if (fraction >= static_cast<std::uint64_t>(kScale)) {
        fraction = 0;
        ++whole;
    }
    std::size_t decimals = kDecimals;
    while (decimals > 0 && fraction % 10 == 0) {
        fraction /= 10;
        --decimals;
    }
    const double stored = static_cast<double>(whole) + static_cast<double>(fraction) * kPowers[decimals];
    return value < 0 ? -stored : stored;
}

}  // namespace dj
