// SPDX-License-Identifier: Apache-2.0
#include "cli/branch_book.hpp"

#include <functional>

#include <gmock/gmock.h>

#include "events/scratch_folder.hpp"

namespace dj {
namespace {

using nlohmann::json;
using testing::ElementsAre;

BranchNodeSpec node(std::string name, DagNodeKind kind, std::optional<std::size_t> parent,
                    std::size_t first_op, const std::vector<std::string>& ops) {
    BranchNodeSpec node;
    node.spec.node = std::move(name);
    node.kind = kind;
    node.parent = parent;
    node.first_op = first_op;
    for (const auto& op : ops) node.spec.ops.push_back({.name = op});
    return node;
}

/// Read 10 of which one is faulty, and each operator drops one.
std::vector<StepCount> steps_of(const JobSpec& spec) {
    std::vector<StepCount> steps{{.name = "read", .rows_in = 10, .rows_out = 9, .quarantined = 1}};
    const auto add = [&](const std::string& name, std::uint64_t dropped) {
        const std::uint64_t rows = steps.back().rows_out;
        steps.push_back({.name = name, .rows_in = rows, .rows_out = rows - dropped, .dropped = dropped});
    };
    for (const OpCall& op : spec.ops) add(op.name, 1);
    add("export", 0);
    return steps;
}

class BranchBookTest : public testing::Test {
protected:
    BranchBookTest() { layout_.create_folders(*files_); }

    /// common: c; shared-1: s, of a and b; d by itself.
    [[nodiscard]] BranchJobSpec job() const {
        BranchJobSpec job{{node("common", DagNodeKind::common, {}, 0, {"c"}),
                           node("shared-1", DagNodeKind::shared, 0, 1, {"c", "s"}),
                           node("a", DagNodeKind::branch, 1, 2, {"c", "s", "x"}),
                           node("b", DagNodeKind::branch, 1, 2, {"c", "s"}),
                           node("d", DagNodeKind::branch, 0, 1, {"c", "y"})},
                          true,
                          4};
        for (BranchNodeSpec& one : job.nodes) settle(one);
        return job;
    }
    void settle(BranchNodeSpec& one) const {
        if (one.kind != DagNodeKind::branch) return;
        one.spec.output.path = folder_ / (one.spec.node + ".jsonl");
        one.spec.output_identity.clear();
        for (const OpCall& op : one.spec.ops) one.spec.output_identity += op.name;
    }
    /// The node has run to its end.
    [[nodiscard]] NodeResult complete(const BranchNodeSpec& one) const {
        NodeResult state;
        state.status = NodeStatus::complete;
        state.tries = 1;
        state.begin_seconds = 100;
        state.end_seconds = 103;
        JobResult& result = state.result;
        result.steps = steps_of(one.spec);
        result.records_read = 10;
        result.input_bytes = 1000;
        result.exported = result.steps.back().rows_out;
        result.quarantined = 1;
        result.counts_add_up = true;
        result.compute_seconds = 2;
        if (one.kind != DagNodeKind::branch) return state;
        const std::string rows(result.exported, '\n');
        const std::string path = one.spec.output.path.string();
        replace_file(*files_, path, rows, 1);
        result.outputs = {{path, result.exported, rows.size()}};
        result.output_bytes = rows.size();
        return state;
    }
    void run_all(BranchJobSpec& job) const {
        BranchBook book(*files_, layout_, job);
        for (std::size_t i = 0; i < job.nodes.size(); ++i) book.changed(i, complete(job.nodes[i]));
    }
    /// Which branches a start of the job would not run again.
    [[nodiscard]] std::vector<std::string> done(BranchJobSpec job) const {
        const BranchBook book(*files_, layout_, job);
        std::vector<std::string> names;
        for (const BranchNodeSpec& one : job.nodes) {
            if (one.done) names.push_back(one.spec.node);
        }
        return names;
    }
    [[nodiscard]] std::filesystem::path record(const std::string& branch) const {
        return layout_.of_branch(branch).branch_record();
    }

