// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>

#include <gmock/gmock.h>

#include "dj/base/byte_stream.hpp"
#include "events/scratch_folder.hpp"
#include "run/checkpointer.hpp"
#include "run/small_job.hpp"
#include "run/watched_file_system.hpp"

namespace dj {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// A job of two operators, whose partitions are decided on by hand; no data.
class CheckpointerTest : public testing::Test {
protected:
    CheckpointerTest() {
        if (world_.is_root()) own_folder_.emplace();
        const std::filesystem::path folder =
            world_.broadcast(own_folder_ ? own_folder_->path().string() : "");
        spec_.checkpoint.folder = folder / "checkpoints";
        spec_.checkpoint.strategy = CheckpointStrategy::every_op;
        spec_.checkpoint.commit.fixed_interval_seconds = 1e6;  // rounds are held when the test asks
        spec_.output.path = folder / "out.jsonl";
        for (const char* name : {"text_length_filter", "document_deduplicator"})
            spec_.ops.push_back(op_call(catalog_, name));
        pipeline_.emplace(make_pipeline(spec_, catalog_, files_, {}, {}));
        plan_ = plan_states(*pipeline_, {std::vector<bool>(spec_.ops.size(), false)});
        store_.emplace(files_, StageStore::Options{std::uint64_t{1} << 20, folder});
        collector_.emplace(StateCollector::Context{spec_, *pipeline_, plan_, *store_, {}, [] {}});
        Checkpointer::Context context{
            spec_,
            *pipeline_,
            *collector_,
            files_,
            *store_,
            [this](int to, Tag, std::string bytes) {
                // Rank 0 tells all ranks, itself first: the last call reaches the others.
                if (to == 0) checkpointer_->announced(ByteReader(bytes).get<CommitRound>());
                if (to + 1 == world_.size()) (void)rounds_.broadcast(std::move(bytes));
            },
            [] {},
            [] {},
            [this] { order_ += "events "; },
            [this](const GenerationRecord& record, const std::vector<StateHead>& heads) {
                order_ += "committed ";
                committed_.push_back(record.number);
                states_told_ += heads.size();
            },
            [this](const std::exception_ptr&) { ++given_up_; }};
        checkpointer_.emplace(world_, std::move(context), 5);
    }
    ~CheckpointerTest() override { world_.barrier(); }

    /// What a deduplicator decided for a partition of so many rows, of which every other one stays.
    void decide(std::uint32_t partition, std::uint64_t rows) {
        StagedPartition staged;
        staged.partition = partition;
        staged.parts.emplace_back().rows = rows;
        for (std::uint64_t row = 0; row < rows; ++row) staged.keep.push_back(row % 2 == 0);
        collector_->row_plan(staged, 1);
    }
    /// Collective. Until the round is over everywhere.
    void hold_round() {
        if (world_.is_root()) checkpointer_->want();
        if (!world_.is_root()) checkpointer_->announced(ByteReader(rounds_.broadcast({})).get<CommitRound>());
        for (int i = 0; i < 2000 && collector_->waiting().states > 0; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        world_.barrier();
    }
    /// Collective.
    std::string finish(CommitReason reason) {
        if (!world_.is_root()) checkpointer_->announced(ByteReader(rounds_.broadcast({})).get<CommitRound>());
        return checkpointer_->finish(reason);
    }
    [[nodiscard]] CheckpointContents contents() { return read_checkpoints(files_, spec_.checkpoint.folder); }

    const mpi::Communicator world_ = mpi::Communicator::world();
    const mpi::Communicator rounds_ = world_.duplicate();
    std::optional<ScratchFolder> own_folder_;
    std::atomic<int> failures_left_{0};
    WatchedFileSystem files_{[this](FileVerb verb, const std::filesystem::path& path) {
        if (verb != FileVerb::sync || path.string().find("generation_") == std::string::npos) return;
        if (failures_left_ > 0) {
            --failures_left_;
            throw IoError("no room");
        }
    }};
    const OpCatalog catalog_ = make_op_catalog();
    JobSpec spec_;
    std::optional<Pipeline> pipeline_;
    StatePlan plan_;
    std::optional<StageStore> store_;
    std::optional<StateCollector> collector_;
    std::string order_;
    std::vector<std::uint64_t> committed_;
    std::size_t states_told_ = 0;
    std::atomic<int> given_up_{0};
    std::optional<Checkpointer> checkpointer_;
};

TEST_F(CheckpointerTest, ARoundHoldsWhatAllRanksBring) {
    const auto rank = static_cast<std::uint32_t>(world_.rank());
    decide(rank, 10);
    hold_round();
    if (rank == 0) decide(100, 3);  // the others have nothing to bring
    EXPECT_EQ(finish(CommitReason::stop), "");
    const CheckpointContents found = contents();
    EXPECT_THAT(found.problems, IsEmpty());
    ASSERT_THAT(found.generations, SizeIs(2));
    EXPECT_EQ(found.generations[0].number, 5U);
    EXPECT_EQ(found.generations[0].states, static_cast<std::uint64_t>(world_.size()));
    EXPECT_EQ(found.generations[1].number, 6U);
    ASSERT_THAT(found.states, SizeIs(static_cast<std::size_t>(world_.size()) + 1));
    EXPECT_EQ(found.states.back().head.partition, 100U);
    for (const StateRef& state : found.states) {
        EXPECT_EQ(state.head.kind, StateKind::row_plan);
        EXPECT_EQ(state.head.position, 2U);
        const StoredState stored = StoredState::decode(read_payload(files_, state));
        ASSERT_EQ(stored.morsels(), 1U);
        EXPECT_EQ(stored.morsel(0).sources.size(), state.head.rows);
    }
    if (rank != 0) return;
    EXPECT_EQ(order_, "events committed events committed ") << "what is told is durable first";
    EXPECT_EQ(states_told_, found.states.size());
    EXPECT_EQ(checkpointer_->totals().generations, 2U);
}

TEST_F(CheckpointerTest, RoundsWithoutStatesLeaveNothing) {
    hold_round();
    EXPECT_EQ(finish(CommitReason::end), "");
    EXPECT_THAT(contents().generations, IsEmpty());
    EXPECT_THAT(order_, IsEmpty());
}

/// A disk that is full for a moment: what a round could not write waits for the next.
TEST_F(CheckpointerTest, WhatCouldNotBeWrittenIsWrittenLater) {
    failures_left_ = 1;
    decide(static_cast<std::uint32_t>(world_.rank()), 10);
    hold_round();
    EXPECT_THAT(contents().generations, IsEmpty());
    EXPECT_EQ(given_up_, 0);
    failures_left_ = 0;
    EXPECT_EQ(finish(CommitReason::stop), "");
    EXPECT_THAT(contents().states, SizeIs(static_cast<std::size_t>(world_.size())));
}

TEST_F(CheckpointerTest, ADiskThatStaysFullEndsTheJob) {
    failures_left_ = 1000;
    decide(static_cast<std::uint32_t>(world_.rank()), 10);
    for (int round = 0; round < 3; ++round) hold_round();
    for (int i = 0; i < 2000 && given_up_ == 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(given_up_, 1) << "on each rank: it is told once";
    EXPECT_NE(finish(CommitReason::failure), "");
    EXPECT_THAT(contents().generations, IsEmpty());
}

}  // namespace
}  // namespace dj
