// SPDX-License-Identifier: Apache-2.0
#include "dj/base/hash.hpp"

#include <gtest/gtest.h>

namespace dj {
namespace {

TEST(Hash, Md5IsTheOneOfTheStandard) {
    EXPECT_EQ(to_hex(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(to_hex(md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(to_hex(md5(std::string(1'000'000, 'a'))), "7707d6ae4e027c70eea2a935c2296f21");
}

TEST(Hash, AHasherForgetsWhatItHashedBefore) {
    Md5Hasher hasher;
    (void)hasher.digest("something else");
    EXPECT_EQ(hasher.digest("abc"), md5("abc"));
    Md5Hasher moved = std::move(hasher);
    EXPECT_EQ(moved.digest(std::string_view("\0", 1)), md5(std::string_view("\0", 1)));
}

TEST(Hash, Xxh3IsInCanonicalOrder) {
    // As `xxhsum -H2` and `xxhsum -H3` print them.
    EXPECT_EQ(to_hex(xxh3_128("")), "99aa06d3014798d86001c324468d497f");
    EXPECT_EQ(xxh3_64(""), 0x2d06800538d394c2ULL);
    EXPECT_NE(xxh3_64("abc"), xxh3_64("abc", 1));
    EXPECT_NE(xxh3_128("abc"), xxh3_128("abd"));
}

TEST(Hash, PiecesGiveTheHashOfTheWhole) {
    const std::string bytes(100000, 'x');
    for (const std::size_t piece : {1U, 7U, 255U, 256U, 4096U, 100000U}) {
        Xxh3Hasher hasher;
        for (std::size_t at = 0; at < bytes.size(); at += piece)
            hasher.update(std::string_view(bytes).substr(at, piece));
        EXPECT_EQ(hasher.digest(), xxh3_128(bytes)) << piece;
    }
    EXPECT_EQ(Xxh3Hasher().digest(), xxh3_128(""));
}

TEST(Hash, HexGoesBothWays) {
    const auto digest = xxh3_128("abc");
    EXPECT_EQ(digest_from_hex(to_hex(digest)), digest);
    const auto hex = to_hex(digest);
    for (const auto& text :
         {std::string(), hex.substr(1), hex + "0", "g" + hex.substr(1), "A" + hex.substr(1)})
        EXPECT_FALSE(digest_from_hex(text)) << text;
}

}  // namespace
}  // namespace dj
