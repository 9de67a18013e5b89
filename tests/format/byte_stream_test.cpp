// SPDX-License-Identifier: Apache-2.0
#include "format/byte_stream.hpp"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dj/base/error.hpp"
#include "format/block_compression.hpp"
#include "format/memory_files.hpp"

namespace dj {
namespace {

using Make = std::unique_ptr<ByteStream> (*)(FileSystem&, const std::filesystem::path&);

struct Codec {
    Make open;
    std::string (*compress)(std::string_view);
};
const std::array kCodecs = {Codec{make_gzip_stream, gzip_member}, Codec{make_zstd_stream, zstd_frame}};

std::string read_all(Make open, const std::string& bytes, std::size_t step) {
    MemoryFiles files;
    files.contents["f.z"] = bytes;
    const auto stream = open(files, "f.z");
    std::string all;
    std::string buffer(step, '\0');
    for (;;) {
        const std::size_t count = stream->read(buffer);
        all.append(buffer, 0, count);
        if (count < step) return all;
    }
}

std::string some_text(std::size_t bytes) {
    std::mt19937 random(11);
    std::string text;
    while (text.size() < bytes) text += "word" + std::to_string(random() % 5000) + ' ';
    return text;
}

TEST(ByteStream, OneMemberInStepsOfAnySize) {
    const std::string text = some_text(300000);
    for (const Codec& codec : kCodecs) {
        for (const std::size_t step : {1U, 7U, 4096U, 65536U, 1U << 20}) {
            EXPECT_TRUE(read_all(codec.open, codec.compress(text), step) == text) << step;
        }
    }
}

TEST(ByteStream, ManyMembersAndEmptyOnes) {
    for (const Codec& codec : kCodecs) {
        std::string bytes = codec.compress("");
        std::string text;
        for (int member = 0; member < 3000; ++member) {
            text += std::to_string(member) + "\n";
            bytes += codec.compress(std::to_string(member) + "\n");
            if (member % 7 == 0) bytes += codec.compress("");
        }
        EXPECT_TRUE(read_all(codec.open, bytes, 1000) == text);
        EXPECT_EQ(read_all(codec.open, codec.compress(""), 10), "");
    }
}

TEST(ByteStream, LongStreamsOfLittleInput) {
    const std::string zeros(40U << 20, '0');
    for (const Codec& codec : kCodecs)
        EXPECT_TRUE(read_all(codec.open, codec.compress(zeros), 100000) == zeros);
}

TEST(ByteStream, GzipPaddingIsIgnored) {
    const std::string padded = gzip_member("a") + std::string(2U << 20, '\0');
    EXPECT_EQ(read_all(make_gzip_stream, padded, 10), "a");
    EXPECT_EQ(read_all(make_gzip_stream, padded + gzip_member("b"), 10), "ab");
}

TEST(ByteStream, SkippableZstdFrames) {
    const std::string skippable("\x50\x2A\x4D\x18\x03\x00\x00\x00xyz", 11);
    EXPECT_EQ(read_all(make_zstd_stream, skippable + zstd_frame("a") + skippable, 10), "a");
}

TEST(ByteStream, EveryTruncationIsAnError) {
    for (const Codec& codec : kCodecs) {
        const std::string bytes = codec.compress("some text\n") + codec.compress(some_text(2000));
        const std::size_t border = codec.compress("some text\n").size();
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            if (size == border) continue;
            for (const std::size_t step : {1U, 1U << 16}) {
                EXPECT_THROW(static_cast<void>(read_all(codec.open, bytes.substr(0, size), step)),
                             EnvironmentError)
                    << size;
            }
        }
    }
}

TEST(ByteStream, DamageIsAnErrorThatNamesFileAndOffset) {
    for (const Codec& codec : kCodecs) {
        const std::string good = codec.compress(some_text(3000));
        int seen = 0;
        for (std::size_t at = 0; at < good.size(); ++at) {
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ 0x10);
            try {
                // Some bits of a header mean nothing; then the text is right.
                EXPECT_TRUE(read_all(codec.open, bad, 1000) == some_text(3000)) << at;
            } catch (const EnvironmentError& error) {
                ++seen;
                EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("'f.z'"),
                                                         testing::HasSubstr("compressed offset ")));
            }
        }
        EXPECT_GT(seen, static_cast<int>(good.size()) * 9 / 10);
    }
}

TEST(ByteStream, GarbageBehindAMemberIsAnError) {
    EXPECT_THROW(static_cast<void>(read_all(make_gzip_stream, gzip_member("a") + "garbage", 10)),
                 EnvironmentError);
    EXPECT_THROW(static_cast<void>(read_all(make_zstd_stream, zstd_frame("a") + "garbage", 10)),
                 EnvironmentError);
    EXPECT_THROW(static_cast<void>(read_all(make_gzip_stream, "{\"text\":\"not compressed\"}\n", 10)),
                 EnvironmentError);
    EXPECT_THROW(static_cast<void>(read_all(make_zstd_stream, "{\"text\":\"not compressed\"}\n", 10)),
                 EnvironmentError);
}

}  // namespace
}  // namespace dj
