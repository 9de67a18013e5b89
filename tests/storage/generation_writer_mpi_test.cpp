// SPDX-License-Identifier: Apache-2.0
// ranks: 1 2 3 4
#include <algorithm>

#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "dj/mpi/communicator.hpp"
#include "dj/storage/generation_writer.hpp"
#include "events/scratch_folder.hpp"
#include "run/watched_file_system.hpp"
#include "storage/checkpoint_samples.hpp"

namespace dj {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// A state of `morsels` morsels of partition `partition`.
NewState new_state(StageStore& store, std::uint32_t partition, std::uint32_t morsels) {
    NewState state;
    state.head = {.partition = partition, .position = 3, .ops_hash = xxh3_128("ops"), .rows = 7ULL * morsels};
    std::vector<MorselDelta> deltas;
    for (std::uint32_t i = 0; i < morsels; ++i) deltas.push_back(sample_delta(i));
    auto pieces = payload_pieces(sample_columns(), {{"partition", partition}}, deltas,
                                 CheckpointCompression::zstd, state.head.raw_bytes);
    for (auto& piece : pieces) state.pieces.push_back(store.put(std::move(piece)));
    return state;
}

class GenerationWriterTest : public testing::Test {
protected:
    ~GenerationWriterTest() override { world_.barrier(); }

    [[nodiscard]] std::uint32_t rank() const { return static_cast<std::uint32_t>(world_.rank()); }
    [[nodiscard]] std::uint32_t ranks() const { return static_cast<std::uint32_t>(world_.size()); }

    /// Rank r brings `count(r)` states, of partitions that no other rank has.
    template <class Count>
    std::vector<NewState> states(Count count) {
        std::vector<NewState> list;
        for (std::uint32_t i = 0; i < count(rank()); ++i)
            list.push_back(new_state(store_, rank() + i * ranks(), 1 + (rank() + i) % 3));
        return list;
    }

    /// On rank 0: the states of the folder are those that the ranks brought.
    template <class Count>
    void expect_states(Count count) {
        const auto contents = read_checkpoints(files_, folder_);
        EXPECT_THAT(contents.problems, IsEmpty());
        std::size_t expected = 0;
        for (std::uint32_t from = 0; from < ranks(); ++from) expected += count(from);
        ASSERT_EQ(contents.states.size(), expected);
        for (const auto& ref : contents.states) {
            const auto from = ref.head.partition % ranks();
            const auto i = ref.head.partition / ranks();
            EXPECT_LT(i, count(from));
            const auto state = StoredState::decode(read_payload(files_, ref));
            EXPECT_EQ(state.about(), nlohmann::json({{"partition", ref.head.partition}}));
            ASSERT_EQ(state.morsels(), 1 + (from + i) % 3);
            for (std::uint32_t m = 0; m < state.morsels(); ++m)
                EXPECT_EQ(as_bytes(state.morsel(m)), as_bytes(sample_delta(m)));
        }
        for (const auto& record : contents.generations)
            EXPECT_THAT(verify_generation(files_, folder_, record), IsEmpty());
    }

