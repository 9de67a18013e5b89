// SPDX-License-Identifier: Apache-2.0
#include "format/jsonl_source.hpp"

#include <random>

#include <gtest/gtest.h>

#include "dj/base/hash.hpp"
#include "format/memory_files.hpp"

namespace dj {
namespace {

constexpr std::uint64_t kWhole = 1ULL << 60;

struct Piece {
    std::uint64_t offset;
    std::string bytes;
};

std::vector<Piece> read_range(MemoryFiles& files, std::uint64_t begin, std::uint64_t end,
                              std::size_t morsel_bytes) {
    const FileRange range{3, begin, end};
    JsonlSource source(make_plain_stream(files, "f", JsonlSource::stream_begin(range)), range, morsel_bytes);
    std::vector<Piece> pieces;
    RawMorsel morsel;
    std::string all;
    while (source.next(morsel)) {
        EXPECT_EQ(morsel.file, 3U);
        EXPECT_GE(morsel.bytes.capacity(), morsel.bytes.size() + kMorselPadding);
        pieces.push_back({morsel.offset, morsel.bytes});
        all += morsel.bytes;
    }
    EXPECT_FALSE(source.next(morsel));
    EXPECT_EQ(source.content_hash(), to_hex(xxh3_128(all)));
    return pieces;
}

std::string joined(const std::vector<Piece>& pieces) {
    std::string all;
    for (const Piece& piece : pieces) all += piece.bytes;
    return all;
}

std::string random_lines(std::mt19937& random, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += random() % 4 == 0 ? '\n' : random() % 9 == 0 ? '\r' : 'x';
    return text;
}

TEST(JsonlSource, EveryCutGivesEveryLineOnce) {
    std::mt19937 random(7);
    for (int round = 0; round < 60; ++round) {
        MemoryFiles files;
        std::string& text = files.contents["f"];
        text = random_lines(random, 1 + random() % 40);
        for (std::uint64_t cut = 0; cut <= text.size(); ++cut) {
            for (const std::size_t morsel_bytes : {1U, 5U, 1000U}) {
                const auto left = read_range(files, 0, cut, morsel_bytes);
                const auto right = read_range(files, cut, text.size(), morsel_bytes);
                EXPECT_EQ(joined(left) + joined(right), text) << "cut at " << cut;
                if (!right.empty() && right.front().offset > 0) {
                    EXPECT_GE(right.front().offset, cut);
                    EXPECT_EQ(text[right.front().offset - 1], '\n');
                }
            }
        }
    }
}

TEST(JsonlSource, ManySmallRangesGiveEveryLineOnce) {
    std::mt19937 random(8);
    for (int round = 0; round < 100; ++round) {
        MemoryFiles files;
        std::string& text = files.contents["f"];
        text = random_lines(random, 200);
        std::string all;
        std::uint64_t begin = 0;
        while (begin < text.size()) {
            const std::uint64_t end = begin + 1 + random() % 20;
            all += joined(read_range(files, begin, end, 8));
            begin = end;
        }
        EXPECT_EQ(all, text);
    }
}

TEST(JsonlSource, MorselsAreCompleteLinesOfAboutTheSizeAskedFor) {
    MemoryFiles files;
    std::string& text = files.contents["f"];
    std::mt19937 random(9);
    while (text.size() < 20U << 20) text += std::string(random() % 3000, 'a') + '\n';
    std::uint64_t offset = 0;
    for (const Piece& piece : read_range(files, 0, text.size(), 256U << 10)) {
        EXPECT_EQ(piece.offset, offset);
        EXPECT_EQ(piece.bytes.back(), '\n');
        EXPECT_LE(piece.bytes.size(), 256U << 10);
        EXPECT_EQ(text.compare(offset, piece.bytes.size(), piece.bytes), 0);
        offset += piece.bytes.size();
    }
    EXPECT_EQ(offset, text.size());
}

TEST(JsonlSource, ALineMayBeLongerThanMorselAndBlock) {
    MemoryFiles files;
    std::string& text = files.contents["f"];
    text = "a\n" + std::string(30U << 20, 'b') + "\nc";
    const auto pieces = read_range(files, 0, kWhole, 1U << 16);
    ASSERT_EQ(pieces.size(), 3U);
    EXPECT_EQ(pieces[0].bytes, "a\n");
    EXPECT_EQ(pieces[1].bytes.size(), (30U << 20) + 1);
    EXPECT_EQ(pieces[2].bytes, "c");
    EXPECT_TRUE(read_range(files, 100, 30U << 20, 1U << 16).empty());
    EXPECT_EQ(joined(read_range(files, 100, kWhole, 1U << 16)), "c");
}

TEST(JsonlSource, ByteOrderMarkIsSkippedAtTheBeginOnly) {
    MemoryFiles files;
    files.contents["f"] = "\xEF\xBB\xBF{}\n\xEF\xBB\xBF{}\n";
    auto pieces = read_range(files, 0, kWhole, 100);
    ASSERT_EQ(pieces.size(), 1U);
    EXPECT_EQ(pieces[0].offset, 3U);
    EXPECT_EQ(pieces[0].bytes, "{}\n\xEF\xBB\xBF{}\n");
    for (std::uint64_t cut = 0; cut <= 12; ++cut) {
        EXPECT_EQ(joined(read_range(files, 0, cut, 4)) + joined(read_range(files, cut, 12, 4)),
                  pieces[0].bytes);
    }
    files.contents["f"] = "\xEF\xBB\xBF";
    EXPECT_TRUE(read_range(files, 0, 3, 100).empty());
}

TEST(JsonlSource, EmptyFileAndEmptyRange) {
    MemoryFiles files;
    files.contents["f"] = "";
    EXPECT_TRUE(read_range(files, 0, 0, 100).empty());
    EXPECT_TRUE(read_range(files, 0, kWhole, 100).empty());
    files.contents["f"] = "a\nb\n";
    EXPECT_TRUE(read_range(files, 2, 2, 100).empty());
    EXPECT_EQ(joined(read_range(files, 2, 3, 100)), "b\n");
    EXPECT_TRUE(read_range(files, 4, 9, 100).empty());
}

TEST(JsonlSource, MissingFileIsTheEnvironmentsError) {
    MemoryFiles files;
    EXPECT_THROW((void)make_plain_stream(files, "nowhere", 0), EnvironmentError);
}

}  // namespace
}  // namespace dj
