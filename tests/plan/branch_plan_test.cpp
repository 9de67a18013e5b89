// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/branch_plan.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>

#include "dj/plan/ops_hash.hpp"

namespace dj {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

/// Operators are letters; large ones give rows a new order. `common` are the first of them.
BranchChain chain(std::string name, const std::string& ops, std::size_t common = 0) {
    std::vector<OpCall> calls;
    for (const char op : ops) calls.push_back({.name = std::string(1, op)});
    const auto first_order = std::ranges::find_if(ops, [](char op) { return op >= 'A' && op <= 'Z'; });
    return {.name = std::move(name),
            .hashes = ops_hashes({.input = "0", .text_key = "text"}, calls),
            .common_ops = common,
            .storable_ops = static_cast<std::size_t>(first_order - ops.begin())};
}

/// "name(parent)[first,end)" of each node that is no branch's, then those of the branches.
std::vector<std::string> plan(const std::vector<BranchChain>& chains) {
    std::vector<std::string> lines;
    const auto nodes = plan_branches(chains);
    for (const DagNode& node : nodes) {
        const std::string name =
            node.kind == DagNodeKind::shared ? "shared" + std::to_string(&node - nodes.data()) : node.name;
        const std::string parent = node.parent ? std::to_string(*node.parent) : "-";
        lines.push_back(name + "(" + parent + ")[" + std::to_string(node.first_op) + "," +
                        std::to_string(node.end_op) + ")");
    }
    return lines;
}

TEST(PlanBranches, CommonPartRunsOnce) {
    EXPECT_THAT(plan({chain("a", "xyp", 2), chain("b", "xyq", 2)}),
                ElementsAre("common(-)[0,2)", "a(0)[2,3)", "b(0)[2,3)"));
    // Also for one branch, and for one that adds nothing.
    EXPECT_THAT(plan({chain("a", "xyp", 2)}), ElementsAre("common(-)[0,2)", "a(0)[2,3)"));
    EXPECT_THAT(plan({chain("a", "xy", 2), chain("b", "xyq", 2)}),
                ElementsAre("common(-)[0,2)", "a(0)[2,2)", "b(0)[2,3)"));
}

TEST(PlanBranches, NothingIsCommon) {
    EXPECT_THAT(plan({chain("a", "p"), chain("b", "q")}), ElementsAre("a(-)[0,1)", "b(-)[0,1)"));
    EXPECT_THAT(plan({chain("a", ""), chain("b", "")}), ElementsAre("a(-)[0,0)", "b(-)[0,0)"));
    EXPECT_THAT(plan({}), IsEmpty());
}

TEST(PlanBranches, WhatAllBeginWithIsShared) {
    EXPECT_THAT(plan({chain("a", "xyp"), chain("b", "xyq"), chain("c", "xy")}),
                ElementsAre("shared0(-)[0,2)", "a(0)[2,3)", "b(0)[2,3)", "c(0)[2,2)"));
    EXPECT_THAT(plan({chain("a", "cxyp", 1), chain("b", "cxyq", 1)}),
                ElementsAre("common(-)[0,1)", "shared1(0)[1,3)", "a(1)[3,4)", "b(1)[3,4)"));
}

TEST(PlanBranches, WhatSomeBeginWithIsShared) {
    EXPECT_THAT(plan({chain("a", "cxp", 1), chain("b", "cq", 1), chain("c", "cxr", 1), chain("d", "cqs", 1)}),
                ElementsAre("common(-)[0,1)", "shared1(0)[1,2)", "shared2(0)[1,2)", "a(1)[2,3)", "b(2)[2,2)",
                            "c(1)[2,3)", "d(2)[2,3)"));
    // Shared parts of shared parts.
    EXPECT_THAT(plan({chain("a", "xyp"), chain("b", "xyq"), chain("c", "xr")}),
                ElementsAre("shared0(-)[0,1)", "shared1(0)[1,2)", "a(1)[2,3)", "b(1)[2,3)", "c(0)[1,2)"));
    // The same operator at another position, or behind another, is not the same.
    EXPECT_THAT(plan({chain("a", "xp"), chain("b", "px")}), ElementsAre("a(-)[0,2)", "b(-)[0,2)"));
    EXPECT_THAT(plan({chain("a", "xpz"), chain("b", "yqz")}), ElementsAre("a(-)[0,3)", "b(-)[0,3)"));
}

TEST(PlanBranches, EqualBranchesExportWhatRanOnce) {
    EXPECT_THAT(plan({chain("a", "cxy", 1), chain("b", "cxy", 1)}),
                ElementsAre("common(-)[0,1)", "shared1(0)[1,3)", "a(1)[3,3)", "b(1)[3,3)"));
    EXPECT_THAT(plan({chain("a", "c", 1), chain("b", "c", 1)}),
                ElementsAre("common(-)[0,1)", "a(0)[1,1)", "b(0)[1,1)"));
}

TEST(PlanBranches, ABranchThatTakesAnothersRows) {
    EXPECT_THAT(
        plan({chain("strict", "cxy", 1), chain("best", "cxyz", 1), chain("other", "cq", 1)}),
        ElementsAre("common(-)[0,1)", "shared1(0)[1,3)", "strict(1)[3,3)", "best(1)[3,4)", "other(0)[1,2)"));
}

TEST(PlanBranches, NothingIsSharedBehindANewOrder) {
    EXPECT_THAT(plan({chain("a", "cxSyp", 1), chain("b", "cxSyq", 1)}),
                ElementsAre("common(-)[0,1)", "shared1(0)[1,2)", "a(1)[2,5)", "b(1)[2,5)"));
    EXPECT_THAT(plan({chain("a", "cdSep", 4), chain("b", "cdSeq", 4)}),
                ElementsAre("common(-)[0,2)", "a(0)[2,5)", "b(0)[2,5)"));
    EXPECT_THAT(plan({chain("a", "Sp", 1), chain("b", "Sq", 1)}), ElementsAre("a(-)[0,2)", "b(-)[0,2)"));
    // What one of them may store less of than the others.
    EXPECT_THAT(plan({chain("a", "xS"), chain("b", "xyp"), chain("c", "xyq")}),
                ElementsAre("shared0(-)[0,1)", "shared1(0)[1,2)", "a(0)[1,2)", "b(1)[2,3)", "c(1)[2,3)"));
}

TEST(PlanBranches, ChainsOfOtherTextFieldsShareNothing) {
    auto other = chain("b", "cxq", 1);
    other.hashes =
        ops_hashes({.input = "0", .text_key = "other"}, {{.name = "c"}, {.name = "x"}, {.name = "q"}});
    const auto nodes = plan_branches({chain("a", "cxp", 1), other, chain("c", "cr", 1)});
    std::set<std::string> names;
    for (const DagNode& node : nodes) names.insert(node.name);
    EXPECT_EQ(names.size(), nodes.size());
    for (const DagNode& node : nodes) {
        if (node.branches.size() < 2) continue;
        EXPECT_THAT(node.branches, ElementsAre(0U, 2U)) << node.name;
    }
}

TEST(PlanBranches, ReservedNames) {
    for (const auto* name : {"common", "shared-", "shared-0a1b2c3d"})
        EXPECT_TRUE(is_reserved_branch_name(name));
    for (const auto* name : {"", "commons", "a-common", "shared", "ashared-"})
        EXPECT_FALSE(is_reserved_branch_name(name));
}

class RandomChains {
public:
    explicit RandomChains(std::uint32_t seed) : random_(seed) {}
    std::vector<BranchChain> next() {
        texts.clear();
        std::vector<BranchChain> chains;
        const std::string common = ops(4);
        const std::size_t count = 1 + random_() % 12;
        for (std::size_t i = 0; i < count; ++i) {
            const std::string& front =
                i > 0 && random_() % 3 == 0 ? texts[random_() % texts.size()] : common;  // of a branch
            texts.push_back(front + ops(5));
            chains.push_back(chain("b" + std::to_string(i), texts.back(), common.size()));
        }
        return chains;
    }
    std::vector<std::string> texts;

private:
    /// Few different ones, so that chains meet.
    std::string ops(std::size_t most) {
        std::string some;
        for (std::size_t i = random_() % (most + 1); i > 0; --i)
            some += random_() % 12 == 0 ? 'S' : static_cast<char>('a' + random_() % 2);
        return some;
    }
    std::mt19937 random_;
};

/// The operators of the nodes on the way to a node, in order, are those of its chains.
void check_way(const std::vector<DagNode>& nodes, std::size_t number,
               const std::vector<BranchChain>& chains) {
    const DagNode& node = nodes[number];
    ASSERT_LE(node.first_op, node.end_op);
    if (!node.parent) {
        EXPECT_EQ(node.first_op, 0U);
    } else {
        ASSERT_LT(*node.parent, number);
        const DagNode& parent = nodes[*node.parent];
        EXPECT_EQ(parent.end_op, node.first_op);
        EXPECT_NE(parent.kind, DagNodeKind::branch);
        for (const std::size_t branch : node.branches)
            EXPECT_TRUE(std::ranges::count(parent.branches, branch)) << "rows of a part it is not in";
    }
    for (const std::size_t branch : node.branches) {
        EXPECT_EQ(chains[branch].hashes[node.end_op], chains[node.branches.front()].hashes[node.end_op]);
        EXPECT_TRUE(node.kind == DagNodeKind::branch || node.end_op <= chains[branch].storable_ops);
    }
}

TEST(PlanBranches, EveryChainIsCoveredAndNothingStorableRunsTwice) {
    RandomChains random(11);
    for (int round = 0; round < 2000; ++round) {
        const auto chains = random.next();
        const auto nodes = plan_branches(chains);
        std::set<std::string> names;
        std::map<Digest128, std::size_t> runs;  // of an operator, told by the chain up to it
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            check_way(nodes, i, chains);
            EXPECT_TRUE(names.insert(nodes[i].name).second) << nodes[i].name;
            EXPECT_EQ(nodes[i].kind != DagNodeKind::branch, is_reserved_branch_name(nodes[i].name));
            const BranchChain& first = chains[nodes[i].branches.front()];
            for (std::size_t op = nodes[i].first_op; op < std::min(nodes[i].end_op, first.storable_ops); ++op)
                EXPECT_EQ(++runs[first.hashes[op + 1]], 1U) << random.texts[nodes[i].branches.front()];
            EXPECT_TRUE(nodes[i].kind == DagNodeKind::branch || nodes[i].first_op < nodes[i].end_op);
        }
        ASSERT_GE(nodes.size(), chains.size());
        for (std::size_t i = 0; i < chains.size(); ++i) {
            const DagNode& node = nodes[nodes.size() - chains.size() + i];
            EXPECT_EQ(node.kind, DagNodeKind::branch);
            EXPECT_EQ(node.name, chains[i].name);
            EXPECT_THAT(node.branches, ElementsAre(i));
            EXPECT_EQ(node.end_op + 1, chains[i].hashes.size());
        }
        if (HasFailure()) break;
    }
}

