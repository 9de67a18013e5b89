// SPDX-License-Identifier: Apache-2.0
#include "run/resume_plan.hpp"

#include <gmock/gmock.h>

#include "run/small_job.hpp"

namespace dj {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A filter, a mapper, a deduplicator, a filter; three partitions.
class ResumePlan : public testing::Test {
protected:
    ResumePlan() {
        JobSpec spec;
        spec.output.path = "out.jsonl";
        for (const char* name :
             {"text_length_filter", "clean_links_mapper", "document_deduplicator", "alphanumeric_filter"})
            spec.ops.push_back(op_call(catalog_, name));
        pipeline_.emplace(make_pipeline(spec, catalog_, *files_, {}, {}));
        for (std::uint64_t i = 0; i <= 4; ++i) hashes_.push_back(xxh3_128(std::to_string(i)));
    }

    void add(StateKind kind, std::uint32_t partition, std::uint32_t position, std::uint32_t base = 0) {
        StateRef state;
        state.head.kind = kind;
        state.head.partition = partition;
        state.head.position = position;
        state.head.base_position = base;
        state.head.ops_hash = kind == StateKind::exported ? export_hash_ : hashes_.at(position);
        state.generation = ++generation_;
        states_.push_back(state);
    }
    [[nodiscard]] UsableStates usable() const { return {states_, {hashes_, export_hash_, 3}}; }
    /// Kind and position of what a partition goes on from.
    [[nodiscard]] std::vector<std::pair<StateKind, std::uint32_t>> reached(std::uint32_t partition,
                                                                           std::uint32_t pass) const {
        std::vector<std::pair<StateKind, std::uint32_t>> found;
        for (const StateRef& state : reach(*pipeline_, usable(), partition, pass))
            found.emplace_back(state.head.kind, state.head.position);
        return found;
    }
    [[nodiscard]] static auto rows(std::uint32_t position) { return std::pair(StateKind::rows, position); }
    [[nodiscard]] static auto plan(std::uint32_t position) {
        return std::pair(StateKind::row_plan, position);
    }

