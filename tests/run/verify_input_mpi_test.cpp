// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "dj/run/stop_request.hpp"
#include "dj/run/verify_input.hpp"
#include "dj/storage/generation_writer.hpp"
#include "events/scratch_folder.hpp"
#include "run/watched_file_system.hpp"

namespace dj {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t kHalf = 40;

/// A file of two partitions, all of whose lines have 20 bytes, and states of some.
class VerifyInput : public testing::Test {
protected:
    VerifyInput() {
        if (world_.is_root()) own_folder_.emplace();
        folder_ = world_.broadcast(own_folder_ ? own_folder_->path().string() : "");
        spec_.checkpoint.folder = folder_ / "checkpoints";
        if (world_.is_root()) {
            files_.create_directories(spec_.checkpoint.folder);
            input_files_ = {{.path = (folder_ / "in.jsonl").string(), .size_bytes = 2 * kHalf}};
            partitions_ = {{.ranges = {{0, 0, kHalf}}, .bytes = kHalf},
                           {.ranges = {{0, kHalf, 2 * kHalf}}, .bytes = kHalf}};
            input_.files = input_files_;
            input_.partitions = partitions_;
        }
        write_input("abcd");
    }
    ~VerifyInput() override { world_.barrier(); }

    void write_input(const std::string& words) {
        text_.clear();
        for (const char word : words) text_ += "{\"text\": \"" + std::string(7, word) + "\"}\n";
        if (world_.is_root()) std::ofstream(folder_ / "in.jsonl", std::ios::binary) << text_;
        world_.barrier();
    }

    [[nodiscard]] std::string hash_of(std::size_t partition) const {
        return to_hex(xxh3_128(std::string_view(text_).substr(partition * kHalf, kHalf)));
    }

    /// Rank 0 brings them all.
    void store(const std::vector<std::pair<std::uint32_t, std::string>>& hashes) {
        StageStore store(files_, {1 << 20, folder_});
        std::vector<NewState> states;
        for (const auto& [partition, hash] : hashes) {
            if (!world_.is_root()) break;
            NewState state;
            state.head.partition = partition;
            state.head.position = ++position_;
            nlohmann::json about = {{"records", 2}};
            if (!hash.empty()) about["content_hash"] = hash;
            std::uint64_t raw = 0;
            StateEncoder encoder(CheckpointCompression::zstd);
            state.pieces.push_back(store.put(encoder.head({}, about, raw)));
            state.pieces.push_back(store.put(encoder.end(raw)));
            states.push_back(std::move(state));
        }
        GenerationWriter writer(world_, files_, spec_.checkpoint.folder, 1);
        const auto record = writer.write(++generation_, states);
        if (world_.is_root()) append_to_manifest(files_, spec_.checkpoint.folder, record);
        world_.barrier();
    }

    InputVerification verify() { return verify_input(world_, {files_, catalog_, stop_}, spec_, input_); }

    const mpi::Communicator world_ = mpi::Communicator::world();
    std::optional<ScratchFolder> own_folder_;
    std::filesystem::path folder_;
    WatchedFileSystem files_;
    OpCatalog catalog_ = make_op_catalog();
    StopRequest stop_;
    JobSpec spec_;
    std::vector<InputFile> input_files_;
    std::vector<Partition> partitions_;
    JobInput input_;
    std::string text_;
    std::uint64_t generation_ = 0;
    std::uint32_t position_ = 0;
};

TEST_F(VerifyInput, WithoutStatesThereIsNothingToCompare) {
    const auto result = verify();
    EXPECT_EQ(result.partitions, 0U);
    EXPECT_THAT(result.changed, IsEmpty());
    EXPECT_TRUE(result.complete);
}

TEST_F(VerifyInput, TheSameBytesAreTheSame) {
    store({{0, hash_of(0)}, {1, hash_of(1)}, {1, ""}, {1, hash_of(1)}});
    const auto result = verify();
    EXPECT_THAT(result.changed, IsEmpty());
    if (world_.is_root()) {
        EXPECT_EQ(result.partitions, 2U);
    }
}

TEST_F(VerifyInput, OneOtherByteInTheMiddleIsFound) {
    store({{0, hash_of(0)}, {1, hash_of(1)}});
    write_input("abxd");
    const auto result = verify();
    if (!world_.is_root()) return;
    EXPECT_THAT(result.changed, ElementsAre(HasSubstr("partition 1 (")));
    EXPECT_THAT(result.changed.front(), HasSubstr("in.jsonl from 40) has other bytes"));
}

TEST_F(VerifyInput, WhatHasNotBeenReadBeforeMayHaveChanged) {
    store({{0, hash_of(0)}});
    write_input("abxd");
    const auto result = verify();
    EXPECT_THAT(result.changed, IsEmpty());
    if (world_.is_root()) {
        EXPECT_EQ(result.partitions, 1U);
    }
}

TEST_F(VerifyInput, AStateThatDoesNotTellIsNotTrusted) {
    store({{0, ""}});
    const auto result = verify();
    if (world_.is_root()) {
        EXPECT_THAT(result.changed, ElementsAre(HasSubstr("does not tell")));
    }
}

TEST_F(VerifyInput, StatesOfTwoInputsAreNotOfOne) {
    store({{0, hash_of(0)}, {0, hash_of(1)}});
    const auto result = verify();
    if (world_.is_root()) {
        EXPECT_EQ(result.changed.size(), 1U);
    }
}

TEST_F(VerifyInput, AFileThatIsGoneIsRankZerosToTell) {
    store({{0, hash_of(0)}, {1, hash_of(1)}});
    if (world_.is_root()) std::filesystem::remove(folder_ / "in.jsonl");
    world_.barrier();
    if (world_.is_root()) {
        EXPECT_THROW((void)verify(), EnvironmentError);
    } else {
        EXPECT_NO_THROW((void)verify());
    }
}

TEST_F(VerifyInput, AStopEndsIt) {
    store({{0, hash_of(0)}, {1, hash_of(1)}});
    stop_.request("enough");
    const auto result = verify();
    if (world_.is_root()) {
        EXPECT_FALSE(result.complete);
    }
}

}  // namespace
}  // namespace dj