TEST(RankWindows, LimitedOnesStandSideBySide) {
    using Limits = std::vector<std::optional<std::int64_t>>;
    const auto windows = [](const Limits& limits, int ranks) { return rank_windows(limits, ranks); };
    EXPECT_THAT(windows({{}, {}}, 4), ElementsAre(RankWindow{0, 4}, RankWindow{0, 4}));
    EXPECT_THAT(windows({2, {}, 1, 1}, 4),
                ElementsAre(RankWindow{0, 2}, RankWindow{0, 4}, RankWindow{2, 1}, RankWindow{3, 1}));
    EXPECT_THAT(windows({3, 3}, 4), ElementsAre(RankWindow{0, 3}, RankWindow{3, 3}));
    EXPECT_THAT(windows({4, 5, 1'000'000'000'000}, 4),
                ElementsAre(RankWindow{0, 4}, RankWindow{0, 4}, RankWindow{0, 4}));
    EXPECT_THAT(windows({1, 1, 1}, 1), ElementsAre(RankWindow{0, 1}, RankWindow{0, 1}, RankWindow{0, 1}));
    EXPECT_THAT(windows({}, 4), IsEmpty());
}

TEST(RankWindows, HoldAsManyRanksAsTheySay) {
    for (int ranks = 1; ranks <= 9; ++ranks) {
        const auto windows = rank_windows({3, 2, {}, 5, 1, 7, 2, 9}, ranks);
        for (const RankWindow& window : windows) {
            int held = 0;
            for (int rank = 0; rank < ranks; ++rank) held += window.holds(rank, ranks) ? 1 : 0;
            EXPECT_EQ(held, window.count) << window.first << " of " << ranks;
            EXPECT_TRUE(window.holds(window.first, ranks));
        }
    }
    const RankWindow around{3, 3};
    EXPECT_TRUE(around.holds(3, 4) && around.holds(0, 4) && around.holds(1, 4));
    EXPECT_FALSE(around.holds(2, 4));
}

