// SPDX-License-Identifier: Apache-2.0
#include "dj/events/progress_events.hpp"

#include <gtest/gtest.h>

#include "dj/events/event_tally.hpp"
#include "events/event_line.hpp"

namespace dj {
namespace {

RunProgress sample() {
    RunProgress progress;
    progress.seconds = 30;
    progress.pass = 1;
    progress.passes = 3;
    progress.activity = "document_deduplicator: comparing keys";
    progress.unit = WorkUnit::keys;
    progress.done = 25;
    progress.total = 100;
    progress.recent = {10, 2'000'000};
    progress.seconds_left = 7.5;
    progress.memory_budget_bytes = 1000;
    progress.ranks = {{0.5, 300, 310, 2, 0}, {0.25, 400, 410, 3, 1}, {0.75, 200, 500, 4, 1}};
    progress.hosts = {"n1", "n2"};
    return progress;
}

EventTally tally_of(std::initializer_list<Event> events) {
    EventTally tally;
    std::uint64_t sequence = 0;
    for (Event event : events) {
        event.timestamp = 100 + static_cast<double>(sequence);
        tally.add(nlohmann::json::parse(event_json_line(event, {"job", 1, ++sequence})));
    }
    return tally;
}

TEST(ProgressEvents, AMonitorReadsBackTheLastMoment) {
    RunProgress earlier = sample();
    earlier.activity = "reading the input";
    const EventTally tally = tally_of({performance_metric_event(earlier), performance_metric_event(sample()),
                                       resource_usage_event(sample())});
    EXPECT_EQ(tally.progress,
              (NotedProgress{101, "document_deduplicator: comparing keys", 2, 3, 0.25, 10, 2e6, 7.5}));
    EXPECT_EQ(tally.usage, (NotedUsage{102, 400, 500, 1000, 9, 0.25, 0.5, 0.75, 1, "n2"}));
    EXPECT_EQ(event_tally_from_json(nlohmann::json::parse(to_json(tally).dump())), tally);
}

TEST(ProgressEvents, WhatIsNotKnownIsNotInvented) {
    RunProgress progress;
    progress.ranks.resize(2);
    const EventTally tally = tally_of({performance_metric_event(progress), resource_usage_event(progress)});
    EXPECT_EQ(tally.progress.share, std::nullopt);
    EXPECT_EQ(tally.progress.seconds_left, std::nullopt);
    EXPECT_EQ(tally.usage.busy_least, std::nullopt);
    EXPECT_EQ(event_tally_from_json(to_json(tally)), tally);
}

TEST(ProgressEvents, FiguresOfPartsAreNoMoments) {
    const EventTally tally =
        tally_of({performance_metric_event(ActivityFigures{"reading the input", 0, 2, 10, 100}),
                  performance_metric_event(StepCount{.name = "a_filter", .rows_in = 5, .cpu_seconds = 1}, 3),
                  node_usage_events(sample(), 10).front()});
    EXPECT_EQ(tally.progress.timestamp, 0);
    EXPECT_EQ(tally.usage.timestamp, 0);
}

TEST(ProgressEvents, RatesOfAnActivityAndOfAnOperator) {
    const auto activity = performance_metric_event(ActivityFigures{"reading the input", 0, 2, 10, 100});
    EXPECT_EQ(activity.type, "performance_metric");
    EXPECT_EQ(activity.fields.at("metadata").at("scope"), "activity");
    EXPECT_EQ(activity.fields.at("metadata").at("rows_per_second"), 5.0);
    EXPECT_EQ(activity.fields.at("metadata").at("bytes_per_second"), 50.0);
    const auto at_once = performance_metric_event(ActivityFigures{"x", 0, 0, 10, 100});
    EXPECT_EQ(at_once.fields.at("metadata").at("rows_per_second"), 0.0);

    const auto op = performance_metric_event(
        StepCount{.name = "a_filter", .rows_in = 8, .bytes_in = 400, .cpu_seconds = 4}, 3);
    EXPECT_EQ(op.fields.at("operation_name"), "a_filter");
    EXPECT_EQ(op.fields.at("operation_idx"), 3);
    EXPECT_EQ(op.fields.at("metadata").at("rows_per_second_per_core"), 2.0);
    EXPECT_EQ(op.fields.at("metadata").at("bytes_per_second_per_core"), 100.0);
}

TEST(ProgressEvents, OneForEachNodeUnlessThereAreTooMany) {
    const auto events = node_usage_events(sample(), 2);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[1].type, "resource_usage");
    EXPECT_EQ(events[1].rank, 1);
    EXPECT_EQ(events[1].fields.at("host"), "n2");
    const auto& figures = events[1].fields.at("metadata");
    EXPECT_EQ(figures.at("scope"), "node");
    EXPECT_EQ(figures.at("ranks"), 2);
    EXPECT_EQ(figures.at("rss_bytes"), 600);
    EXPECT_EQ(figures.at("peak_rss_bytes"), 500);
    EXPECT_EQ(figures.at("cpu_seconds"), 7.0);
    EXPECT_TRUE(node_usage_events(sample(), 1).empty());
}

}  // namespace
}  // namespace dj
