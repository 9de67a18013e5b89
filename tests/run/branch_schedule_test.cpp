// SPDX-License-Identifier: Apache-2.0
#include "run/branch_schedule.hpp"

#include <random>

#include <gmock/gmock.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

BranchNodeSpec node(std::string name, DagNodeKind kind, std::optional<std::size_t> parent, int retries = 0) {
    BranchNodeSpec node;
    node.spec.node = std::move(name);
    node.spec.retry.delays = {RetryBackoff::fixed, 10, 60, 0};
    node.kind = kind;
    node.parent = parent;
    node.max_retries = retries;
    return node;
}

/// common → shared → a, b; common → c.
BranchJobSpec tree(std::size_t max_at_once = 16, bool fail_fast = true) {
    return {{node("common", DagNodeKind::common, {}), node("shared-1", DagNodeKind::shared, 0),
             node("a", DagNodeKind::branch, 1), node("b", DagNodeKind::branch, 1),
             node("c", DagNodeKind::branch, 0)},
            fail_fast,
            max_at_once};
}

JobResult done() { return {}; }
JobResult failed(std::string error) { return {.exit = ExitCode::failed, .error = std::move(error)}; }

std::vector<NodeStatus> statuses(const BranchSchedule& schedule, std::size_t count) {
    std::vector<NodeStatus> all;
    for (std::uint32_t i = 0; i < count; ++i) all.push_back(schedule.node(i).status);
    return all;
}

BranchJobResult result_of(const BranchSchedule& schedule) {
    BranchJobResult result;
    schedule.fill(result);
    return result;
}

TEST(BranchSchedule, ChildrenFollowTheirParents) {
    const auto spec = tree();
    BranchSchedule schedule(spec);
    EXPECT_THAT(schedule.begin_ready(5), ElementsAre(0U));
    EXPECT_THAT(schedule.begin_ready(6), IsEmpty());
    schedule.ended(0, done(), 7);
    EXPECT_THAT(schedule.begin_ready(8), ElementsAre(1U, 4U));
    schedule.ended(4, done(), 9);
    EXPECT_THAT(schedule.begin_ready(9), IsEmpty());
    schedule.ended(1, done(), 10);
    EXPECT_THAT(schedule.begin_ready(11), ElementsAre(2U, 3U));
    schedule.ended(3, done(), 12);
    EXPECT_FALSE(schedule.over());
    schedule.ended(2, done(), 13);
    EXPECT_TRUE(schedule.over());
    EXPECT_THAT(schedule.take_changed(), ElementsAre(0U, 0U, 1U, 4U, 4U, 1U, 2U, 3U, 3U, 2U));
    EXPECT_THAT(schedule.take_changed(), IsEmpty());
    EXPECT_EQ(schedule.node(2).begin_seconds, 11);
    EXPECT_EQ(schedule.node(2).end_seconds, 13);
    EXPECT_EQ(schedule.node(2).tries, 1);
    EXPECT_EQ(result_of(schedule).exit, ExitCode::done);
    EXPECT_EQ(result_of(schedule).error, "");
}

TEST(BranchSchedule, NoMoreRunAtOnceThanMay) {
    BranchJobSpec spec{{}, true, 2};
    for (const auto* name : {"a", "b", "c", "d", "e"})
        spec.nodes.push_back(node(name, DagNodeKind::branch, {}));
    BranchSchedule schedule(spec);
    EXPECT_THAT(schedule.begin_ready(0), ElementsAre(0U, 1U));
    EXPECT_THAT(schedule.begin_ready(0), IsEmpty());
    schedule.ended(1, done(), 1);
    EXPECT_THAT(schedule.begin_ready(1), ElementsAre(2U));
    schedule.ended(0, done(), 2);
    schedule.ended(2, done(), 2);
    EXPECT_THAT(schedule.begin_ready(2), ElementsAre(3U, 4U));
}

