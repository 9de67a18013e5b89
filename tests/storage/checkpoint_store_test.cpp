// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/checkpoint_store.hpp"

#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "storage/checkpoint_folder.hpp"
#include "storage/checkpoint_samples.hpp"

namespace dj {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string payload_of(std::uint32_t partition) {
    std::uint64_t raw = 0;
    return joined(payload_pieces(sample_columns(), {{"partition", partition}}, {sample_delta(partition)},
                                 CheckpointCompression::zstd, raw));
}

class CheckpointStoreTest : public testing::Test {
protected:
    void fill() {
        folder_.add(1, 1, {{head_of(0, 2), payload_of(0)}, {head_of(1, 2), payload_of(1)}});
        folder_.add(2, 1, {{head_of(0, 4, 2), payload_of(10)}, {head_of(2, 2), ""}});
    }
    CheckpointFolder folder_;
};

TEST_F(CheckpointStoreTest, NothingThereIsNothingFound) {
    EXPECT_THAT(folder_.read().states, IsEmpty());
    folder_.files->create_directories(folder_.path());
    const auto contents = folder_.read();
    EXPECT_THAT(contents.states, IsEmpty());
    EXPECT_THAT(contents.problems, IsEmpty());
    EXPECT_EQ(contents.last_number, 0U);
}

TEST_F(CheckpointStoreTest, WhatWasWrittenIsFound) {
    fill();
    const auto contents = folder_.read();
    EXPECT_THAT(contents.problems, IsEmpty());
    ASSERT_THAT(contents.generations, SizeIs(2));
    EXPECT_EQ(contents.last_number, 2U);
    ASSERT_THAT(contents.states, SizeIs(4));
    EXPECT_EQ(contents.states[2].head.base_position, 2U);
    EXPECT_EQ(contents.states[2].generation, 2U);
    EXPECT_EQ(read_payload(*folder_.files, contents.states[1]), payload_of(1));
    EXPECT_EQ(read_payload(*folder_.files, contents.states[2]), payload_of(10));
    EXPECT_EQ(read_payload(*folder_.files, contents.states[3]), "");
    for (const auto& record : contents.generations)
        EXPECT_THAT(verify_generation(*folder_.files, folder_.path(), record), IsEmpty());
}

TEST_F(CheckpointStoreTest, ARecordComesBack) {
    const auto record = folder_.write(7, 3, {{head_of(0, 1), "x"}});
    EXPECT_EQ(generation_record_from_json(nlohmann::json::parse(to_json(record).dump())), record);
    auto outside = to_json(record);
    outside["file"] = "../" + record.file;
    EXPECT_FALSE(generation_record_from_json(nlohmann::json::parse(outside.dump())));
    for (const char* field : {"states", "bytes", "index_offset", "payload_offset"}) {
        auto wrong = to_json(record);
        wrong[field] = std::uint64_t{0} - 1;
        EXPECT_FALSE(generation_record_from_json(nlohmann::json::parse(wrong.dump()))) << field;
    }
}

TEST_F(CheckpointStoreTest, OnlyListedGenerationsCount) {
    fill();
    folder_.write(5, 1, {{head_of(0, 6), "x"}});
    folder_.replace("generation_000009.a1.h5.tmp", "half");
    folder_.replace("something else", "of a user");
    const auto contents = folder_.read();
    EXPECT_THAT(contents.states, SizeIs(4));
    EXPECT_THAT(contents.problems, SizeIs(2));
    EXPECT_EQ(contents.last_number, 9U) << "numbers are used once";
    EXPECT_THAT(remove_unfinished_generations(*folder_.files, folder_.path(), 1), IsEmpty())
        << "this attempt's own";
    EXPECT_THAT(remove_unfinished_generations(*folder_.files, folder_.path(), 2),
                testing::ElementsAre("generation_000005.a1.h5", "generation_000009.a1.h5.tmp"));
    EXPECT_THAT(folder_.read().states, SizeIs(4));
    EXPECT_TRUE(folder_.files->info(folder_.path() / "something else"));
}

TEST_F(CheckpointStoreTest, ADamagedManifestNeverCostsAFile) {
    fill();
    auto manifest = folder_.bytes_of("manifest.jsonl");
    manifest[manifest.size() - 40] ^= 1;
    folder_.replace("manifest.jsonl", manifest);
    EXPECT_THAT(remove_unfinished_generations(*folder_.files, folder_.path(), 9), IsEmpty());
}

TEST_F(CheckpointStoreTest, ATornLineNeverJoinsTheNext) {
    fill();
    const auto whole = folder_.bytes_of("manifest.jsonl");
    const auto next = folder_.write(3, 2, {{head_of(0, 6, 4), "next"}});
    for (std::size_t length = 0; length <= whole.size(); length += 1 + length % 5) {
        folder_.replace("manifest.jsonl", whole.substr(0, length));
        const auto before = folder_.read().states.size();
        append_to_manifest(*folder_.files, folder_.path(), next);
        const auto contents = folder_.read();
        ASSERT_EQ(contents.states.size(), before + 1) << length;
        EXPECT_EQ(read_payload(*folder_.files, contents.states.back()), "next");
    }
}

/// All that a resume would use, and whether something was wrong.
struct Seen {
    std::string data;
    bool told = false;
};

Seen seen(const CheckpointFolder& folder) {
    Seen result;
    const auto contents = folder.read();
    result.told = !contents.problems.empty();
    for (const auto& ref : contents.states) {
        try {
            const auto& head = ref.head;
            const auto payload = read_payload(*folder.files, ref);
            result.data += std::to_string(head.partition) + "/" + std::to_string(head.position) + "/" +
                           to_hex(head.ops_hash) + "=" + payload + ";";
            if (payload.empty()) continue;
            const auto state = StoredState::decode(payload);
            for (std::size_t i = 0; i < state.morsels(); ++i) result.data += as_bytes(state.morsel(i));
        } catch (const EnvironmentError&) {
            result.told = true;
        }
    }
    return result;
}

TEST_F(CheckpointStoreTest, NoDamageGoesUnnoticed) {
    fill();
    const auto whole = seen(folder_);
    ASSERT_FALSE(whole.told);
    for (const std::string& name : {generation_file_name(1, 1), std::string("manifest.jsonl")}) {
        const auto bytes = folder_.bytes_of(name);
        const auto look = [&](std::string_view damaged, std::size_t where) {
            folder_.replace(name, damaged);
            const auto now = seen(folder_);
            ASSERT_TRUE(now.told || now.data == whole.data) << name << " at " << where;
        };
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            auto damaged = bytes;
            damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 8)));
            look(damaged, i);
            damaged[i] = static_cast<char>(~bytes[i]);
            look(damaged, i);
        }
        for (std::size_t length = 0; length < bytes.size(); ++length) look(bytes.substr(0, length), length);
        look(bytes + "\n", bytes.size());
        folder_.replace(name, bytes);
    }
    EXPECT_EQ(seen(folder_).data, whole.data);
}

