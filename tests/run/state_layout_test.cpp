// SPDX-License-Identifier: Apache-2.0
#include "run/state_layout.hpp"

#include <gmock/gmock.h>

#include "run/small_job.hpp"

namespace dj {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StateLayoutTest : public testing::Test {
protected:
    const Pipeline& pipeline(const std::vector<std::string>& ops, const std::string& path = "out.jsonl") {
        JobSpec spec;
        spec.output.path = path;
        spec.output.kind = file_kind_of(path);
        for (const std::string& name : ops) {
            nlohmann::json params = nlohmann::json::object();
            if (name == "topk_specified_field_selector") params = {{"field_key", "meta.n"}, {"topk", 3}};
            spec.ops.push_back(op_call(catalog_, name, params));
        }
        return made_.emplace(make_pipeline(spec, catalog_, *files_, {}, {}));
    }
    static std::vector<bool> all(const Pipeline& pipeline) {
        return std::vector<bool>(pipeline.ops.size(), true);
    }
    /// Base position of each tap; -1: none.
    static std::vector<int> bases(const StatePlan& plan) {
        std::vector<int> found;
        for (const Tap& tap : plan.taps) found.push_back(tap ? static_cast<int>(tap->base_position) : -1);
        return found;
    }

    const std::unique_ptr<FileSystem> files_ = make_local_file_system();
    const OpCatalog catalog_ = make_op_catalog();
    std::optional<Pipeline> made_;
};

TEST_F(StateLayoutTest, NothingIsRecordedUnasked) {
    const Pipeline& job =
        pipeline({"whitespace_normalization_mapper", "text_length_filter", "document_deduplicator"});
    const StatePlan plan = plan_states(job, {std::vector<bool>(3, false)});
    EXPECT_THAT(bases(plan), ElementsAre(-1, -1, -1));
    EXPECT_THAT(plan.boundary_taps, testing::Each(false));
    ASSERT_EQ(plan.boundaries.size(), job.segments.size());
    EXPECT_EQ(plan.boundaries[0].position, 2U);
    EXPECT_TRUE(plan.boundaries[0].on_input()) << "what a commit asks for later stands alone";
    EXPECT_THAT(plan.boundaries[0].names.texts, testing::Contains("text"));
    EXPECT_EQ(plan.boundaries[0].names.scalars.size(), 1U);
}

TEST_F(StateLayoutTest, EachStateHoldsWhatItsOperatorDid) {
    const Pipeline& job = pipeline({"whitespace_normalization_mapper", "text_length_filter",
                                    "words_num_filter", "clean_links_mapper", "alphanumeric_filter"});
    const StatePlan plan = plan_states(job, {all(job)});
    EXPECT_THAT(bases(plan), ElementsAre(0, 1, 2, 3, -1)) << "the last rows are in the output";
    EXPECT_THAT(plan.taps[0]->names.texts, ElementsAre("text"));
    EXPECT_THAT(plan.taps[0]->names.scalars, IsEmpty());
    EXPECT_THAT(plan.taps[1]->names.texts, IsEmpty());
    EXPECT_EQ(plan.taps[1]->names.scalars.size(), 1U);
    EXPECT_THAT(plan.taps[3]->names.texts, ElementsAre("text"));
    EXPECT_NE(written_mask(plan, plan.written_texts.front()), 0U);
    EXPECT_EQ(written_mask(plan, 9999), 0U);
}

TEST_F(StateLayoutTest, AStateHoldsWhatAllOperatorsSinceItsBaseDid) {
    const Pipeline& job = pipeline(
        {"whitespace_normalization_mapper", "text_length_filter", "words_num_filter", "alphanumeric_filter"});
    const StatePlan plan = plan_states(job, {{false, false, true, false}});
    EXPECT_THAT(bases(plan), ElementsAre(-1, -1, 0, -1));
    EXPECT_THAT(plan.taps[2]->names.texts, ElementsAre("text"));
    EXPECT_EQ(plan.taps[2]->names.scalars.size(), 2U);
}

TEST_F(StateLayoutTest, ChainsAreBounded) {
    const Pipeline& job = pipeline(std::vector<std::string>(40, "whitespace_normalization_mapper"));
    const StatePlan plan = plan_states(job, {all(job)});
    int longest = 0;
    int chain = 0;
    for (const Tap& tap : plan.taps) {
        if (!tap) continue;
        chain = tap->on_input() ? 1 : chain + 1;
        longest = std::max(longest, chain);
    }
    EXPECT_EQ(longest, 16);
}

TEST_F(StateLayoutTest, BehindADeduplicator) {
    const Pipeline& job = pipeline(
        {"text_length_filter", "document_deduplicator", "clean_links_mapper", "alphanumeric_filter"});
    const StatePlan plan = plan_states(job, {all(job)});
    ASSERT_EQ(job.segments.size(), 2U);
    EXPECT_TRUE(plan.boundary_taps[0]);
    EXPECT_EQ(plan.boundaries[0].position, 1U);
    EXPECT_EQ(plan.taps[2]->base_position, 1U) << "rows behind the decision count from those before it";
}

TEST_F(StateLayoutTest, BehindANewOrderNothingIsRecorded) {
    const Pipeline& job = pipeline(
        {"clean_links_mapper", "topk_specified_field_selector", "clean_email_mapper", "alphanumeric_filter"});
    const StatePlan plan = plan_states(job, {all(job)});
    EXPECT_THAT(bases(plan), ElementsAre(-1, -1, -1, -1));
    EXPECT_THAT(plan.boundary_taps, ElementsAre(true, false));
}

TEST_F(StateLayoutTest, BlocksOfTheOutputAreMadeOfStoredRows) {
    const Pipeline& job = pipeline({"clean_links_mapper", "alphanumeric_filter"}, "out.jsonl.gz");
    EXPECT_THAT(plan_states(job, {all(job)}).boundary_taps, ElementsAre(true));
    EXPECT_THAT(
        plan_states(pipeline({"clean_links_mapper", "alphanumeric_filter"}), {all(job)}).boundary_taps,
        ElementsAre(false));
}

TEST_F(StateLayoutTest, OthersGoOnFromTheEndsOfAllPasses) {
    const Pipeline& job = pipeline({"text_length_filter", "document_deduplicator", "clean_links_mapper"});
    const StatePlan plan = plan_states(job, {.behind = std::vector<bool>(3, false), .of_all_ends = true});
    EXPECT_THAT(bases(plan), ElementsAre(-1, -1, -1));
    ASSERT_THAT(plan.boundary_taps, ElementsAre(true, true));
    EXPECT_EQ(plan.boundaries[0].position, 1U);
    EXPECT_EQ(plan.boundaries[1].position, 3U);
    EXPECT_EQ(plan.boundaries[1].base_position, 1U);
    EXPECT_THAT(plan.boundaries[1].names.texts, testing::Contains("text"));
    // A deduplicator at the very end: the rows before it, about which it decides.
    const Pipeline& wide = pipeline({"text_length_filter", "document_deduplicator"});
    const StatePlan ends = plan_states(wide, {.behind = std::vector<bool>(2, false), .of_all_ends = true});
    EXPECT_TRUE(ends.boundary_taps[0]);
    EXPECT_EQ(ends.boundaries[0].position, 1U);
}

}  // namespace
}  // namespace dj
