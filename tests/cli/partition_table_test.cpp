// SPDX-License-Identifier: Apache-2.0
#include "cli/partition_table.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"
#include "events/scratch_folder.hpp"

namespace dj {
namespace {

using testing::HasSubstr;

PartitionTable small_table() {
    PartitionTable table;
    table.files = {{.path = "a ä.jsonl", .size_bytes = 100, .modified_ns = -5, .head_tail_hash = "aa"},
                   {.path = "b.jsonl",
                    .size_bytes = 1ULL << 62,
                    .modified_ns = 1767225600000000001,
                    .head_tail_hash = "bb"}};
    table.partitions = {{.ranges = {{0, 0, 100}, {1, 0, 7}}, .bytes = 107},
                        {.ranges = {{1, 7, 1ULL << 62}}, .bytes = (1ULL << 62) - 7}};
    table.target_bytes = 1 << 28;
    table.options = to_json(PartitionOptions{.size = 5000});
    return table;
}

class PartitionTableTest : public testing::Test {
protected:
    void write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }
    std::optional<PartitionTable> read() { return read_partition_table(*files_, path_); }

    std::unique_ptr<FileSystem> files_ = make_local_file_system();
    ScratchFolder folder_;
    std::filesystem::path path_ = folder_ / "partition_table.json";
};

TEST_F(PartitionTableTest, ComesBackAsItWas) {
    EXPECT_FALSE(read().has_value());
    write(to_text(small_table()) + "\n");
    const auto back = read().value();
    EXPECT_EQ(to_text(back), to_text(small_table()));
    ASSERT_EQ(back.partitions.size(), 2U);
    EXPECT_EQ(back.partitions[1].ranges[0].end, 1ULL << 62);
    EXPECT_EQ(back.files[1].modified_ns, 1767225600000000001);
    EXPECT_EQ(back.options.at("size"), 5000);
}

TEST_F(PartitionTableTest, IsTheTextOfItsJson) {
    for (auto table : {small_table(), PartitionTable{}}) {
        const std::string text = to_text(table);
        auto json = nlohmann::json::parse(text);
        EXPECT_EQ(json.dump(), text) << "sorted, without blanks";
        const auto checksum = json.at("checksum").get<std::string>();
        json.erase("checksum");
        EXPECT_EQ(checksum, to_hex(xxh3_128(json.dump())));
    }
}

TEST_F(PartitionTableTest, NoFlippedByteAndNoMissingEndGoesUnnoticed) {
    const std::string whole = to_text(small_table());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (const char flip : {'\x01', '\x80'}) {
            auto torn = whole;
            torn[i] = static_cast<char>(torn[i] ^ flip);
            write(torn);
            EXPECT_THROW((void)read(), UserError) << torn;
        }
        write(whole.substr(0, i));
        EXPECT_THROW((void)read(), UserError) << i;
    }
}

TEST_F(PartitionTableTest, AnotherFormatIsRefusedByName) {
    auto other = nlohmann::json::parse(to_text(small_table()));
    other["schema_version"] = 1;
    write(other.dump());
    try {
        (void)read();
        FAIL();
    } catch (const UserError& error) {
        EXPECT_THAT(error.what(), HasSubstr("format 1, this dj-mpi reads 2"));
        EXPECT_THAT(error.what(), HasSubstr("--job_id"));
    }
}

TEST(InputIdentity, CountsContentAndCutsNotPlaceAndTime) {
    const auto first = input_identity(small_table());
    auto table = small_table();
    table.files[0].path = "elsewhere/a.jsonl";
    table.files[0].modified_ns = 0;
    table.options = nullptr;
    EXPECT_EQ(input_identity(table), first);
    table.partitions[0].ranges[1].end = 8;
    table.partitions[1].ranges[0].begin = 8;
    EXPECT_NE(input_identity(table), first);
    table = small_table();
    table.files[0].head_tail_hash = "ab";
    EXPECT_NE(input_identity(table), first);
}

std::string difference(const std::function<void(std::vector<InputFile>&)>& change, bool times_alone = false) {
    auto files = small_table().files;
    change(files);
    const auto found = compare_input(small_table().files, files);
    EXPECT_EQ(found.times_alone, times_alone) << found.difference;
    return found.difference;
}

TEST(CompareInput, NamesTheFileAndWhatHasChanged) {
    EXPECT_EQ(difference([](auto&) {}, true), "");
    EXPECT_THAT(difference([](auto& files) { files[1].size_bytes = 5; }),
                HasSubstr("b.jsonl had 4611686018427387904 bytes and has 5 now"));
    EXPECT_THAT(difference([](auto& files) { files[0].head_tail_hash = "x"; }),
                HasSubstr("a ä.jsonl has other bytes"));
    EXPECT_THAT(difference([](auto& files) { files[0].modified_ns = 6; }, true),
                HasSubstr("a ä.jsonl was written to"));
    EXPECT_THAT(difference([](auto& files) { files.pop_back(); }),
                HasSubstr("b.jsonl is not there any more (2 files then, 1 now)"));
    EXPECT_THAT(difference([](auto& files) { files.push_back({.path = "c"}); }),
                HasSubstr("c is new (2 files then, 3 now)"));
    EXPECT_THAT(difference([](auto& files) { std::swap(files[0], files[1]); }),
                HasSubstr("where a ä.jsonl was read"));
}

TEST(CompareInput, NamesWhatIsWorseThanATimeFirst) {
    EXPECT_THAT(difference([](auto& files) {
                    files[0].modified_ns = 6;
                    files[1].size_bytes = 5;
                }),
                HasSubstr("b.jsonl had"));
}

}  // namespace
}  // namespace dj
