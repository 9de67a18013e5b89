// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "dj/report/live_views.hpp"
#include "report/sample_progress.hpp"

namespace dj {
namespace {

TEST(ProgressLine, SaysItAllInOneLine) {
    EXPECT_EQ(
        progress_line(sample_progress(4)),
        "1:02  pass 1 of 2, reading the input, 33 %; 4.0 GB of 12.0 GB, 1,234,567 rows; 70.0 MB/s, 20,000 "
        "rows/s; ~1 min 55 s left in this pass; cpu 34/91/92 % (least/median/most); memory 500.0 MB");
}

TEST(ProgressLine, LeavesOutWhatIsNotKnown) {
    RunProgress progress;
    progress.seconds = 3725;
    progress.activity = "making the output\ndurable";
    EXPECT_EQ(progress_line(progress), "1:02:05  making the output\\ndurable");
    progress = sample_progress(1);
    progress.passes = 1;
    progress.seconds_left = 0.3;
    progress.recent = {};
    EXPECT_EQ(progress_line(progress),
              "1:02  reading the input, 33 %; 4.0 GB of 12.0 GB, 1,234,567 rows; ~1 s left; cpu 90 %; memory "
              "500.0 MB");
}

TEST(ProgressLine, AsAnObject) {
    const auto json = progress_json(sample_progress(4));
    EXPECT_EQ(json.at("message"), progress_line(sample_progress(4)));
    const auto& progress = json.at("progress");
    EXPECT_EQ(progress.at("pass"), 1);
    EXPECT_EQ(progress.at("unit"), "bytes");
    EXPECT_EQ(progress.at("done"), 4'000'000'000);
    EXPECT_EQ(progress.at("rows_per_second"), 20'000.0);
    EXPECT_EQ(progress.at("load").at("busy_least"), 0.34);
    EXPECT_EQ(progress.at("load").at("least_busy_rank"), 3);
    EXPECT_EQ(progress.at("steps").at(2).at("dropped"), 234'560);
    EXPECT_TRUE(progress_json(RunProgress{}).at("progress").at("share").is_null());
}

}  // namespace
}  // namespace dj
