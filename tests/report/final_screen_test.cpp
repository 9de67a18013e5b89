// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "dj/report/job_views.hpp"
#include "report/sample_job.hpp"

namespace dj {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class FinalScreenTest : public testing::Test {
protected:
    FinalScreenTest() { set_done(summary_); }
    std::string screen() { return final_screen(summary_, {.width = 110}); }

    JobSummary summary_ = sample_summary(JobLayout({.work_dir = "/work_dir", .job_id = "sample"}));
};

TEST_F(FinalScreenTest, SaysWhatBecameOfEveryRow) {
    EXPECT_EQ(
        screen(),
        "sample done in 12.5 s (2 ranks x 4 threads)\n"
        "\n"
        "  step                                rows in  rows out  dropped  quarantined  core s  MB/s/core\n"
        "  read                                  1,000       990                    10    0.01        500\n"
        "   1 whitespace_normalization_mapper      990       990                          0.50        8.0\n"
        "   2 text_length_filter                   990       900       90                 0.12       32.0\n"
        "  export                                  900       900\n"
        "\n"
        "rows        read 1,000 + made 0 = exported 900 + dropped 90 + merged 0 + quarantined 10\n"
        "speed       5.0 MB in, 3.6 MB out; 80.0 rows/s, 0.40 MB/s over the whole job\n"
        "memory      123.5 MB at most on one rank\n"
        "output      /data/out/result.jsonl  900 rows, 3.6 MB\n"
        "quarantine  /work_dir/sample/results/quarantine.jsonl  10 rows\n"
        "summary     /work_dir/sample/job_summary.json\n"
        "next        dj-tools quarantine sample\n");
}

TEST_F(FinalScreenTest, AMismatchIsLoud) {
    summary_.counts_add_up = false;
    EXPECT_THAT(screen(), HasSubstr("do not add up"));
}

TEST_F(FinalScreenTest, AFailedJobSaysWhyAndHowToGoOn) {
    summary_.status = JobStatus::failed;
    summary_.error_message = "write /data: No space left\nFree space there and run the command below.";
    const auto text = screen();
    EXPECT_THAT(text, StartsWith("sample failed after 12.5 s"));
    EXPECT_THAT(text, HasSubstr("error       write /data: No space left\n"
                                "            Free space there and run the command below.\n"));
    EXPECT_THAT(text, HasSubstr("to go on    dj-mpi --config recipe.yaml --job_id sample\n"));
}

TEST_F(FinalScreenTest, WhichBranchesTheCommandRuns) {
    summary_.status = JobStatus::completed_with_failures;
    summary_.branches = {{.name = "common", .kind = "common", .status = "complete"},
                         {.name = "good", .kind = "branch", .status = "complete"}};
    EXPECT_THAT(screen(), Not(HasSubstr("what is complete stays")));
    summary_.branches.push_back({.name = "bad", .kind = "branch", .status = "failed"});
    EXPECT_THAT(screen(), HasSubstr("            runs bad; what is complete stays\n"));
    for (int i = 0; i < 8; ++i)
        summary_.branches.push_back({.name = fmt::format("b{}", i), .kind = "branch", .status = "stopped"});
    EXPECT_THAT(screen(), HasSubstr("runs bad, b0, b1, b2, b3 and 4 more; what is complete stays"));
    summary_.branches[1].status = "skipped";
    EXPECT_THAT(screen(), Not(HasSubstr("what is complete stays"))) << "nothing is";
}

TEST_F(FinalScreenTest, TheCommandToGoOnIsInOnePiece) {
    summary_.status = JobStatus::stopped;
    summary_.resumption_command = "mpirun -n 64 dj-mpi " + std::string(200, 'x') + " --job_id 'a b'";
    EXPECT_THAT(screen(), HasSubstr("to go on    " + summary_.resumption_command + "\n"));
}

TEST_F(FinalScreenTest, CheckpointsAreShownIfThereWereAny) {
    EXPECT_THAT(screen(), Not(HasSubstr("checkpoints")));
    summary_.partitions = 40;
    summary_.resumed_partitions = 12;
    summary_.generations = 5;
    summary_.checkpoint_bytes = 1'000'000;
    summary_.checkpoint_raw_bytes = 3'300'000;
    summary_.retries = 3;
    summary_.failed_partitions = 1;
    summary_.in_failed_partitions = 50;
    const auto text = screen();
    EXPECT_THAT(text, HasSubstr("resumed     12 of 40 partitions had been worked on by earlier starts\n"));
    EXPECT_THAT(text, HasSubstr("checkpoints 5 written, 1.0 MB for 3.3 MB, 3.3 to 1\n"));
    EXPECT_THAT(text, HasSubstr("retries     3\n"));
    EXPECT_THAT(text, HasSubstr("given up    1 partition with 50 rows\n"));
    summary_.checkpoint_raw_bytes = summary_.checkpoint_bytes;
    EXPECT_THAT(screen(), HasSubstr("checkpoints 5 written, 1.0 MB\n"));
}

TEST_F(FinalScreenTest, AJobThatNeverGotToRowsHasNoTable) {
    summary_.steps.clear();
    summary_.outputs.clear();
    summary_.status = JobStatus::failed;
    summary_.records_read = 0;
    EXPECT_THAT(screen(), Not(HasSubstr("rows in")));
    EXPECT_THAT(screen(), Not(HasSubstr("read 0")));
}

TEST_F(FinalScreenTest, FailedPartitionsStandInTheLaw) {
    summary_.in_failed_partitions = 1234;
    EXPECT_THAT(law_line(summary_), HasSubstr(" + in failed partitions 1,234"));
}

TEST_F(FinalScreenTest, InputThatIsNoJsonIsNamedAsTheReason) {
    constexpr auto kWarning = "not one record of the input could be read";
    EXPECT_THAT(screen(), Not(HasSubstr(kWarning)));
    summary_.steps.front().quarantined = summary_.records_read;
    summary_.quarantined = summary_.records_read;
    EXPECT_THAT(screen(), HasSubstr(kWarning));
    summary_.steps.erase(summary_.steps.begin());
    summary_.steps.front().quarantined = summary_.records_read;
    EXPECT_THAT(screen(), Not(HasSubstr(kWarning))) << "an operator is no reader";
    summary_.steps.clear();
    EXPECT_THAT(screen(), Not(HasSubstr(kWarning)));
    EXPECT_THAT(screen(), HasSubstr("next        dj-tools quarantine sample\n"));
}

TEST_F(FinalScreenTest, ManyOutputsAreSummedUp) {
    summary_.outputs.assign(8, {.path = "/data/out/x.jsonl", .rows = 1, .bytes = 1});
    EXPECT_THAT(screen(), HasSubstr("and 3 more files"));
}

}  // namespace
}  // namespace dj
