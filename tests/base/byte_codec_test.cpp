// SPDX-License-Identifier: Apache-2.0
#include "dj/base/byte_codec.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

TEST(ByteCodec, ReadsBackWhatWasAppended) {
    std::string bytes;
    append_value(bytes, std::uint16_t{0x1234});
    append_counted(bytes, "text");
    append_value(bytes, std::int64_t{-5});
    EXPECT_EQ(bytes.substr(0, 2), "\x34\x12") << "little-endian";
    std::string_view in = bytes;
    LayoutReader reader(in, "a test");
    EXPECT_EQ(reader.value<std::uint16_t>(), 0x1234);
    EXPECT_EQ(reader.counted(), "text");
    EXPECT_EQ(reader.value<std::int64_t>(), -5);
    EXPECT_TRUE(in.empty());
}

TEST(ByteCodec, LengthsBeyondTheEndAreErrorsThatNameTheThing) {
    std::string bytes;
    append_value(bytes, std::numeric_limits<std::uint64_t>::max());
    bytes += "abc";
    for (const int attempt : {0, 1, 2}) {
        std::string_view in = bytes;
        LayoutReader reader(in, "the partition table");
        try {
            if (attempt == 0) (void)reader.counted();
            if (attempt == 1) (void)reader.count(24);
            if (attempt == 2) (void)reader.bytes(12);
            ADD_FAILURE() << "no error";
        } catch (const EnvironmentError& error) {
            EXPECT_NE(std::string(error.what()).find("the partition table is corrupt"), std::string::npos);
        }
    }
}

}  // namespace
}  // namespace dj
