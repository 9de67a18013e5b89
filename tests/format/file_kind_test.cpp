// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dj/base/error.hpp"
#include "dj/format/input.hpp"
#include "format/block_compression.hpp"
#include "format/memory_files.hpp"

namespace dj {
namespace {

TEST(FileKind, IsToldFromTheName) {
    const auto is = [](const char* path, FileFormat format, Compression compression) {
        const FileKind kind = file_kind_of(path);
        EXPECT_EQ(kind.format, format) << path;
        EXPECT_EQ(kind.compression, compression) << path;
        EXPECT_EQ(kind.divisible(), compression == Compression::none);
    };
    is("a/b.jsonl", FileFormat::jsonl, Compression::none);
    is("b.json", FileFormat::jsonl, Compression::none);
    is("part-00.v2.JSONL.GZ", FileFormat::jsonl, Compression::gzip);
    is("b.json.gz", FileFormat::jsonl, Compression::gzip);
    is("b.jsonl.zst", FileFormat::jsonl, Compression::zstd);
    is("b.json.zst", FileFormat::jsonl, Compression::zstd);
    is("x.parquet", FileFormat::parquet, Compression::none);
}

TEST(FileKind, OtherNamesAreRefusedWithAList) {
    for (const char* path : {"a.csv", "jsonl", ".jsonl", "a.gz", "a.parquet.gz", "", "a.jsonl/"}) {
        try {
            static_cast<void>(file_kind_of(path));
            ADD_FAILURE() << path;
        } catch (const UserError& error) {
            EXPECT_THAT(error.what(), testing::HasSubstr(".jsonl, .json, .jsonl.gz"));
        }
    }
}

TEST(FileOutline, AJsonArrayIsRefusedBeforeItFillsTheQuarantine) {
    MemoryFiles files;
    files.contents["a.json"] = "\xEF\xBB\xBF \n [{\"text\":\"a\"}]";
    files.contents["a.json.gz"] = gzip_member("[\n{\"text\":\"a\"}]");
    files.contents["lines.json"] = "{\"text\":\"[\"}\n[1]\n";
    files.contents["lines.jsonl"] = "[1]\n{\"text\":\"a\"}\n";
    files.contents["empty.json"] = "";
    for (const char* path : {"a.json", "a.json.gz"}) {
        EXPECT_THROW(static_cast<void>(outline_file(files, path, file_kind_of(path))), UserError) << path;
    }
    for (const char* path : {"lines.json", "lines.jsonl", "empty.json"}) {
        EXPECT_EQ(outline_file(files, path, file_kind_of(path)).size_bytes, files.contents[path].size());
    }
}

}  // namespace
}  // namespace dj