std::vector<OpCall> calls(const std::vector<std::string>& names) {
    std::vector<OpCall> ops;
    for (const auto& name : names) ops.push_back({.name = name, .family = "filter"});
    return ops;
}

TEST(DescribeBranchDag, OperatorsFollowThoseOfTheNodesBefore) {
    const auto nodes = plan_branches({chain("a", "cxxp", 1), chain("b", "cxx", 1), chain("d", "cq", 1)});
    std::vector<DagNodeFacts> facts(nodes.size());
    ASSERT_THAT(plan({chain("a", "cxxp", 1), chain("b", "cxx", 1), chain("d", "cq", 1)}),
                ElementsAre("common(-)[0,1)", "shared1(0)[1,3)", "a(1)[3,4)", "b(1)[3,3)", "d(0)[1,2)"));
    facts[0] = {.ops = calls({"c"}), .branches = {"a", "b", "d"}};
    facts[1] = {.ops = calls({"x", "x"}), .branches = {"a", "b"}};
    facts[1].ops[1].dataset_wide = true;
    facts[2] = {.ops = calls({"p"}),
                .branches = {"a"},
                .export_path = "/o/a.jsonl",
                .weight = 2.5,
                .memory_bytes = 7,
                .ranks = {3, 2},
                .threads = 4};
    facts[3] = {.branches = {"b"}, .export_path = "/o/b.jsonl"};
    facts[4] = {.ops = calls({"q"}), .branches = {"d"}, .export_path = "/o/d.jsonl"};
    const json dag = describe_branch_dag(nodes, facts, 12, {4, 2, 100});

    const std::string shared = nodes[1].name;
    const json& ops = dag["nodes"];
    EXPECT_EQ(ops.size(), 5U);
    EXPECT_EQ(dag["metadata"]["total_nodes"], 5);
    EXPECT_EQ(dag["metadata"]["partition_count"], 12);
    EXPECT_EQ(dag["metadata"]["ranks"], 4);
    for (const auto& [id, op] : ops.items()) EXPECT_EQ(op["node_id"], id);
    EXPECT_EQ(ops.at("common_op_001_c")["dependencies"], json::array());
    EXPECT_EQ(ops.at(shared + "_op_002_x")["dependencies"], (json{"common_op_001_c"}));
    EXPECT_EQ(ops.at(shared + "_op_003_x")["dependencies"], (json{shared + "_op_002_x"}));
    EXPECT_EQ(ops.at(shared + "_op_003_x")["node_type"], "scatter_gather");
    EXPECT_EQ(ops.at("a_op_004_p")["dependencies"], (json{shared + "_op_003_x"}));
    EXPECT_EQ(ops.at("a_op_004_p")["execution_order"], 4);
    EXPECT_EQ(ops.at("d_op_002_q")["dependencies"], (json{"common_op_001_c"}));

    const json& parts = dag["branch_dag"];
    ASSERT_EQ(parts.size(), 5U);
    EXPECT_TRUE(parts[0]["parent"].is_null());
    EXPECT_TRUE(parts[0]["export_path"].is_null());
    EXPECT_EQ(parts[0]["kind"], "common");
    EXPECT_EQ(parts[1]["parent"], "common");
    EXPECT_EQ(parts[1]["branches"], (json{"a", "b"}));
    EXPECT_EQ(parts[2], (json{{"name", "a"},
                              {"kind", "branch"},
                              {"parent", shared},
                              {"first_op", 3},
                              {"end_op", 4},
                              {"operators", {"p"}},
                              {"branches", {"a"}},
                              {"export_path", "/o/a.jsonl"},
                              {"ranks", {{"first", 3}, {"count", 2}}},
                              {"threads_per_rank", 4},
                              {"weight", 2.5},
                              {"memory_bytes_per_rank", 7}}));
    EXPECT_EQ(parts[3]["operators"], json::array());
}

TEST(DescribeBranchDag, NodesWithoutOperatorsAreNoGaps) {
    const std::vector<DagNode> nodes{{"common", DagNodeKind::common, {}, 0, 1, {0}},
                                     {"shared-1", DagNodeKind::shared, 0, 1, 1, {0}},
                                     {"a", DagNodeKind::branch, 1, 1, 2, {0}},
                                     {"b", DagNodeKind::branch, {}, 0, 0, {1}}};
    const json dag =
        describe_branch_dag(nodes, {{.ops = calls({"c"})}, {}, {.ops = calls({"p"})}, {}}, 1, {});
    EXPECT_EQ(dag["nodes"].at("a_op_002_p")["dependencies"], (json{"common_op_001_c"}));
    EXPECT_EQ(dag["nodes"].size(), 2U);
    EXPECT_EQ(dag["branch_dag"].size(), 4U);
    EXPECT_TRUE(describe_branch_dag({}, {}, 0, {})["nodes"].is_object());
}

}  // namespace
}  // namespace dj
