// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "dj/plan/execution_plan.hpp"

namespace dj {
namespace {

std::vector<OpCall> pipeline() {
    return {{.name = "clean_links_mapper", .family = "mapper"},
            {.name = "text_length_filter", .params = {{"min_len", 3}}, .family = "filter"},
            {.name = "document_deduplicator", .dataset_wide = true, .family = "deduplicator"},
            {.name = "fix_unicode_mapper", .family = "mapper"}};
}

TEST(PlanSegments, CutsBehindDatasetWideOperators) {
    const auto segments = plan_segments(pipeline());
    ASSERT_EQ(segments.size(), 2U);
    EXPECT_EQ(segments[0].first_op, 0U);
    EXPECT_EQ(segments[0].end_op, 2U);
    EXPECT_TRUE(segments[0].ends_dataset_wide);
    EXPECT_EQ(segments[1].first_op, 3U);
    EXPECT_EQ(segments[1].end_op, 4U);
    EXPECT_FALSE(segments[1].ends_dataset_wide);
}

TEST(PlanSegments, EdgesOfThePipeline) {
    ASSERT_EQ(plan_segments({}).size(), 1U);
    EXPECT_FALSE(plan_segments({})[0].ends_dataset_wide);
    const OpCall wide{.name = "w", .dataset_wide = true};
    const auto two = plan_segments({wide, wide});
    ASSERT_EQ(two.size(), 3U);
    EXPECT_EQ(two[0].end_op, 0U);
    EXPECT_EQ(two[1].first_op, 1U);
    EXPECT_EQ(two[1].end_op, 1U);
    EXPECT_EQ(two[2].first_op, 2U);
    EXPECT_EQ(two[2].end_op, 2U);
}

TEST(DescribeDag, NodesCarryDataJuicersNames) {
    const auto ops = pipeline();
    const auto dag = describe_dag(ops, plan_segments(ops), 2, {3, 4, 100});
    const auto& nodes = dag["nodes"];
    EXPECT_EQ(nodes.size(), 7U);
    EXPECT_EQ(dag["metadata"]["total_nodes"], 7);
    EXPECT_EQ(dag["metadata"]["partition_count"], 2);
    EXPECT_EQ(dag["metadata"]["ranks"], 3);
    EXPECT_EQ(dag["metadata"]["collapsed"], false);

    const auto& filter = nodes.at("op_002_text_length_filter_partition_1");
    EXPECT_EQ(filter["node_id"], "op_002_text_length_filter_partition_1");
    EXPECT_EQ(filter["operation_name"], "text_length_filter");
    EXPECT_EQ(filter["node_type"], "partition_operation");
    EXPECT_EQ(filter["partition_id"], 1);
    EXPECT_EQ(filter["config"], (nlohmann::json{{"min_len", 3}}));
    EXPECT_EQ(filter["dependencies"], (nlohmann::json{"op_001_clean_links_mapper_partition_1"}));
    EXPECT_EQ(filter["execution_order"], 2);
    EXPECT_EQ(filter["estimated_duration"], 0.0);

    const auto& meeting = nodes.at("sg_002_document_deduplicator");
    EXPECT_EQ(meeting["node_type"], "scatter_gather");
    EXPECT_TRUE(meeting["partition_id"].is_null());
    EXPECT_EQ(meeting["dependencies"], (nlohmann::json{"op_002_text_length_filter_partition_0",
                                                       "op_002_text_length_filter_partition_1"}));
    EXPECT_EQ(nodes.at("op_004_fix_unicode_mapper_partition_0")["dependencies"],
              (nlohmann::json{"sg_002_document_deduplicator"}));
    EXPECT_EQ(dag["segments"][0]["ends_in"], "document_deduplicator");
    EXPECT_EQ(dag["segments"][1]["ends_in"], "export");
}

TEST(DescribeDag, ManyPartitionsAreOneNodePerOperator) {
    const auto ops = pipeline();
    const auto dag = describe_dag(ops, plan_segments(ops), 1'000'000, {1, 1, 1});
    EXPECT_EQ(dag["metadata"]["collapsed"], true);
    EXPECT_EQ(dag["nodes"].size(), 4U);
    EXPECT_EQ(dag["nodes"].at("op_001_clean_links_mapper")["node_type"], "operation");
    EXPECT_EQ(dag["nodes"].at("op_004_fix_unicode_mapper")["dependencies"],
              (nlohmann::json{"sg_002_document_deduplicator"}));
    EXPECT_EQ(dag["nodes"].at("sg_002_document_deduplicator")["dependencies"],
              (nlohmann::json{"op_002_text_length_filter"}));
}

TEST(DescribeDag, NothingToDo) {
    const auto dag = describe_dag({}, plan_segments({}), 0, {});
    EXPECT_TRUE(dag["nodes"].is_object());
    EXPECT_TRUE(dag["nodes"].empty());
}

}  // namespace
}  // namespace dj
