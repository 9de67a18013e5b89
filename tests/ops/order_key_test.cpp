// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/order_key.hpp"

#include <limits>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace dj {
namespace {

using Value = std::variant<std::int64_t, double>;

std::string key_of(const Value& value) {
    std::string key;
    std::visit([&](auto number) { append_order_key(key, number); }, value);
    return key;
}

TEST(OrderKey, NumbersOrderExactlyAcrossKinds) {
    constexpr double kInf = std::numeric_limits<double>::infinity();
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
    constexpr std::int64_t k53 = std::int64_t{1} << 53;
    const std::vector<Value> ascending{-kInf,
                                       -1e300,
                                       -9.3e18,
                                       kMin,
                                       kMin + 1,
                                       -kMax + 1,
                                       std::int64_t{-k53 - 1},
                                       std::int64_t{-k53},
                                       -1.5,
                                       std::int64_t{-1},
                                       -5e-324,
                                       0.0,
                                       5e-324,
                                       0.5,
                                       std::int64_t{1},
                                       1.0000000000000002,
                                       std::int64_t{2},
                                       std::int64_t{k53},
                                       std::int64_t{k53 + 1},
                                       std::int64_t{k53 + 2},
                                       std::int64_t{kMax - 1},
                                       std::int64_t{kMax},
                                       9223372036854775808.0,
                                       1e300,
                                       kInf};
    for (std::size_t i = 0; i + 1 < ascending.size(); ++i)
        EXPECT_LT(key_of(ascending[i]), key_of(ascending[i + 1])) << i;
    EXPECT_EQ(key_of(std::int64_t{3}), key_of(3.0));
    EXPECT_EQ(key_of(-0.0), key_of(0.0));
    EXPECT_EQ(key_of(std::int64_t{0}), key_of(0.0));
    EXPECT_EQ(key_of(k53), key_of(9007199254740992.0));
}

TEST(OrderKey, StringsOrderByCodePoints) {
    const auto key = [](std::string_view text) {
        std::string result;
        append_order_key(result, text);
        return result;
    };
    EXPECT_LT(key(""), key(std::string_view("\0", 1)));
    EXPECT_LT(key("a"), key("aa"));
    EXPECT_LT(key("Z"), key("a"));
    EXPECT_LT(key("\uffff"), key("\U00010000")) << "unlike UTF-16";
    EXPECT_NE(key("1").front(), key_of(std::int64_t{1}).front()) << "kinds are told apart by the first byte";
}

}  // namespace
}  // namespace dj