TEST(BranchSchedule, AFailedNodeIsTriedAgainAfterItsDelay) {
    BranchJobSpec spec{{node("a", DagNodeKind::branch, {}, 2), node("b", DagNodeKind::branch, {})}, true, 2};
    BranchSchedule schedule(spec);
    (void)schedule.begin_ready(100);
    (void)schedule.take_changed();
    schedule.ended(0, failed("disk full"), 110);
    EXPECT_EQ(schedule.node(0).status, NodeStatus::planned);
    EXPECT_EQ(schedule.node(0).error, "disk full");
    EXPECT_EQ(schedule.node(0).next_try_seconds, 120);
    EXPECT_THAT(schedule.take_changed(), ElementsAre(0U));
    EXPECT_FALSE(schedule.over());
    EXPECT_THAT(schedule.begin_ready(119.9), IsEmpty());
    EXPECT_THAT(schedule.begin_ready(120), ElementsAre(0U));
    EXPECT_EQ(schedule.node(0).tries, 2);
    EXPECT_EQ(schedule.node(0).begin_seconds, 100);
    schedule.ended(0, failed("disk full"), 121);
    EXPECT_THAT(schedule.begin_ready(131), ElementsAre(0U));
    schedule.ended(0, done(), 140);
    EXPECT_EQ(schedule.node(0).status, NodeStatus::complete);
    EXPECT_EQ(schedule.node(0).error, "");
    EXPECT_THAT(schedule.take_stopping(), IsEmpty());  // what can be tried again stops nobody
    schedule.ended(1, done(), 141);
    EXPECT_EQ(result_of(schedule).exit, ExitCode::done);
}

TEST(BranchSchedule, WhileOneWaitsForItsTryOthersBegin) {
    BranchJobSpec spec{{node("a", DagNodeKind::branch, {}, 1), node("b", DagNodeKind::branch, {})}, false, 1};
    BranchSchedule schedule(spec);
    EXPECT_THAT(schedule.begin_ready(0), ElementsAre(0U));
    schedule.ended(0, failed("x"), 1);
    EXPECT_THAT(schedule.begin_ready(1), ElementsAre(1U));
    EXPECT_THAT(schedule.begin_ready(50), IsEmpty());  // room for one
    schedule.ended(1, done(), 51);
    EXPECT_THAT(schedule.begin_ready(51), ElementsAre(0U));
    schedule.ended(0, failed("x"), 52);
    EXPECT_EQ(schedule.node(0).status, NodeStatus::failed);
    EXPECT_EQ(result_of(schedule).exit, ExitCode::done_with_failures);
}

TEST(BranchSchedule, FailFastStopsTheOthers) {
    const auto spec = tree();
    BranchSchedule schedule(spec);
    (void)schedule.begin_ready(0);
    schedule.ended(0, done(), 1);
    (void)schedule.begin_ready(1);  // shared-1 and c
    schedule.ended(4, failed("no room"), 2);
    EXPECT_THAT(schedule.take_stopping(), ElementsAre(1U));
    EXPECT_THAT(schedule.take_stopping(), IsEmpty());
    EXPECT_THAT(schedule.begin_ready(3), IsEmpty());
    EXPECT_FALSE(schedule.over());  // it is still on its way down
    schedule.ended(1, {.exit = ExitCode::stopped, .error = "c has failed"}, 4);
    EXPECT_TRUE(schedule.over());
    EXPECT_THAT(statuses(schedule, 5),
                ElementsAre(NodeStatus::complete, NodeStatus::stopped, NodeStatus::stopped,
                            NodeStatus::stopped, NodeStatus::failed));
    EXPECT_EQ(schedule.node(2).error, "c has failed");
    EXPECT_EQ(result_of(schedule).exit, ExitCode::failed);
    EXPECT_EQ(result_of(schedule).error, "branch c: no room");
}

TEST(BranchSchedule, WhoFinishesBeforeItHearsOfTheStopIsComplete) {
    BranchJobSpec spec{{node("a", DagNodeKind::branch, {}), node("b", DagNodeKind::branch, {}, 5),
                        node("c", DagNodeKind::branch, {})},
                       true,
                       3};
    BranchSchedule schedule(spec);
    (void)schedule.begin_ready(0);
    schedule.ended(0, failed("first"), 1);
    EXPECT_THAT(schedule.take_stopping(), ElementsAre(1U, 2U));
    schedule.ended(2, done(), 2);
    schedule.ended(1, failed("second"), 2);  // on its way down nobody tries it again
    EXPECT_THAT(schedule.take_stopping(), IsEmpty());
    EXPECT_THAT(statuses(schedule, 3),
                ElementsAre(NodeStatus::failed, NodeStatus::failed, NodeStatus::complete));
    EXPECT_TRUE(schedule.over());
    EXPECT_EQ(result_of(schedule).exit, ExitCode::failed);
    EXPECT_EQ(result_of(schedule).error, "branch a: first\nbranch b: second");
}