    const ScratchFolder folder_;
    const std::unique_ptr<FileSystem> files_ = make_local_file_system();
    const JobLayout layout_{JobPlaces{.work_dir = folder_.path(), .job_id = "j"}};
};

TEST_F(BranchBookTest, ANewJobHasDoneNothing) {
    auto spec = job();
    const BranchBook book(*files_, layout_, spec);
    EXPECT_THAT(done(job()), ElementsAre());
    const auto nodes = book.summaries();
    ASSERT_EQ(nodes.size(), 5U);
    EXPECT_EQ(nodes[1].name, "shared-1");
    EXPECT_EQ(nodes[1].kind, "shared");
    EXPECT_EQ(nodes[1].parent, "common");
    EXPECT_EQ(nodes[1].status, "planned");
    EXPECT_THAT(nodes[1].operators, ElementsAre("s"));
    EXPECT_EQ(nodes[1].output_path, "");
    EXPECT_EQ(nodes[2].output_path, folder_ / "a.jsonl");
}

TEST_F(BranchBookTest, FiguresOfNodesAreTheirOwn) {
    auto spec = job();
    BranchBook book(*files_, layout_, spec);
    book.changed(0, complete(spec.nodes[0]));
    book.changed(1, complete(spec.nodes[1]));
    book.changed(2, complete(spec.nodes[2]));
    const auto nodes = book.summaries();
    ASSERT_EQ(nodes[1].steps.size(), 1U);
    EXPECT_EQ(nodes[1].steps[0].name, "s");
    EXPECT_EQ(nodes[1].rows_in, 8U);
    EXPECT_EQ(nodes[1].rows_out, 7U);
    ASSERT_EQ(nodes[2].steps.size(), 2U);
    EXPECT_EQ(nodes[2].steps[0].name, "x");
    EXPECT_EQ(nodes[2].steps[1].name, "export");
    EXPECT_EQ(nodes[2].rows_in, 7U);
    EXPECT_EQ(nodes[2].rows_out, 6U);
    EXPECT_EQ(nodes[2].duration, 3);
    EXPECT_EQ(nodes[2].cpu_seconds, 2);
    EXPECT_EQ(nodes[2].output_bytes, 6U);
}

TEST_F(BranchBookTest, FinishedBranchesAreKnownAgain) {
    auto first = job();
    run_all(first);
    EXPECT_THAT(done(job()), ElementsAre("a", "b", "d"));

    auto again = job();
    const BranchBook book(*files_, layout_, again);
    const auto nodes = book.summaries();
    EXPECT_EQ(nodes[2].status, "reused");
    EXPECT_EQ(nodes[2].rows_out, 6U);
    EXPECT_EQ(nodes[1].rows_out, 7U) << "what is shared, and does not run";
    const JobResult total = book.total({});
    EXPECT_EQ(total.records_read, 10U);
    EXPECT_EQ(total.input_bytes, 1000U);
    EXPECT_EQ(total.quarantined, 1U);
    EXPECT_EQ(total.exported, 6U + 7U + 7U);
    EXPECT_TRUE(total.counts_add_up);
    ASSERT_EQ(total.outputs.size(), 3U);
    ASSERT_EQ(total.steps.size(), 2U);
    EXPECT_EQ(total.steps[1].name, "c");
}

TEST_F(BranchBookTest, TheTotalCountsWhatIsSharedOnce) {
    auto spec = job();
    BranchBook book(*files_, layout_, spec);
    BranchJobResult result;
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        result.nodes.push_back(complete(spec.nodes[i]));
        book.changed(i, result.nodes.back());
    }
    const JobResult total = book.total(result);
    EXPECT_EQ(total.records_read, 10U);
    EXPECT_EQ(total.quarantined, 1U);
    EXPECT_EQ(total.exported, 20U);
    EXPECT_EQ(total.output_bytes, 20U);
    EXPECT_TRUE(total.counts_add_up);
}

TEST_F(BranchBookTest, AFailedBranchExportsNothing) {
    auto spec = job();
    BranchBook book(*files_, layout_, spec);
    for (const std::size_t i : {0U, 1U, 2U, 3U}) book.changed(i, complete(spec.nodes[i]));
    NodeResult failed = complete(spec.nodes[4]);
    failed.status = NodeStatus::failed;
    failed.error = "no room";
    book.changed(4, failed);
    EXPECT_TRUE(book.total({}).counts_add_up);
    EXPECT_EQ(book.total({}).exported, 13U);
    EXPECT_EQ(book.summaries()[4].error_message, "no room");
    EXPECT_THAT(done(job()), ElementsAre("a", "b"));
}

TEST_F(BranchBookTest, EditedAddedAndRemovedBranches) {
    auto first = job();
    run_all(first);
    auto edited = job();
    edited.nodes[4].spec.ops.back().name = "z";
    settle(edited.nodes[4]);
    edited.nodes.push_back(node("new", DagNodeKind::branch, 0, 1, {"c", "n"}));
    settle(edited.nodes.back());
    edited.nodes.erase(edited.nodes.begin() + 3);  // b
    EXPECT_THAT(done(edited), ElementsAre("a"));
    EXPECT_TRUE(files_->info(record("b"))) << "all of a removed branch stays";
}

TEST_F(BranchBookTest, WhatIsSharedMayBeCutOtherwiseThanBefore) {
    auto first = job();
    run_all(first);
    BranchJobSpec alone{{first.nodes[0], node("a", DagNodeKind::branch, 0, 1, {"c", "s", "x"})}, true, 4};
    settle(alone.nodes[1]);
    const BranchBook book(*files_, layout_, alone);
    const auto nodes = book.summaries();
    EXPECT_EQ(nodes[1].status, "reused");
    EXPECT_EQ(nodes[1].parent, "common");
    EXPECT_THAT(nodes[1].operators, ElementsAre("s", "x"));
    ASSERT_EQ(nodes[1].steps.size(), 3U);
    EXPECT_EQ(nodes[1].steps[0].name, "s");
    EXPECT_EQ(nodes[1].rows_in, 8U);
    EXPECT_EQ(nodes[0].rows_out, 8U);
}

TEST_F(BranchBookTest, AnOutputThatIsGoneOrAnotherIsMadeAgain) {
    auto first = job();
    run_all(first);
    std::filesystem::remove(folder_ / "a.jsonl");
    replace_file(*files_, folder_ / "b.jsonl", "12345678", 1);
    EXPECT_THAT(done(job()), ElementsAre("d"));
    std::filesystem::create_directory(folder_ / "a.jsonl");
    EXPECT_THAT(done(job()), ElementsAre("d"));
}

TEST_F(BranchBookTest, OnlyAWholeRunIsRemembered) {
    auto spec = job();
    BranchBook book(*files_, layout_, spec);
    NodeResult state = complete(spec.nodes[2]);
    state.result.exit = ExitCode::done_with_failures;  // partitions are missing
    book.changed(2, state);
    state = complete(spec.nodes[4]);
    state.status = NodeStatus::stopped;
    book.changed(4, state);
    EXPECT_THAT(done(job()), ElementsAre());
}

TEST_F(BranchBookTest, ADamagedRecordIsNone) {
    auto first = job();
    run_all(first);
    const std::string whole = *read_whole_file(*files_, record("a"));
    ASSERT_THAT(done(job()), ElementsAre("a", "b", "d"));
    for (std::size_t size = 0; size + 2 < whole.size(); size += 7) {
        replace_file(*files_, record("a"), whole.substr(0, size), 1);
        EXPECT_THAT(done(job()), ElementsAre("b", "d")) << size;
    }
    const json good = json::parse(whole);
    const std::vector<std::function<void(json&)>> damages{
        [](json& record) { record = nullptr; },
        [](json& record) {
            record = json::array({1, 2});
        },
        [](json& record) { record["output_identity"] = 5; },
        [](json& record) { record["outputs"] = "a.jsonl"; },
        [](json& record) { record["outputs"] = json::array(); },
        [](json& record) {
            record["outputs"] = json::array({nullptr, 7});
        },
        [](json& record) { record["outputs"][0]["path"] = 1; },
        [](json& record) { record["outputs"][0]["bytes"] = "many"; },
        [](json& record) { record.erase("outputs"); },
        [](json& record) { record.erase("summary"); },
        [](json& record) { record["records_read"] = json::object(); }};
    for (std::size_t i = 0; i < damages.size(); ++i) {
        json damaged = good;
        damages[i](damaged);
        replace_file(*files_, record("a"), damaged.dump(), 1);
        EXPECT_THAT(done(job()), ElementsAre("b", "d")) << i;
    }
}

TEST_F(BranchBookTest, HowFarARunningNodeIs) {
    auto spec = job();
    BranchBook book(*files_, layout_, spec);
    NodeResult running;
    running.status = NodeStatus::running;
    book.changed(0, running);
    RunProgress progress;
    progress.pass = 1;
    progress.passes = 2;
    progress.done = 50;
    progress.total = 100;
    book.look(0, progress);
    EXPECT_EQ(book.summaries()[0].share_done, 0.75);
    progress.passes = 0;  // nothing is known yet
    progress.total = 0;
    book.look(0, progress);
    book.changed(0, complete(spec.nodes[0]));
    EXPECT_EQ(book.summaries()[0].share_done, 0);
}

}  // namespace
}  // namespace dj
