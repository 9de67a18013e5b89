// SPDX-License-Identifier: Apache-2.0
#include "cli/prepare_branches.hpp"

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>

namespace dj {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Operators are letters; S gives rows a new order, D finds duplicates.
std::vector<OpCall> calls(const std::string& ops) {
    std::vector<OpCall> all;
    for (const char op : ops) {
        all.push_back({.name = std::string(1, op), .params = {{"text_key", "text"}}});
        all.back().dataset_wide = op == 'S' || op == 'D';
        all.back().family = op == 'S' ? "selector" : op == 'D' ? "deduplicator" : "mapper";
    }
    return all;
}

class PrepareBranches : public testing::Test {
protected:
    PrepareBranches() {
        checked_.places.job = {.work_dir = "/w", .job_id = "j"};
        base_.job_id = "j";
        base_.job_folder = "/w/j";
        base_.scratch_folder = "/scratch";
        base_.threads = 8;
        base_.memory_bytes = 1ULL << 30;
        base_.input_identity = "00ff";
    }
    RecipeBranch& add(const std::string& name, const std::string& own, const std::string& common = "c") {
        checked_.recipe.ops = calls(common);
        RecipeBranch branch;
        branch.options.name = name;
        branch.ops = calls(common + own);
        branch.first_own_op = common.size();
        checked_.recipe.branches.push_back(std::move(branch));
        checked_.places.outputs.push_back(
            {.path = "/out/" + name + ".jsonl", .kind = {}, .origin = {}, .branch = name});
        return checked_.recipe.branches.back();
    }
    [[nodiscard]] BranchJobSpec prepare(int ranks = 4) const {
        return prepare_branches(checked_, base_, {}, ranks);
    }
    [[nodiscard]] static std::vector<std::string> names(const BranchJobSpec& job) {
        std::vector<std::string> all;
        for (const auto& node : job.nodes) all.push_back(node.spec.node);
        return all;
    }
    [[nodiscard]] static std::vector<std::string> ops(const BranchNodeSpec& node) {
        std::vector<std::string> all;
        for (const auto& op : node.spec.ops) all.push_back(op.name);
        return all;
    }