TEST(BranchSchedule, WithoutFailFastTheOthersGoOn) {
    const auto spec = tree(16, false);
    BranchSchedule schedule(spec);
    (void)schedule.begin_ready(0);
    schedule.ended(0, done(), 1);
    (void)schedule.begin_ready(1);
    (void)schedule.take_changed();
    schedule.ended(1, failed("broken"), 2);
    EXPECT_THAT(schedule.take_changed(), ElementsAre(1U, 2U, 3U));
    EXPECT_THAT(schedule.take_stopping(), IsEmpty());
    EXPECT_EQ(schedule.node(2).status, NodeStatus::skipped);
    EXPECT_THAT(schedule.node(3).error, HasSubstr("shared-1 has failed"));
    EXPECT_EQ(schedule.node(4).status, NodeStatus::running);
    schedule.ended(4, done(), 3);
    EXPECT_TRUE(schedule.over());
    EXPECT_EQ(result_of(schedule).exit, ExitCode::done_with_failures);
    EXPECT_EQ(result_of(schedule).error, "part shared-1: broken");
}

TEST(BranchSchedule, WhenNothingIsLeftTheJobHasFailed) {
    const auto spec = tree(16, false);
    BranchSchedule schedule(spec);
    (void)schedule.begin_ready(0);
    schedule.ended(0, failed("no input"), 1);
    EXPECT_TRUE(schedule.over());
    for (std::uint32_t i = 1; i < 5; ++i) EXPECT_EQ(schedule.node(i).status, NodeStatus::skipped);
    EXPECT_EQ(result_of(schedule).exit, ExitCode::failed);
    EXPECT_EQ(result_of(schedule).error, "part common: no input");
}

TEST(BranchSchedule, AStopLeavesTheRestForLater) {
    const auto spec = tree(16, false);
    BranchSchedule schedule(spec);
    (void)schedule.begin_ready(0);
    schedule.ended(0, done(), 1);
    (void)schedule.begin_ready(1);
    schedule.stop("signal 15");
    schedule.stop("another");
    EXPECT_THAT(schedule.begin_ready(2), IsEmpty());
    EXPECT_THAT(schedule.take_stopping(), IsEmpty());  // all of them hear of it otherwise
    EXPECT_EQ(schedule.node(2).status, NodeStatus::stopped);
    schedule.ended(1, {.exit = ExitCode::stopped, .error = "signal 15"}, 3);
    schedule.ended(4, done(), 3);
    EXPECT_TRUE(schedule.over());
    EXPECT_EQ(schedule.node(4).status, NodeStatus::complete);
    EXPECT_EQ(result_of(schedule).exit, ExitCode::stopped);
    EXPECT_EQ(result_of(schedule).error, "signal 15");
}

TEST(BranchSchedule, ANodeThatStoppedByItselfStopsTheJob) {
    const auto spec = tree();
    BranchSchedule schedule(spec);
    (void)schedule.begin_ready(0);
    schedule.ended(0, {.exit = ExitCode::stopped, .error = "time is up"}, 1);
    EXPECT_TRUE(schedule.over());
    EXPECT_EQ(schedule.node(4).error, "time is up");
    EXPECT_EQ(result_of(schedule).exit, ExitCode::stopped);
    EXPECT_EQ(result_of(schedule).error, "time is up");
}

TEST(BranchSchedule, AFailureOnTheWayDownIsTriedByTheNextStart) {
    BranchJobSpec spec{{node("a", DagNodeKind::branch, {}, 5)}, true, 1};
    BranchSchedule schedule(spec);
    (void)schedule.begin_ready(0);
    schedule.stop("");
    schedule.ended(0, failed("cut off"), 1);
    EXPECT_TRUE(schedule.over());
    EXPECT_EQ(schedule.node(0).status, NodeStatus::failed);
    EXPECT_EQ(result_of(schedule).exit, ExitCode::stopped);
    EXPECT_EQ(result_of(schedule).error, "branch a: cut off");
}

