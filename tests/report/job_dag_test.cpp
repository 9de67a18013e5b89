// SPDX-License-Identifier: Apache-2.0
#include "dj/report/job_dag.hpp"

#include <gmock/gmock.h>

#include "report/sample_job.hpp"

namespace dj {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kNow = kSampleStart + 30;

std::vector<std::string> statuses(const DagPicture& picture) {
    std::vector<std::string> found;
    for (const auto& node : picture.nodes) found.push_back(node.status);
    return found;
}

/// common → shared → {quality, best}, common → html
DagPlan branch_plan() {
    DagPlan plan{.parts = {}, .ranks = 4, .threads = 2};
    plan.parts = {
        {.name = "common", .kind = DagNodeKind::common, .end_op = 2, .operators = {"a", "b"}, .weight = 3},
        {.name = "shared-1", .kind = DagNodeKind::shared, .parent = 0, .first_op = 2, .end_op = 3},
        {.name = "quality",
         .kind = DagNodeKind::branch,
         .parent = 1,
         .first_op = 3,
         .end_op = 5,
         .operators = {"c", "d"},
         .export_path = "/out/quality.jsonl",
         .ranks = {3, 2},
         .threads = 1,
         .weight = 3},
        {.name = "best", .kind = DagNodeKind::branch, .parent = 1, .first_op = 3, .end_op = 4},
        {.name = "html", .kind = DagNodeKind::branch, .parent = 0, .first_op = 2, .end_op = 3}};
    return plan;
}

/// Passes [0, 2), [2, 3), [3, 3): the last only exports.
DagPlan linear_plan() {
    DagPlan plan{.parts = {}, .ranks = 1, .threads = 1};
    plan.parts = {
        {.name = "pass 1", .kind = {}, .end_op = 2, .operators = {"a", "dedup"}},
        {.name = "pass 2", .kind = {}, .parent = 0, .first_op = 2, .end_op = 3, .operators = {"top"}},
        {.name = "pass 3", .kind = {}, .parent = 1, .first_op = 3, .end_op = 3, .export_path = "/out.jsonl"}};
    return plan;
}

JobState state_of(JobStatus status) {
    JobState state;
    state.job_id = "job";
    state.summary.emplace();
    state.summary->status = status;
    state.summary->start_time = kSampleStart;
    state.summary->heartbeat = kNow - 1;
    state.summary->dataset_path = "in.jsonl";
    state.summary->input_bytes = 2'000'000;
    state.summary->partitions = 7;
    return state;
}

JobState branch_state(JobStatus status, const std::vector<BranchSummary>& branches) {
    JobState state = state_of(status);
    state.summary->branches = branches;
    return state;
}

void ran(JobState& state, const std::string& branch, std::uint64_t op, std::uint64_t in, std::uint64_t out) {
    OpTally& tally = state.events.ops[{branch, op}];
    tally.partitions = 1;
    tally.count.rows_in = in;
    tally.count.rows_out = out;
    state.events.attempt = 1;
}

TEST(JobDag, BeforeARunAllIsPlanned) {
    const auto plan = branch_plan();
    const auto picture = planned_dag(plan, "recipe.yaml", *state_of(JobStatus::running).summary);
    EXPECT_EQ(picture.title, "recipe.yaml: planned, 3 branches");
    EXPECT_EQ(picture.input, "in.jsonl, 2.0 MB, 7 partitions");
    EXPECT_THAT(statuses(picture), testing::Each("planned"));
    EXPECT_THAT(picture.edges,
                ElementsAre(std::pair(0, 1), std::pair(1, 2), std::pair(1, 3), std::pair(0, 4)));
    EXPECT_EQ(picture.nodes[2].note, "ranks 3-0, 1 thread, weight 3") << "what was asked for this branch";
    EXPECT_EQ(picture.nodes[0].note, "") << "not the weight that it has on behalf of a branch";
    EXPECT_EQ(picture.nodes[2].output, "/out/quality.jsonl");
    EXPECT_EQ(picture.nodes[0].output, "");

    EXPECT_EQ(planned_dag(linear_plan(), "r", {}).title, "r: planned, 3 passes");
    DagPlan one = linear_plan();
    one.parts.resize(1);
    EXPECT_EQ(planned_dag(one, "r", {}).title, "r: planned, 1 pass");
}

TEST(JobDag, ARunningJobShowsHowFarEachPartIs) {
    auto state = branch_state(
        JobStatus::running,
        {{.name = "html", .status = "running", .share_done = 0.25, .attempts = 1, .start_time = kNow - 12},
         {.name = "common",
          .status = "complete",
          .attempts = 1,
          .duration = 5,
          .rows_in = 100,
          .rows_out = 80},
         {.name = "quality",
          .status = "running",
          .share_done = 0.5,
          .attempts = 2,
          .start_time = kNow - 13,
          .duration = 9},
         {.name = "shared-1", .status = "reused", .duration = 4, .rows_in = 80, .rows_out = 70}});
    ran(state, "html", 2, 40, 30);
    ran(state, "quality", 3, 70, 60);
    const auto picture = job_dag(branch_plan(), state, kNow);
    EXPECT_THAT(statuses(picture), ElementsAre("complete", "reused", "running", "planned", "running"));
    EXPECT_THAT(picture.title, HasSubstr("job: running, 3 branches"));
    EXPECT_EQ(picture.nodes[0].rows_in, 100U);
    EXPECT_EQ(picture.nodes[0].rows_out, 80U);
    EXPECT_EQ(picture.nodes[0].seconds, 5);
    const auto& html = picture.nodes[4];
    EXPECT_EQ(html.share_done, 0.25);
    EXPECT_EQ(html.rows_in, 40U) << "so far";
    EXPECT_EQ(html.rows_out, 30U);
    EXPECT_EQ(html.seconds, 12);
    const auto& quality = picture.nodes[2];
    EXPECT_EQ(quality.seconds, 13) << "since the first try began";
    EXPECT_EQ(quality.rows_in, std::nullopt) << "of both tries together: nobody's rows";
    EXPECT_THAT(quality.note, HasSubstr("try 2"));
}

TEST(JobDag, FailedPartsSayWhy) {
    const auto picture =
        job_dag(branch_plan(),
                branch_state(JobStatus::completed_with_failures,
                             {{.name = "common", .status = "complete", .rows_in = 9, .rows_out = 9},
                              {.name = "shared-1",
                               .status = "failed",
                               .error_message = "No space left",
                               .attempts = 3,
                               .duration = 2},
                              {.name = "quality", .status = "skipped", .error_message = "shared-1 failed"},
                              {.name = "best", .status = "skipped", .error_message = "shared-1 failed"},
                              {.name = "html", .status = "complete"}}),
                kNow);
    EXPECT_THAT(statuses(picture), ElementsAre("complete", "failed", "skipped", "skipped", "complete"));
    EXPECT_EQ(picture.nodes[1].note, "No space left; 3 tries");
    EXPECT_EQ(picture.nodes[2].note, "shared-1 failed");
    EXPECT_EQ(picture.nodes[1].rows_out, std::nullopt);
    EXPECT_THAT(picture.title, HasSubstr("completed with failures"));
}

TEST(JobDag, WhatRanWhenTheJobDiedHasFailed) {
    auto state =
        branch_state(JobStatus::running, {{.name = "common", .status = "running", .start_time = kNow - 9},
                                          {.name = "shared-1", .status = "planned"}});
    state.owner_is_gone = true;
    const auto picture = job_dag(branch_plan(), state, kNow + 1000);
    EXPECT_THAT(statuses(picture), ElementsAre("failed", "planned", "planned", "planned", "planned"));
    EXPECT_THAT(picture.nodes[0].note, AllOf(HasSubstr("died"), HasSubstr("22:13:49")));
    EXPECT_EQ(picture.nodes[0].seconds, 8) << "until the last sign of life";
    EXPECT_EQ(picture.nodes[0].share_done, std::nullopt);

    const auto linear = job_dag(linear_plan(), state, kNow + 1000);
    EXPECT_THAT(statuses(linear), ElementsAre("failed", "planned", "planned"));
    EXPECT_THAT(linear.nodes[0].note, HasSubstr("died"));
}

TEST(JobDag, WithoutASummaryTheEventsTell) {
    JobState state;
    state.job_id = "job";
    ran(state, "html", 2, 40, 30);
    const auto picture = job_dag(branch_plan(), state, kNow);
    EXPECT_THAT(statuses(picture), testing::Each("unknown"));
    EXPECT_EQ(picture.nodes[4].rows_in, 40U);
    EXPECT_THAT(statuses(job_dag(linear_plan(), JobState{}, kNow)), testing::Each("unknown"));
    state.events.ended_by = "job_complete";
    EXPECT_THAT(statuses(job_dag(linear_plan(), state, kNow)), testing::Each("complete"));
}

TEST(JobDag, ALinearJobIsItsPasses) {
    auto state = state_of(JobStatus::completed);
    state.summary->duration = 4;
    state.summary->steps = {{.name = "read", .rows_in = 100, .rows_out = 99},
                            {.name = "a", .rows_in = 99, .rows_out = 90},
                            {.name = "dedup", .rows_in = 90, .rows_out = 80},
                            {.name = "top", .rows_in = 80, .rows_out = 50},
                            {.name = "export", .rows_in = 50, .rows_out = 50}};
    const auto picture = job_dag(linear_plan(), state, kNow);
    EXPECT_EQ(picture.title, "job: completed, 3 passes, 4.00 s");
    EXPECT_THAT(statuses(picture), testing::Each("complete"));
    EXPECT_EQ(picture.nodes[0].rows_in, 99U);
    EXPECT_EQ(picture.nodes[0].rows_out, 80U);
    EXPECT_EQ(picture.nodes[1].rows_in, 80U);
    EXPECT_EQ(picture.nodes[1].rows_out, 50U);
    EXPECT_EQ(picture.nodes[2].rows_in, 50U);
    EXPECT_EQ(picture.nodes[2].rows_out, 50U);
    EXPECT_EQ(picture.nodes[2].output, "/out.jsonl");

    DagPlan one = linear_plan();
    one.parts.resize(1);
    EXPECT_EQ(job_dag(one, state, kNow).nodes[0].seconds, 4);
}

TEST(JobDag, ALinearJobIsInThePassThatItsEventsTell) {
    auto state = state_of(JobStatus::running);
    EXPECT_THAT(statuses(job_dag(linear_plan(), state, kNow)), ElementsAre("running", "planned", "planned"));
    ran(state, "", 0, 90, 80);
    state.events.bytes_total = 100;
    state.events.bytes_done = 40;
    auto picture = job_dag(linear_plan(), state, kNow);
    EXPECT_THAT(statuses(picture), ElementsAre("running", "planned", "planned"));
    EXPECT_EQ(picture.nodes[0].share_done, 0.4);
    EXPECT_EQ(picture.nodes[0].rows_in, 90U);

    ran(state, "", 1, 80, 70);  // the deduplicator has decided
    EXPECT_THAT(statuses(job_dag(linear_plan(), state, kNow)), ElementsAre("complete", "running", "planned"));
    state.events.progress = {.timestamp = kNow, .pass = 3, .passes = 3, .share = 0.75};
    picture = job_dag(linear_plan(), state, kNow);
    EXPECT_THAT(statuses(picture), ElementsAre("complete", "complete", "running"));
    EXPECT_EQ(picture.nodes[2].share_done, 0.75);
    state.events.progress.pass = 99;
    EXPECT_THAT(statuses(job_dag(linear_plan(), state, kNow)),
                ElementsAre("complete", "complete", "running"));

    state.events.progress.pass = 2;
    state.summary->attempt = 2;  // the events are of an earlier start
    EXPECT_THAT(statuses(job_dag(linear_plan(), state, kNow)), ElementsAre("running", "planned", "planned"));
}

TEST(JobDag, ALinearJobThatFailedOrStopped) {
    auto state = state_of(JobStatus::failed);
    state.summary->error_message = "the disk is full";
    ran(state, "", 1, 80, 70);
    auto picture = job_dag(linear_plan(), state, kNow);
    EXPECT_THAT(statuses(picture), ElementsAre("complete", "failed", "skipped"));
    EXPECT_EQ(picture.nodes[1].note, "the disk is full");
    state.summary->status = JobStatus::stopped;
    EXPECT_THAT(statuses(job_dag(linear_plan(), state, kNow)), ElementsAre("complete", "stopped", "stopped"));
    state.summary->status = JobStatus::completed_with_failures;
    state.summary->failed_partitions = 2;
    picture = job_dag(linear_plan(), state, kNow);
    EXPECT_THAT(statuses(picture), testing::Each("complete"));
    EXPECT_EQ(picture.nodes[2].note, "2 partitions failed");
}

TEST(JobDag, ForScriptsEveryPartHasPlanAndFigures) {
    const auto plan = branch_plan();
    const auto state = branch_state(
        JobStatus::completed,
        {{.name = "quality", .status = "complete", .duration = 1.5, .rows_in = 7, .rows_out = 6}});
    const json parts = dag_parts_json(plan, job_dag(plan, state, kNow));
    ASSERT_EQ(parts.size(), 5U);
    EXPECT_EQ(parts[2],
              json::parse(R"({"name": "quality", "kind": "branch", "parent": "shared-1", "first_op": 3,
        "end_op": 5, "operators": ["c", "d"], "export_path": "/out/quality.jsonl", "status": "complete",
        "rows_in": 7, "rows_out": 6, "seconds": 1.5, "share_done": null, "note": null})"));
    EXPECT_TRUE(parts[0]["parent"].is_null());
    EXPECT_EQ(json(dag_parts_json(linear_plan(), planned_dag(linear_plan(), "r", {})))[0]["kind"], "pass");
}

TEST(JobDag, NothingIsDrawnOfNothing) {
    EXPECT_TRUE(job_dag({}, {}, 0).nodes.empty());
    EXPECT_TRUE(dag_parts_json({}, {}).empty());
}

}  // namespace
}  // namespace dj