    CheckedRecipe checked_;
    JobSpec base_;
};

TEST_F(PrepareBranches, ANodeIsAChainFromTheInput) {
    add("a", "xp");
    add("b", "xq");
    add("d", "y");
    const auto job = prepare();
    ASSERT_EQ(job.nodes.size(), 5U);
    const std::string shared = job.nodes[1].spec.node;
    EXPECT_THAT(names(job), ElementsAre("common", shared, "a", "b", "d"));
    EXPECT_TRUE(is_reserved_branch_name(shared));
    EXPECT_THAT(ops(job.nodes[0]), ElementsAre("c"));
    EXPECT_THAT(ops(job.nodes[1]), ElementsAre("c", "x"));
    EXPECT_THAT(ops(job.nodes[2]), ElementsAre("c", "x", "p"));
    EXPECT_EQ(job.nodes[2].first_op, 2U);
    EXPECT_EQ(job.nodes[2].parent, 1U);
    EXPECT_THAT(job.nodes[1].branches, ElementsAre("a", "b"));
    EXPECT_EQ(job.nodes[0].spec.goal, RunGoal::keep_states);
    EXPECT_EQ(job.nodes[1].spec.goal, RunGoal::keep_states);
    EXPECT_EQ(job.nodes[3].spec.goal, RunGoal::export_rows);
    EXPECT_EQ(job.nodes[3].spec.output.path, "/out/b.jsonl");
    EXPECT_NE(job.nodes[2].spec.output_identity, job.nodes[3].spec.output_identity);
    EXPECT_EQ(job.nodes[1].spec.output_identity, "") << "it exports nothing";
}

TEST_F(PrepareBranches, EachHasFoldersOfItsOwnAndKnowsThoseBeforeIt) {
    add("a", "xp");
    add("b", "xq");
    const auto job = prepare();
    const std::string shared = job.nodes[1].spec.node;
    std::vector<std::filesystem::path> scratch;
    for (const auto& node : job.nodes) {
        EXPECT_EQ(node.spec.checkpoint.folder, "/w/j/checkpoints/" + node.spec.node);
        EXPECT_EQ(node.spec.scratch_folder, "/scratch/" + node.spec.node);
    }
    EXPECT_THAT(job.nodes[0].spec.checkpoint.shared, IsEmpty());
    EXPECT_THAT(job.nodes[1].spec.checkpoint.shared, ElementsAre("/w/j/checkpoints/common"));
    EXPECT_THAT(job.nodes[2].spec.checkpoint.shared,
                ElementsAre("/w/j/checkpoints/" + shared, "/w/j/checkpoints/common"));
    checked_.places.job.checkpoint_dir = "/large";
    EXPECT_EQ(prepare().nodes[0].spec.checkpoint.folder, "/large/j/common");
}

TEST_F(PrepareBranches, StatesOfAParentFitItsChildren) {
    add("a", "xDp");
    add("b", "xDq").ops.back().params["text_key"] = "title";
    add("d", "xDDr");
    const auto job = prepare();
    const auto hashes = [](const BranchNodeSpec& node) {
        return ops_hashes(ops_identity(node.spec), node.spec.ops);
    };
    for (const auto& node : job.nodes) {
        if (!node.parent) continue;
        const auto& parent = job.nodes[*node.parent];
        EXPECT_EQ(hashes(parent).back(), hashes(node)[node.first_op]) << node.spec.node;
        EXPECT_EQ(parent.spec.ops.size(), node.first_op);
    }
}

TEST_F(PrepareBranches, NothingIsStoredBehindANewOrder) {
    add("a", "p", "cSe");
    add("b", "q", "cSe");
    const auto job = prepare();
    EXPECT_THAT(names(job), ElementsAre("common", "a", "b"));
    EXPECT_THAT(ops(job.nodes[0]), ElementsAre("c"));
    EXPECT_EQ(job.nodes[1].first_op, 1U);
}

TEST_F(PrepareBranches, SharedPartsStoreWhateverTheRecipeSaysOfCheckpoints) {
    add("a", "p");
    checked_.recipe.checkpoint.enabled = false;
    const auto job = prepare();
    for (const auto& node : job.nodes) {
        EXPECT_TRUE(node.spec.checkpoint.enabled);
        EXPECT_THAT(node.spec.checkpoint.taps, testing::Each(false));
        EXPECT_EQ(node.spec.checkpoint.taps.size(), node.spec.ops.size());
        EXPECT_GT(node.spec.checkpoint.commit.fixed_interval_seconds.value_or(0), 1e8);
    }
}

TEST_F(PrepareBranches, LimitsAreThoseOfTheBranch) {
    auto& limited = add("a", "p").resources;
    limited = {.ranks = 2, .threads = 3, .memory_mb = 128, .weight = 2.5};
    add("b", "q").resources = {.ranks = 1, .threads = 100};
    add("d", "r");
    const auto job = prepare(4);
    EXPECT_EQ(job.nodes[0].spec.threads, 8);
    EXPECT_EQ(job.nodes[0].spec.memory_bytes, 1ULL << 30) << "nothing runs beside it";
    EXPECT_EQ(job.nodes[0].ranks, (RankWindow{0, 4}));
    EXPECT_EQ(job.nodes[1].spec.threads, 3);
    EXPECT_EQ(job.nodes[1].spec.memory_bytes, 128ULL << 20);
    EXPECT_TRUE(job.nodes[1].spec.memory_is_limit);
    EXPECT_EQ(job.nodes[1].weight, 2.5);
    EXPECT_EQ(job.nodes[1].ranks, (RankWindow{0, 2}));
    EXPECT_EQ(job.nodes[2].spec.threads, 8) << "no more than there are";
    EXPECT_EQ(job.nodes[2].ranks, (RankWindow{2, 1}));
    EXPECT_EQ(job.nodes[3].ranks, (RankWindow{0, 4}));
    EXPECT_FALSE(job.nodes[3].spec.memory_is_limit);
    EXPECT_EQ(job.nodes[3].spec.memory_bytes, (1ULL << 30) / 3);
    // Limits decide nothing about bytes.
    limited = {};
    EXPECT_EQ(prepare(1).nodes[1].spec.output_identity, job.nodes[1].spec.output_identity);
}

TEST_F(PrepareBranches, HowManyRunAtOnce) {
    for (int i = 0; i < 50; ++i) add("b" + std::to_string(i), std::string(1, static_cast<char>('A' + i)));
    EXPECT_EQ(prepare().max_at_once, 16U);
    EXPECT_EQ(prepare().nodes.back().spec.memory_bytes, 64ULL << 20) << "so little is of use still";
    checked_.recipe.branch.max_workers = 40;
    EXPECT_EQ(prepare().max_at_once, 40U);
    checked_.recipe.branch.max_workers = 1000;
    EXPECT_EQ(prepare().max_at_once, 50U);
    checked_.recipe.branch.parallel = false;
    EXPECT_EQ(prepare().max_at_once, 1U);
    EXPECT_EQ(prepare().nodes.back().spec.memory_bytes, 1ULL << 30);
}

TEST_F(PrepareBranches, RetriesOfABranchGoBeforeThoseOfAll) {
    checked_.recipe.branch.retries = 2;
    checked_.recipe.branch.fail_fast = false;
    add("a", "p").options.retries = 0;
    add("b", "q").options.input = "a";
    const auto job = prepare();
    EXPECT_FALSE(job.fail_fast);
    EXPECT_EQ(job.nodes[0].max_retries, 2);
    EXPECT_EQ(job.nodes[1].max_retries, 0);
    EXPECT_EQ(job.nodes[2].max_retries, 2);
    EXPECT_EQ(job.nodes[2].input, "a");
}

TEST_F(PrepareBranches, AddingABranchLeavesTheOthersTheirStates) {
    add("a", "xp");
    add("b", "y");
    const auto before = prepare();
    add("new", "xDq");
    const auto after = prepare();
    const auto of = [](const BranchJobSpec& job, const std::string& name) -> const BranchNodeSpec& {
        return *std::ranges::find(job.nodes, name, [](const auto& node) { return node.spec.node; });
    };
    for (const auto* name : {"a", "b", "common"}) {
        const auto& one = of(before, name);
        const auto& other = of(after, name);
        EXPECT_EQ(ops_hashes(ops_identity(one.spec), one.spec.ops),
                  ops_hashes(ops_identity(other.spec), other.spec.ops))
            << name;
        EXPECT_EQ(one.spec.output_identity, other.spec.output_identity) << name;
    }
}

TEST_F(PrepareBranches, ThePlanTellsOwnOperatorsAlone) {
    add("a", "xp");
    add("b", "xq");
    const auto plan = describe_branches(prepare(), 3, {4, 8, 1 << 20});
    EXPECT_EQ(plan["branch_dag"].size(), 4U);
    EXPECT_EQ(plan["nodes"].size(), 4U);
    EXPECT_TRUE(plan["nodes"].contains("a_op_003_p"));
    EXPECT_EQ(plan["branch_dag"][2]["operators"], nlohmann::json{"p"});
    EXPECT_TRUE(plan["branch_dag"][0]["export_path"].is_null());
}

}  // namespace
}  // namespace dj