TEST_F(CheckpointStoreTest, VerifyingSeesEveryByte) {
    fill();
    const auto record = folder_.read().generations.front();
    const auto bytes = folder_.bytes_of(record.file);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ 4);
        folder_.replace(record.file, damaged);
        ASSERT_FALSE(verify_generation(*folder_.files, folder_.path(), record).empty()) << i;
    }
    folder_.files->remove(folder_.path() / record.file);
    EXPECT_THAT(verify_generation(*folder_.files, folder_.path(), record), SizeIs(1));
}

TEST_F(CheckpointStoreTest, ADamagedPayloadIsNamed) {
    fill();
    const auto contents = folder_.read();
    const auto& ref = contents.states[1];
    auto bytes = folder_.bytes_of(ref.file->filename().string());
    bytes[ref.file_offset + 3] ^= 1;
    folder_.replace(ref.file->filename().string(), bytes);
    try {
        (void)read_payload(*folder_.files, ref);
        ADD_FAILURE() << "damage went unnoticed";
    } catch (const EnvironmentError& error) {
        EXPECT_THAT(error.what(), HasSubstr(ref.file->string()));
        EXPECT_THAT(error.what(), HasSubstr("partition 1, position 2"));
    }
}

TEST_F(CheckpointStoreTest, AnotherVersionIsRefusedByName) {
    fill();
    const std::string text = R"({"format":"dj-mpi checkpoint","version":1)";
    folder_.replace("manifest.jsonl", text + R"(,"line_xxh3":")" + to_hex(xxh3_128(text)) + "\"}\n");
    try {
        (void)folder_.read();
        ADD_FAILURE() << "version 1 was read";
    } catch (const UserError& error) {
        EXPECT_THAT(error.what(), HasSubstr("version 1"));
        EXPECT_THAT(error.what(), HasSubstr("version 2"));
    }
    EXPECT_THROW(append_to_manifest(*folder_.files, folder_.path(), {}), UserError);
}

TEST_F(CheckpointStoreTest, RemovedGenerationsAreGoneForGood) {
    fill();
    const auto first = folder_.bytes_of(generation_file_name(1, 1));
    remove_generations(*folder_.files, folder_.path(), {generation_file_name(1, 1)});
    EXPECT_THAT(folder_.read().states, SizeIs(2));
    EXPECT_FALSE(folder_.files->info(folder_.path() / generation_file_name(1, 1)));
    // A kill between the manifest's line and the removal leaves the file.
    folder_.replace(generation_file_name(1, 1), first);
    EXPECT_THAT(folder_.read().states, SizeIs(2));
    EXPECT_THAT(folder_.read().problems, IsEmpty());
    EXPECT_THAT(remove_unfinished_generations(*folder_.files, folder_.path(), 2), SizeIs(1));
    EXPECT_EQ(folder_.read().last_number, 2U);
}

TEST_F(CheckpointStoreTest, AMissingFileIsTold) {
    fill();
    folder_.files->remove(folder_.path() / generation_file_name(2, 1));
    const auto contents = folder_.read();
    EXPECT_THAT(contents.states, SizeIs(2));
    ASSERT_THAT(contents.problems, SizeIs(1));
    EXPECT_THAT(contents.problems[0], HasSubstr("is missing"));
}

TEST_F(CheckpointStoreTest, ManyStates) {
    std::vector<CheckpointFolder::State> states;
    for (std::uint32_t i = 0; i < 100000; ++i) states.emplace_back(head_of(i, 1), "");
    folder_.add(1, 1, std::move(states));
    const auto contents = folder_.read();
    ASSERT_THAT(contents.states, SizeIs(100000));
    EXPECT_EQ(contents.states.back().head.partition, 99999U);
}

}  // namespace
}  // namespace dj
