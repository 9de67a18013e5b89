// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/order_key.hpp"

#include <bit>
#include <limits>

namespace dj {
namespace {

void append_big_endian(std::string& key, std::uint64_t word) {
    for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(word >> shift & 0xFF);
}

/// The nearest double, then what an integer lies beside it: rounding is monotonic, so this orders exactly.
void append_number(std::string& key, double nearest, std::int64_t beside) {
    constexpr std::uint64_t kSign = 1ULL << 63;
    key += static_cast<char>(OrderKeyKind::number);
    const auto bits = std::bit_cast<std::uint64_t>(nearest == 0 ? 0.0 : nearest);  // -0.0 equals 0.0
    append_big_endian(key, (bits & kSign) != 0 ? ~bits : bits | kSign);
    append_big_endian(key, std::bit_cast<std::uint64_t>(beside) ^ kSign);
}

}  // namespace

void append_order_key(std::string& key, std::int64_t value) {
    constexpr double kBeyondInt64 = 9223372036854775808.0;
    constexpr auto kGreatest = std::numeric_limits<std::int64_t>::max();
    const auto nearest = static_cast<double>(value);
    const std::int64_t beside =
        nearest == kBeyondInt64 ? value - kGreatest - 1 : value - static_cast<std::int64_t>(nearest);
    append_number(key, nearest, beside);
}

void append_order_key(std::string& key, double value) { append_number(key, value, 0); }

void append_order_key(std::string& key, std::string_view value) {
    key += static_cast<char>(OrderKeyKind::string);
    key.append(value);
}

}  // namespace dj
