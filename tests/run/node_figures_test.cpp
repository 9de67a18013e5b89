// SPDX-License-Identifier: Apache-2.0
#include "run/node_figures.hpp"

#include <gmock/gmock.h>

namespace dj {
namespace {

using nlohmann::json;
using testing::HasSubstr;

BranchNodeSpec branch() {
    BranchNodeSpec node;
    node.spec.node = "quality";
    for (const auto* name : {"clean_links_mapper", "text_length_filter", "document_deduplicator"})
        node.spec.ops.push_back({.name = name});
    node.spec.output.path = "/out/quality.jsonl";
    node.first_op = 1;
    node.parent = 0;
    node.branches = {"quality"};
    return node;
}

/// Read 100, the mapper left 99, the filter 70, the deduplicator 60.
NodeResult ended(NodeStatus status) {
    NodeResult state;
    state.status = status;
    state.tries = 2;
    state.begin_seconds = 1000;
    state.end_seconds = 1012.5;
    state.result.compute_seconds = 40;
    for (const std::uint64_t rows : {100U, 99U, 70U, 60U, 60U}) {
        state.result.steps.emplace_back();
        state.result.steps.back().rows_out = rows;
    }
    state.result.exported = 60;
    state.result.output_bytes = 4096;
    state.result.peak_row_bytes = 77;
    return state;
}

TEST(NodeFigures, OfABranch) {
    const auto figures = node_figures(branch(), ended(NodeStatus::complete));
    EXPECT_EQ(figures.name, "quality");
    EXPECT_TRUE(figures.is_branch);
    EXPECT_THAT(figures.operators, testing::ElementsAre("text_length_filter", "document_deduplicator"));
    EXPECT_EQ(figures.output, "/out/quality.jsonl");
    EXPECT_EQ(figures.attempt, 2);
    EXPECT_EQ(figures.seconds, 12.5);
    EXPECT_EQ(figures.compute_seconds, 40);
    EXPECT_EQ(figures.rows_in, 99U);
    EXPECT_EQ(figures.rows_out, 60U);
    EXPECT_EQ(figures.output_bytes, 4096U);
    EXPECT_EQ(figures.peak_memory_bytes, 77U);
}

TEST(NodeFigures, OfASharedPart) {
    auto spec = branch();
    spec.kind = DagNodeKind::common;
    spec.first_op = 0;
    spec.branches = {"quality", "web"};
    const auto figures = node_figures(spec, ended(NodeStatus::complete));
    EXPECT_FALSE(figures.is_branch);
    EXPECT_EQ(figures.output, "");
    EXPECT_EQ(figures.rows_in, 100U);
    EXPECT_THAT(figures.branches, testing::ElementsAre("quality", "web"));
}

TEST(NodeFigures, OfANodeThatNeverRan) {
    auto spec = branch();
    spec.first_op = 3;  // nothing of its own
    const auto figures = node_figures(spec, NodeResult{});
    EXPECT_TRUE(figures.operators.empty());
    EXPECT_EQ(figures.seconds, 0);
    EXPECT_EQ(figures.rows_in, 0U);
}

TEST(NodeEvent, TellsWhatBecameOfTheNode) {
    const auto spec = branch();
    EXPECT_EQ(node_event(spec, NodeResult{}), std::nullopt);

    auto state = ended(NodeStatus::running);
    auto event = node_event(spec, state);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->type, "branch_start");
    EXPECT_EQ(event->fields["branch"], "quality");
    EXPECT_EQ(event->fields["output_path"], "/out/quality.jsonl");

    event = node_event(spec, ended(NodeStatus::complete));
    EXPECT_EQ(event->type, "branch_complete");
    EXPECT_EQ(event->fields["status"], "completed");
    EXPECT_EQ(event->fields["input_rows"], 99);
    EXPECT_EQ(event->fields["output_rows"], 60);
    EXPECT_EQ(event->fields["duration"], 12.5);
    EXPECT_EQ(event->fields["metadata"]["cpu_seconds"], 40);
    EXPECT_EQ(event->fields["metadata"]["attempt"], 2);
    EXPECT_EQ(node_event(spec, ended(NodeStatus::reused))->fields["status"], "reused");

    for (const auto status : {NodeStatus::failed, NodeStatus::skipped, NodeStatus::stopped}) {
        state.status = status;
        state.error = "no room";
        event = node_event(spec, state);
        EXPECT_EQ(event->type, "branch_failed");
        EXPECT_EQ(event->fields["status"], std::string(to_string(status)));
        EXPECT_EQ(event->fields["error_message"], "no room");
    }

    state.status = NodeStatus::planned;
    state.next_try_seconds = 1020;
    event = node_event(spec, state);
    EXPECT_EQ(event->type, "branch_retry");
    EXPECT_EQ(event->fields["retry_count"], 2);
    EXPECT_EQ(event->fields["metadata"]["delay_seconds"], 7.5);
    EXPECT_THAT(event->message, HasSubstr("in 7.5s"));
}

TEST(NodeEvent, OfASharedPart) {
    auto spec = branch();
    spec.kind = DagNodeKind::shared;
    EXPECT_EQ(node_event(spec, ended(NodeStatus::running))->type, "dag_node_start");
    EXPECT_EQ(node_event(spec, ended(NodeStatus::complete))->type, "dag_node_complete");
    EXPECT_EQ(node_event(spec, ended(NodeStatus::failed))->type, "dag_node_failed");
    EXPECT_FALSE(node_event(spec, ended(NodeStatus::complete))->fields.contains("output_path"));
}

}  // namespace
}  // namespace dj