    mpi::Communicator world_ = mpi::Communicator::world();
    ScratchFolder own_;  // of which that of rank 0 is everybody's
    std::filesystem::path folder_ = world_.broadcast((own_ / "checkpoints").string());
    WatchedFileSystem files_;
    StageStore store_{files_, {.memory_bytes = 1000, .scratch_folder = own_ / "scratch"}};
};

TEST_F(GenerationWriterTest, UnevenSharesAreOneFile) {
    const auto count = [](std::uint32_t from) { return from % 2 == 0 ? 3 * from + 1 : 0; };
    for (const std::uint64_t write_bytes : {1ULL, 100ULL, 8ULL << 20}) {
        GenerationWriter writer(world_, files_, folder_, 2, {.write_bytes = write_bytes});
        const auto record = writer.write(write_bytes, states(count));
        if (rank() == 0) {
            EXPECT_EQ(record.file, generation_file_name(write_bytes, 2));
            EXPECT_GT(record.raw_bytes, record.bytes / 2);
            append_to_manifest(files_, folder_, record);
            expect_states(count);
            EXPECT_THAT(files_.list(folder_), testing::UnorderedElementsAre("manifest.jsonl", record.file));
            remove_generations(files_, folder_, {record.file});
        } else {
            EXPECT_EQ(record, GenerationRecord{});
        }
        world_.barrier();
    }
    EXPECT_EQ(files_.open_files(), 0);
}

TEST_F(GenerationWriterTest, OneRankMayBringAll) {
    for (std::uint32_t who = 0; who < ranks(); ++who) {
        GenerationWriter writer(world_, files_, folder_, 1);
        const auto count = [who](std::uint32_t from) { return from == who ? 2U : 0U; };
        const auto record = writer.write(who + 1, states(count));
        if (rank() == 0) {
            append_to_manifest(files_, folder_, record);
            expect_states(count);
            remove_generations(files_, folder_, {record.file});
        }
        world_.barrier();
    }
}

TEST_F(GenerationWriterTest, NothingToWriteIsNoFile) {
    GenerationWriter writer(world_, files_, folder_, 1);
    const auto record = writer.write(1, {});
    EXPECT_EQ(record.states, 0U);
    EXPECT_FALSE(files_.info(folder_));
}

TEST_F(GenerationWriterTest, StatesWithoutPayload) {
    GenerationWriter writer(world_, files_, folder_, 1);
    std::vector<NewState> list(1);
    list[0].head.partition = rank();
    list[0].head.kind = StateKind::exported;
    const auto record = writer.write(1, list);
    if (rank() != 0) return;
    append_to_manifest(files_, folder_, record);
    const auto contents = read_checkpoints(files_, folder_);
    ASSERT_EQ(contents.states.size(), ranks());
    for (std::uint32_t i = 0; i < ranks(); ++i) {
        EXPECT_EQ(contents.states[i].head.partition, i);
        EXPECT_EQ(contents.states[i].head.kind, StateKind::exported);
        EXPECT_EQ(read_payload(files_, contents.states[i]), "");
    }
    EXPECT_THAT(verify_generation(files_, folder_, contents.generations[0]), IsEmpty());
}

/// A failing rank, a failing verb: all ranks are told the same, nothing stays, and the next round works.
TEST_F(GenerationWriterTest, AFailureAnywhereIsEverybodys) {
    const auto count = [](std::uint32_t) { return 2U; };
    for (std::uint32_t who = 0; who < ranks(); ++who) {
        for (const auto verb : {FileVerb::make_folder, FileVerb::open_write, FileVerb::sync,
                                FileVerb::open_read, FileVerb::rename}) {
            bool failed = false;
            WatchedFileSystem failing([&](FileVerb seen, const std::filesystem::path&) {
                if (rank() != who || seen != verb || failed) return;
                failed = true;
                throw EnvironmentError("disk on fire");
            });
            GenerationWriter writer(world_, failing, folder_, 1);
            std::string error;
            try {
                (void)writer.write(1, states(count));
            } catch (const EnvironmentError& caught) {
                error = caught.what();
            }
            if (world_.sum(failed ? 1 : 0) == 0) continue;  // that rank has no such verb
            EXPECT_THAT(error, HasSubstr("disk on fire"));
            world_.barrier();
            if (rank() == 0) {
                EXPECT_TRUE(!files_.info(folder_) || files_.list(folder_).empty());
            }
            const auto record = writer.write(2, states(count));
            if (rank() == 0) {
                append_to_manifest(files_, folder_, record);
                expect_states(count);
                std::filesystem::remove_all(folder_);
            }
            EXPECT_EQ(failing.open_files(), 0);
            world_.barrier();
        }
    }
}

TEST_F(GenerationWriterTest, AFolderThatCannotBeIsNamed) {
    if (rank() == 0) (void)files_.open(folder_, OpenMode::create);
    world_.barrier();
    GenerationWriter writer(world_, files_, folder_, 1);
    try {
        (void)writer.write(1, states([](std::uint32_t) { return 1U; }));
        ADD_FAILURE() << "a file is no folder";
    } catch (const EnvironmentError& error) {
        EXPECT_THAT(error.what(), HasSubstr(folder_.string()));
    }
}

}  // namespace
}  // namespace dj