    const std::unique_ptr<FileSystem> files_ = make_local_file_system();
    const OpCatalog catalog_ = make_op_catalog();
    std::optional<Pipeline> pipeline_;
    std::vector<Digest128> hashes_;
    const Digest128 export_hash_ = xxh3_128("export");
    std::vector<StateRef> states_;
    std::uint64_t generation_ = 0;
};

TEST_F(ResumePlan, WithoutStatesFromTheInput) {
    EXPECT_EQ(first_pass(*pipeline_, usable()), 0U);
    EXPECT_THAT(reached(0, 0), IsEmpty());
}

TEST_F(ResumePlan, TheFarthestStateAndItsBases) {
    add(StateKind::rows, 0, 1);
    add(StateKind::rows, 0, 2, 1);
    add(StateKind::rows, 1, 1);
    EXPECT_THAT(reached(0, 0), ElementsAre(rows(1), rows(2)));
    EXPECT_THAT(reached(1, 0), ElementsAre(rows(1)));
    EXPECT_THAT(reached(2, 0), IsEmpty());
}

TEST_F(ResumePlan, AStateWithoutItsBaseIsOfNoUse) {
    add(StateKind::rows, 0, 2, 1);
    EXPECT_THAT(reached(0, 0), IsEmpty());
    add(StateKind::rows, 0, 1);
    EXPECT_THAT(reached(0, 0), ElementsAre(rows(1), rows(2)));
    auto states = usable();
    states.forget(states_.back());
    EXPECT_THAT(reach(*pipeline_, states, 0, 0), IsEmpty()) << "the base turned out to be damaged";
}

TEST_F(ResumePlan, StatesOfOtherOperatorsDoNotCount) {
    add(StateKind::rows, 0, 1);
    add(StateKind::rows, 0, 2, 1);
    states_.back().head.ops_hash = xxh3_128("others");
    EXPECT_THAT(reached(0, 0), ElementsAre(rows(1)));
    states_.front().head.partition = 3;
    EXPECT_THAT(reached(0, 0), IsEmpty()) << "of a partition that there is not";
}

TEST_F(ResumePlan, LaterStatesReplaceEarlierOnes) {
    add(StateKind::rows, 0, 1);
    add(StateKind::rows, 0, 1);
    ASSERT_EQ(reach(*pipeline_, usable(), 0, 0).size(), 1U);
    EXPECT_EQ(reach(*pipeline_, usable(), 0, 0)[0].generation, 2U);
}

TEST_F(ResumePlan, ADecisionCountsWhenItIsWhole) {
    for (std::uint32_t partition = 0; partition < 2; ++partition) add(StateKind::row_plan, partition, 3, 2);
    EXPECT_EQ(first_pass(*pipeline_, usable()), 0U) << "of one partition it is not known";
    add(StateKind::row_plan, 2, 3, 2);
    EXPECT_EQ(first_pass(*pipeline_, usable()), 1U);
    EXPECT_THAT(reached(0, 1), ElementsAre(plan(3)))
        << "the operators before it run again, the decision stands";
    add(StateKind::rows, 0, 1);
    add(StateKind::rows, 0, 2, 1);
    EXPECT_THAT(reached(0, 1), ElementsAre(rows(1), rows(2), plan(3)));
    auto states = usable();
    states.forget(states_[1]);
    EXPECT_EQ(first_pass(*pipeline_, states), 0U);
}

TEST_F(ResumePlan, ExportedRowsAreOfOneOutput) {
    add(StateKind::exported, 1, 4);
    EXPECT_NE(usable().exported(1), nullptr);
    EXPECT_EQ(usable().exported(0), nullptr);
    states_.back().head.ops_hash = xxh3_128("other output");
    EXPECT_EQ(usable().exported(1), nullptr) << "another format, or another place";
}

TEST_F(ResumePlan, RowsAtTheEndAreKnownWhenAllStatesAre) {
    const auto rows_at = [&] { return rows_at_end(*pipeline_, usable(), 3); };
    EXPECT_EQ(rows_at(), std::nullopt);
    for (std::uint32_t partition = 0; partition < 3; ++partition) {
        add(StateKind::rows, partition, 2);
        add(StateKind::row_plan, partition, 3, 2);
    }
    EXPECT_EQ(rows_at(), std::nullopt) << "the operator behind the deduplicator has not run";
    for (std::uint32_t partition = 0; partition < 3; ++partition) {
        EXPECT_EQ(rows_at(), std::nullopt) << partition;
        add(StateKind::rows, partition, 4, 2);
        states_.back().head.rows = 10 + partition;
    }
    EXPECT_EQ(rows_at(), 33U);
    auto states = usable();
    states.forget(states_.front());
    EXPECT_EQ(rows_at_end(*pipeline_, states, 3), std::nullopt) << "what another counts from is damaged";
}

TEST_F(ResumePlan, RowsAtADeduplicatorsEndAreThoseItLeft) {
    JobSpec spec;
    spec.output.path = "out.jsonl";
    for (const char* name : {"text_length_filter", "document_deduplicator"})
        spec.ops.push_back(op_call(catalog_, name));
    const Pipeline pipeline = make_pipeline(spec, catalog_, *files_, {}, {});
    hashes_.resize(3);
    const auto rows_at = [&] { return rows_at_end(pipeline, usable(), 3); };
    for (std::uint32_t partition = 0; partition < 3; ++partition) {
        add(StateKind::row_plan, partition, 2, 1);
        states_.back().head.rows = 5;
    }
    EXPECT_EQ(rows_at(), std::nullopt) << "a decision about rows that are not there";
    for (std::uint32_t partition = 0; partition < 3; ++partition) add(StateKind::rows, partition, 1);
    EXPECT_EQ(rows_at(), 15U);
}

}  // namespace
}  // namespace dj
