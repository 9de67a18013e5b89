// SPDX-License-Identifier: Apache-2.0
// What rank 0 tells of a whole run while it runs, and leaves in the event log.
#include "run/run_job_fixture.hpp"

namespace dj {
namespace {

class KeptEvents : public EventSink {
public:
    void record(Event event) override {
        const std::lock_guard lock(mutex_);
        events_.push_back(std::move(event));
    }
    [[nodiscard]] std::vector<nlohmann::json> metadata(const std::string& type, const std::string& scope) {
        const std::lock_guard lock(mutex_);
        std::vector<nlohmann::json> found;
        for (const Event& event : events_) {
            if (event.type == type && event.fields.at("metadata").at("scope") == scope)
                found.push_back(event.fields.at("metadata"));
        }
        return found;
    }

private:
    std::mutex mutex_;
    std::vector<Event> events_;
};

class RunProgressTest : public RunJob {
protected:
    void watch(double interval_seconds) {
        input_.events = &events_;
        input_.progress = {[this](const RunProgress& progress) { looks_.push_back(progress); },
                           interval_seconds};
    }

    KeptEvents events_;
    std::vector<RunProgress> looks_;
};

TEST_F(RunProgressTest, TheEndIsToldOfAllRanks) {
    ops({{"text_length_filter", {{"min_len", 12}}},
         {"document_deduplicator", nlohmann::json::object()},
         {"topk_specified_field_selector", {{"field_key", "id"}, {"topk", 100}}}});
    const std::vector<Row> rows = make_rows(1500);
    input(join(rows), 9);
    watch(0.05);
    const JobResult result = run();
    expect_done(result);
    if (!world_.is_root()) return;

    const auto usage = events_.metadata("resource_usage", "job");
    ASSERT_FALSE(usage.empty());
    EXPECT_EQ(usage.back().at("ranks"), world_.size());
    EXPECT_GT(usage.back().at("cpu_seconds"), 0.0);
    EXPECT_GE(usage.back().at("rss_bytes"), usage.back().at("largest_rank_rss_bytes"));
    const auto nodes = events_.metadata("resource_usage", "node");
    ASSERT_EQ(nodes.size(), 1U);
    EXPECT_EQ(nodes[0].at("ranks"), world_.size()) << "every rank's last pulse has come";

    std::vector<std::string> names;
    for (const auto& activity : events_.metadata("performance_metric", "activity")) {
        names.push_back(activity.at("activity"));
        EXPECT_GT(activity.at("rows"), 0) << names.back();
    }
    EXPECT_THAT(names,
                ElementsAre("reading the input", "document_deduplicator: comparing keys",
                            "topk_specified_field_selector", "topk_specified_field_selector: ordering keys",
                            "topk_specified_field_selector: moving rows", "writing the output"));
    const auto reading = events_.metadata("performance_metric", "activity").front();
    EXPECT_EQ(reading.at("rows"), rows.size());
    EXPECT_EQ(reading.at("bytes"), join(rows).size());
    const auto operations = events_.metadata("performance_metric", "operation");
    ASSERT_EQ(operations.size(), 3U);
    for (std::size_t i = 0; i < operations.size(); ++i) {
        EXPECT_EQ(operations[i].at("input_rows"), result.steps[i + 1].rows_in);
        EXPECT_EQ(operations[i].at("output_rows"), result.steps[i + 1].rows_out);
    }
}

TEST_F(RunProgressTest, WhoWatchesSeesTheRunAdvance) {
    ops({{"text_length_filter", {{"min_len", 12}}}, {"document_deduplicator", nlohmann::json::object()}});
    const std::string bytes = join(make_rows(200'000));
    input(bytes, 40);
    spec_.morsel_bytes = 20'000;
    watch(0.05);
    expect_done(run());
    if (!world_.is_root()) return;
    ASSERT_FALSE(looks_.empty());
    std::uint64_t rows_seen = 0;
    for (std::size_t i = 0; i < looks_.size(); ++i) {
        const RunProgress& look = looks_[i];
        EXPECT_EQ(look.passes, 2U);
        EXPECT_EQ(look.ranks.size(), static_cast<std::size_t>(world_.size()));
        EXPECT_EQ(look.steps.size(), 3U);
        EXPECT_FALSE(look.activity.empty());
        EXPECT_GE(look.steps[1].rows_in, rows_seen) << "counts never go back";
        rows_seen = look.steps[1].rows_in;
        if (look.activity == "reading the input") {
            EXPECT_EQ(look.total, bytes.size());
            EXPECT_LE(look.done, look.total);
        }
        if (i == 0) continue;
        EXPECT_GE(look.seconds, looks_[i - 1].seconds);
        EXPECT_GE(look.pass, looks_[i - 1].pass);
        if (look.activity == looks_[i - 1].activity) {
            EXPECT_GE(look.done, looks_[i - 1].done);
        }
    }
}

TEST_F(RunProgressTest, AWatcherThatThrowsDisturbsNothing) {
    ops({{"text_length_filter", {{"min_len", 12}}}});
    input(join(make_rows(2000)), 5);
    input_.progress = {[](const RunProgress&) { throw std::runtime_error("no screen"); }, 0.05};
    expect_done(run());
}

}  // namespace
}  // namespace dj
