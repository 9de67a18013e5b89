// SPDX-License-Identifier: Apache-2.0
#include "dj/text/simhash.hpp"

#include <random>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "dj/base/hash.hpp"

namespace dj {
namespace {

std::uint64_t first_bytes_of_md5(std::string_view token) {
    const Digest128 digest = md5(token);
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < 8; ++i) hash = (hash << 8U) | digest[i];
    return hash;
}

TEST(Md5Lanes, AreTheDigestsOfOpenSsl) {
    // Lengths around the borders of blocks, and beyond the longest that waits for others.
    Md5Lanes lanes;
    std::vector<std::uint64_t> out;
    std::multiset<std::uint64_t> expected;
    for (std::size_t length = 0; length < 400; ++length) {
        const std::string token(length, static_cast<char>('a' + length % 26));
        lanes.add(token, out);
        expected.insert(first_bytes_of_md5(token));
    }
    lanes.finish(out);
    EXPECT_EQ(std::multiset<std::uint64_t>(out.begin(), out.end()), expected);
    out.clear();
    lanes.finish(out);
    EXPECT_TRUE(out.empty());
}

TEST(BitMajority, CountsBitsOfAnyNumberOfHashes) {
    std::mt19937_64 random(1);
    BitMajority majority;
    for (const int count : {0, 1, 2, 3, 254, 255, 256, 257, 1000}) {
        std::array<int, 64> balance{};
        for (int i = 0; i < count; ++i) {
            const std::uint64_t hash = random();
            majority.add(hash);
            for (unsigned bit = 0; bit < 64; ++bit) balance[bit] += ((hash >> bit) & 1U) != 0 ? 1 : -1;
        }
        std::uint64_t expected = 0;
        for (unsigned bit = 0; bit < 64; ++bit) expected |= std::uint64_t{balance[bit] > 0 ? 1U : 0U} << bit;
        EXPECT_EQ(majority.take(), expected) << count;
    }
}

TEST(Simhash, OfNoTokensIsZeroAndOfOneItsHash) {
    SimhashBuilder builder;
    EXPECT_EQ(builder.take(), 0U);
    builder.add("token");
    EXPECT_EQ(builder.take(), first_bytes_of_md5("token"));
    EXPECT_EQ(builder.take(), 0U) << "each text begins anew";
}

}  // namespace
}  // namespace dj
