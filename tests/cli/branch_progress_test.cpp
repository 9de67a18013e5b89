// SPDX-License-Identifier: Apache-2.0
#include "cli/branch_progress.hpp"

#include <gmock/gmock.h>

namespace dj {
namespace {

using testing::ElementsAre;

BranchJobSpec job() {
    BranchJobSpec job;
    for (const auto* name : {"common", "quality", "html"}) {
        BranchNodeSpec node;
        node.spec.node = name;
        node.first_op = node.spec.node == "common" ? 0 : 1;
        job.nodes.push_back(std::move(node));
    }
    return job;
}

RunProgress progress(std::uint64_t done, std::uint64_t rows, double rate,
                     const std::vector<std::string>& steps) {
    RunProgress now;
    now.activity = "reading the input";
    now.pass = 1;
    now.passes = 3;
    now.done = done;
    now.total = 100;
    now.rows = rows;
    now.bytes = 10 * rows;
    now.recent.rows_per_second = rate;
    now.mean.rows_per_second = rate / 2;
    now.seconds_left = 100 - static_cast<double>(done);
    now.threads = 7;
    for (const auto& step : steps) now.steps.push_back({.name = step});
    return now;
}

std::vector<std::string> steps(const RunProgress& progress) {
    std::vector<std::string> names;
    for (const auto& step : progress.steps) names.push_back(step.name);
    return names;
}

TEST(BranchProgress, TheSumOfWhatRuns) {
    BranchProgress all(job());
    all.changed(0, NodeStatus::running);
    auto now = all.look(0, progress(45, 450, 90, {"read", "a_mapper"}));
    EXPECT_EQ(now.activity, "common 45 %");
    EXPECT_EQ(now.rows, 450U);
    EXPECT_EQ(now.threads, 7);
    EXPECT_THAT(steps(now), ElementsAre("common: read", "common: a_mapper"));

    all.changed(0, NodeStatus::complete);
    all.changed(1, NodeStatus::running);
    all.changed(2, NodeStatus::running);
    now = all.look(1, progress(30, 300, 60, {"read", "a_mapper", "b_filter"}));
    EXPECT_EQ(now.activity, "1 of 3 done, quality 30 %, html");
    now = all.look(2, progress(0, 100, 40, {"read", "a_mapper", "c_filter"}));
    EXPECT_EQ(now.activity, "1 of 3 done, quality 30 %, html 0 %");
    EXPECT_EQ(now.rows, 400U) << "what is complete is over";
    EXPECT_EQ(now.bytes, 4000U);
    EXPECT_EQ(now.recent.rows_per_second, 100);
    EXPECT_EQ(now.mean.rows_per_second, 50);
    EXPECT_EQ(now.seconds_left, 100) << "that of the slowest";
    EXPECT_EQ(now.passes, 1U);
    // Of each its own operators: those before are told by the part that ran them.
    EXPECT_THAT(steps(now),
                ElementsAre("common: read", "common: a_mapper", "quality: b_filter", "html: c_filter"));
}

TEST(BranchProgress, WhatIsOverOrWaitsIsNotShownAsRunning) {
    BranchProgress all(job());
    all.changed(0, NodeStatus::reused);
    all.changed(1, NodeStatus::failed);
    all.changed(2, NodeStatus::running);
    auto last = progress(50, 10, 1, {"read"});
    last.seconds_left.reset();
    const auto now = all.look(2, last);
    EXPECT_EQ(now.activity, "1 of 3 done, html 50 %");
    EXPECT_EQ(now.seconds_left, std::nullopt);
    EXPECT_THROW((void)all.look(3, last), std::out_of_range);
}

}  // namespace
}  // namespace dj
