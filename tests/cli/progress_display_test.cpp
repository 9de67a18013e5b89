// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_display.hpp"

#include <gmock/gmock.h>

namespace dj {
namespace {

/// What it says of a job that has run for ten minutes, on both channels.
std::string said(ProgressDisplay::Form form) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    {
        ProgressDisplay display(form, "job");
        RunProgress progress;
        progress.seconds = 600;
        progress.activity = "reading the input";
        progress.total = progress.done = 1234;
        display.look(progress);  // as jobs with branches do, also where nobody watches
        display.finish();
    }
    const std::string out = testing::internal::GetCapturedStdout();
    return out + testing::internal::GetCapturedStderr();
}

TEST(ProgressDisplay, SaysWhatWasAskedFor) {
    EXPECT_EQ(said(ProgressDisplay::Form::none), "");
    EXPECT_THAT(said(ProgressDisplay::Form::people), testing::HasSubstr("10:00"));
    EXPECT_THAT(said(ProgressDisplay::Form::json), testing::HasSubstr("1234"));
}

}  // namespace
}  // namespace dj