TEST(BranchSchedule, WhatIsDoneDoesNotRunAgain) {
    auto spec = tree();
    spec.nodes[2].done = true;
    {
        BranchSchedule schedule(spec);  // b needs the shared part still
        EXPECT_THAT(schedule.take_changed(), ElementsAre(2U));
        EXPECT_THAT(schedule.begin_ready(0), ElementsAre(0U));
        schedule.ended(0, done(), 1);
        EXPECT_THAT(schedule.begin_ready(1), ElementsAre(1U, 4U));
    }
    spec.nodes[3].done = true;
    {
        BranchSchedule schedule(spec);
        EXPECT_THAT(schedule.begin_ready(0), ElementsAre(0U));
        schedule.ended(0, {.was_complete = true}, 1);
        EXPECT_EQ(schedule.node(0).status, NodeStatus::reused);
        EXPECT_THAT(schedule.begin_ready(1), ElementsAre(4U));
        EXPECT_EQ(schedule.node(1).status, NodeStatus::reused);
    }
    spec.nodes[4].done = true;
    BranchSchedule schedule(spec);
    EXPECT_TRUE(schedule.over());
    EXPECT_THAT(schedule.begin_ready(0), IsEmpty());
    EXPECT_EQ(result_of(schedule).exit, ExitCode::done);
}

TEST(BranchSchedule, FailedPartitionsOfANodeShowInTheExit) {
    BranchJobSpec spec{{node("common", DagNodeKind::common, {}), node("a", DagNodeKind::branch, 0)}, true, 1};
    BranchSchedule schedule(spec);
    (void)schedule.begin_ready(0);
    schedule.ended(0, {.exit = ExitCode::done_with_failures}, 1);
    EXPECT_EQ(schedule.node(0).status, NodeStatus::complete);
    EXPECT_THAT(schedule.begin_ready(1), ElementsAre(1U));
    schedule.ended(1, done(), 2);
    EXPECT_EQ(result_of(schedule).exit, ExitCode::done_with_failures);
}

/// Whatever fails, stops and when: the job comes to an end, and nothing runs without the rows it takes.
TEST(BranchSchedule, AlwaysComesToAnEnd) {
    std::mt19937 random(5);
    for (int round = 0; round < 3000; ++round) {
        BranchJobSpec spec{{}, random() % 2 == 0, 1 + random() % 4};
        for (std::uint32_t i = 0; i < 2 + random() % 10; ++i) {
            std::optional<std::size_t> parent;
            if (i > 0 && random() % 3 != 0) parent = random() % i;
            if (parent && spec.nodes[*parent].kind == DagNodeKind::branch) parent.reset();
            const auto kind = random() % 3 == 0 ? DagNodeKind::shared : DagNodeKind::branch;
            spec.nodes.push_back(node("n" + std::to_string(i), kind, parent, static_cast<int>(random() % 3)));
            spec.nodes.back().done = kind == DagNodeKind::branch && random() % 6 == 0;
        }
        BranchSchedule schedule(spec);
        std::vector<std::uint32_t> running;
        double now = 0;
        for (int step = 0; !schedule.over(); ++step) {
            ASSERT_LT(step, 1000);
            for (const auto begun : schedule.begin_ready(now += 7)) {
                const auto parent = spec.nodes[begun].parent;
                const auto before =
                    parent ? schedule.node(static_cast<std::uint32_t>(*parent)).status : NodeStatus::complete;
                EXPECT_TRUE(before == NodeStatus::complete || before == NodeStatus::reused);
                EXPECT_LE(schedule.node(begun).tries, 1 + spec.nodes[begun].max_retries);
                running.push_back(begun);
            }
            EXPECT_LE(running.size(), spec.max_at_once);
            if (random() % 40 == 0) schedule.stop("enough");
            if (running.empty()) continue;
            const auto which = random() % running.size();
            const auto ends = running[which];
            running.erase(running.begin() + static_cast<std::ptrdiff_t>(which));
            schedule.ended(ends, random() % 3 == 0 ? failed("x") : done(), now);
        }
        EXPECT_TRUE(running.empty());
        bool good = true;
        for (std::uint32_t i = 0; i < spec.nodes.size(); ++i) {
            const auto status = schedule.node(i).status;
            good = good && (status == NodeStatus::complete || status == NodeStatus::reused);
            EXPECT_EQ(schedule.node(i).error.empty(),
                      status == NodeStatus::complete || status == NodeStatus::reused);
        }
        const auto exit = result_of(schedule).exit;
        EXPECT_TRUE(exit == ExitCode::done ? good : !good || exit == ExitCode::stopped);
        if (HasFailure()) break;
    }
}

}  // namespace
}  // namespace dj
