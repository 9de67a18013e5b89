// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "dj/plan/dag_plan.hpp"

namespace dj {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

OpCall op(const char* name, bool dataset_wide = false) {
    OpCall call;
    call.name = name;
    call.dataset_wide = dataset_wide;
    return call;
}

TEST(ReadDagPlan, PassesOfAJobWithoutBranches) {
    const std::vector<OpCall> ops = {op("a"), op("b"), op("wide", true), op("c")};
    for (const std::size_t partitions : {2U, 1'000'000U}) {  // a node per partition, and collapsed
        SCOPED_TRACE(partitions);
        const auto plan =
            read_dag_plan(describe_dag(ops, plan_segments(ops), partitions, {3, 4, 100}, "/out/a.jsonl"));
        EXPECT_FALSE(plan.has_branches());
        EXPECT_EQ(plan.ranks, 3);
        EXPECT_EQ(plan.threads, 4);
        ASSERT_EQ(plan.parts.size(), 2U);
        EXPECT_EQ(plan.parts[0].name, "pass 1");
        EXPECT_THAT(plan.parts[0].operators, ElementsAre("a", "b", "wide"));
        EXPECT_EQ(plan.parts[0].export_path, "");
        EXPECT_EQ(plan.parts[0].parent, std::nullopt);
        EXPECT_THAT(plan.parts[1].operators, ElementsAre("c"));
        EXPECT_EQ(plan.parts[1].first_op, 3U);
        EXPECT_EQ(plan.parts[1].end_op, 4U);
        EXPECT_EQ(plan.parts[1].export_path, "/out/a.jsonl");
        EXPECT_EQ(plan.parts[1].parent, 0U);
    }
}

TEST(ReadDagPlan, NodesOfAJobWithBranches) {
    const std::vector<DagNode> nodes = {{"common", DagNodeKind::common, std::nullopt, 0, 1, {0, 1}},
                                        {"one", DagNodeKind::branch, 0, 1, 2, {0}},
                                        {"two", DagNodeKind::branch, std::nullopt, 0, 1, {1}}};
    const std::vector<DagNodeFacts> facts = {
        {{op("a")}, {"one", "two"}, "", 2, 64, {0, 4}, 2},
        {{op("b")}, {"one"}, "/out/one.jsonl", 2, 64, {3, 2}, 1},
        {{op("c")}, {"two"}, "/out/two.jsonl", 1, 64, {0, 4}, 2},
    };
    const auto plan = read_dag_plan(describe_branch_dag(nodes, facts, 7, {4, 2, 100}));
    EXPECT_TRUE(plan.has_branches());
    ASSERT_EQ(plan.parts.size(), 3U);
    EXPECT_EQ(plan.parts[0].kind, DagNodeKind::common);
    EXPECT_EQ(plan.parts[1].kind, DagNodeKind::branch);
    EXPECT_EQ(plan.parts[1].name, "one");
    EXPECT_EQ(plan.parts[1].parent, 0U);
    EXPECT_THAT(plan.parts[1].operators, ElementsAre("b"));
    EXPECT_EQ(plan.parts[1].export_path, "/out/one.jsonl");
    EXPECT_EQ(plan.parts[1].ranks, (RankWindow{3, 2}));
    EXPECT_EQ(plan.parts[1].threads, 1);
    EXPECT_EQ(plan.parts[1].weight, 2);
    EXPECT_EQ(plan.parts[2].parent, std::nullopt);
}

TEST(ReadDagPlan, DamagedPlansGiveWhatCanBeRead) {
    for (const char* text :
         {"null", "[]", "7", "{}", R"({"segments": {}})", R"({"branch_dag": 1, "segments": null})"})
        EXPECT_THAT(read_dag_plan(json::parse(text)).parts, IsEmpty()) << text;
    EXPECT_THAT(read_dag_plan(json::parse("{\"torn", nullptr, false)).parts, IsEmpty());

    const auto passes = read_dag_plan(json::parse(R"({"nodes": {"a": 1, "b": {"execution_order": 1e18},
        "c": {"execution_order": 1, "operation_name": "x"}, "d": {"execution_order": 99999999999}},
        "segments": [null, {"first_op": -3, "end_op": 18446744073709551614, "ends_in": 7}]})"));
    ASSERT_EQ(passes.parts.size(), 2U);
    for (const auto& part : passes.parts) EXPECT_LE(part.operators.size(), 1U);

    const auto nodes = read_dag_plan(json::parse(R"({"branch_dag": [1,
        {"name": "a", "parent": "a", "kind": "new", "ranks": [], "weight": "x"}, {"name": 5, "parent": "b"}]})"));
    ASSERT_EQ(nodes.parts.size(), 3U);
    for (const auto& part : nodes.parts) {
        EXPECT_EQ(part.parent, std::nullopt) << "only of those that came before";
        EXPECT_EQ(part.kind, DagNodeKind::branch);
    }
}

}  // namespace
}  // namespace dj
