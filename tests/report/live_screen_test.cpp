// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "dj/report/human_units.hpp"
#include "dj/report/live_views.hpp"
#include "report/sample_progress.hpp"

namespace dj {
namespace {

using testing::HasSubstr;
using testing::Not;

const char* const kJob = "20260102_030405_demo_1a2b3c";

LiveStyle style(std::size_t width, std::size_t height = 24) {
    return {.screen = {.width = width, .colour = false}, .height = height};
}

std::string screen(const RunProgress& progress, const LiveStyle& style, const std::string& job = kJob) {
    std::string text;
    for (const std::string& line : live_screen(job, progress, style)) text += line + "\n";
    return text;
}

TEST(LiveScreen, OneRankAt80) {
    EXPECT_EQ(screen(sample_progress(1), style(80)),
              R"(20260102_030405_demo_1a2b3c  pass 1/2 reading the input                     1:02
[######............]  33 %  ~1 min 55 s left in this pass, 4.0 GB of 12.0 GB
speed   70.0 MB/s, 20,000 rows/s; mean 64.5 MB/s, 19,912 rows/s
cpu     90 % of 8 threads
memory  500.0 MB of 1.0 GB; peak 600.0 MB
  step                        rows in   rows out  dropped  quarantined  time
  read                      1,234,567  1,234,560                     7  25 %
   1 clean_links_mapper     1,234,560  1,234,560                        70 %
   2 text_length_filter     1,234,560  1,000,000  234,560               <1 %
   3 document_deduplicator          0          0                         5 %
)");
}

TEST(LiveScreen, FourRanksAt80) {
    EXPECT_EQ(screen(sample_progress(4), style(80)),
              R"(20260102_030405_demo_1a2b3c  pass 1/2 reading the input                     1:02
[######............]  33 %  ~1 min 55 s left in this pass, 4.0 GB of 12.0 GB
speed   70.0 MB/s, 20,000 rows/s; mean 64.5 MB/s, 19,912 rows/s
cpu     ###: 34-92 %; median 91 %; least rank 3; 4 ranks of 8 threads
memory  500.0 MB of 1.0 GB; most rank 3; peak 600.0 MB
  step                        rows in   rows out  dropped  quarantined  time
  read                      1,234,567  1,234,560                     7  25 %
   1 clean_links_mapper     1,234,560  1,234,560                        70 %
   2 text_length_filter     1,234,560  1,000,000  234,560               <1 %
   3 document_deduplicator          0          0                         5 %
)");
}

TEST(LiveScreen, FourThousandRanksAt120) {
    LiveStyle wide = style(120);
    wide.unicode = true;
    EXPECT_EQ(
        screen(sample_progress(4096), wide),
        R"(20260102_030405_demo_1a2b3c  pass 1/2 reading the input                                                             1:02
[█████████░░░░░░░░░░░░░░░░░░░]  33 %  ~1 min 55 s left in this pass, 4.0 GB of 12.0 GB, 1,234,567 rows
speed   70.0 MB/s, 20,000 rows/s; mean 64.5 MB/s, 19,912 rows/s
cpu     █▅████████████████████████████ 5-100 %; median 95 %; least rank 128 on n2; 4,096 ranks of 8 threads
memory  504.1 MB of 1.0 GB; most rank 4095 on n63; peak 604.1 MB
  step                        rows in   rows out  dropped  quarantined  time  MB/s/core
  read                      1,234,567  1,234,560                     7  25 %        800
   1 clean_links_mapper     1,234,560  1,234,560                        70 %        214
   2 text_length_filter     1,234,560  1,000,000  234,560               <1 %    >50,000
   3 document_deduplicator          0          0                         5 %
)");
}

TEST(LiveScreen, FourThousandRanksAt40) {
    EXPECT_EQ(screen(sample_progress(4096), style(40)), R"(pass 1/2 reading the input          1:02
[##......]  33 %  ~1 min 55 s left
speed   70.0 MB/s, 20,000 rows/s
cpu     *######### 5-100 %; median 95 %
memory  504.1 MB of 1.0 GB
  step                 rows out  dropped
  read                1,234,560
   1 clean..._mapper  1,234,560
   2 text_..._filter  1,000,000  234,560
   3 docum...licator          0
)");
}

TEST(LiveScreen, BetweenTwoPassesItSaysWhatGoesOn) {
    RunProgress progress = sample_progress(1);
    progress.activity = "document_deduplicator: comparing keys";
    progress.unit = WorkUnit::keys;
    progress.done = progress.rows = 250'000;
    progress.total = 1'000'000;
    progress.seconds_left = 4;
    progress.recent = progress.mean = {0, 0};
    const auto text = screen(progress, style(100));
    EXPECT_THAT(text, HasSubstr("pass 1/2 document_deduplicator: comparing keys"));
    EXPECT_THAT(text, HasSubstr(" 25 %  ~4 s left in this pass, 250,000 of 1,000,000 keys\n"));
    EXPECT_THAT(text, Not(HasSubstr("speed")));
}

TEST(LiveScreen, OfCompressedInputNobodyKnowsAtFirstHowMuchThereIs) {
    RunProgress progress = sample_progress(1);
    progress.total = 0;
    progress.seconds_left = std::nullopt;
    EXPECT_THAT(screen(progress, style(80)), HasSubstr("\n4.0 GB, 1,234,567 rows\n"));
    progress.total = 8'000'000'000;
    progress.total_is_estimated = true;
    EXPECT_THAT(screen(progress, style(100)), HasSubstr(" 50 %  4.0 GB of about 8.0 GB, 1,234,567 rows\n"));
    EXPECT_THAT(screen(RunProgress{}, style(80)), HasSubstr("\nunder way\n"));
}

TEST(LiveScreen, AStandstillIsSaid) {
    RunProgress progress = sample_progress(1);
    progress.recent = {};
    EXPECT_THAT(screen(progress, style(80)), HasSubstr("speed   nothing moves now; mean 64.5 MB/s"));
}

TEST(LiveScreen, MoreMemoryThanGrantedIsMarked) {
    RunProgress progress = sample_progress(1);
    LiveStyle colours = style(80);
    colours.screen.colour = true;
    EXPECT_THAT(screen(progress, colours), Not(HasSubstr("\x1B[33m")));
    progress.ranks[0].rss_bytes = 1'100'000'000;
    EXPECT_THAT(screen(progress, colours), HasSubstr("\x1B[33m1.1 GB of 1.0 GB"));
}

TEST(LiveScreen, FitsIntoAnyTerminal) {
    RunProgress progress = sample_progress(300);
    progress.ranks[7].busy = -1;
    for (int i = 0; i < 40; ++i) progress.steps.push_back(progress.steps[1]);
    for (std::size_t width = 20; width <= 160; ++width) {
        for (const std::size_t height : {1U, 2U, 4U, 6U, 7U, 8U, 9U, 30U, 100U}) {
            const auto lines = live_screen(kJob, progress, style(width, height));
            EXPECT_LE(lines.size(), height);
            EXPECT_FALSE(lines.empty());
            // The table of steps needs a little more than the narrowest.
            for (const std::string& line : lines)
                EXPECT_LE(display_width(line), std::max<std::size_t>(width, 36)) << line;
        }
    }
}

TEST(LiveScreen, OnALowTerminalTheDearestStepsStay) {
    EXPECT_EQ(screen(sample_progress(1), style(80, 8), "demo"),
              R"(demo  pass 1/2 reading the input                                            1:02
[######............]  33 %  ~1 min 55 s left in this pass, 4.0 GB of 12.0 GB
speed   70.0 MB/s, 20,000 rows/s; mean 64.5 MB/s, 19,912 rows/s
cpu     90 % of 8 threads
memory  500.0 MB of 1.0 GB; peak 600.0 MB
  step                        rows in   rows out  dropped  quarantined  time
   1 clean_links_mapper     1,234,560  1,234,560                        70 %
  and 3 cheaper steps
)");
}

TEST(LiveScreen, NamesCannotDriveTheTerminal) {
    RunProgress progress = sample_progress(2);
    progress.activity = "reading \x1B[2J";
    progress.hosts = {"evil\x1B]0;x\x07", "n2"};
    progress.steps[1].name = "a\x1B[31m\nb";
    EXPECT_EQ(screen(progress, style(120), "job\x1B[1m").find('\x1B'), std::string::npos);
}

TEST(LoadStrip, OneCharacterForManyRanks) {
    std::vector<RankLoad> ranks;
    for (const double busy : {0.0, 0.1, 0.3, 0.5, 0.7, 0.95, 1.0, 1.3, -1.0}) ranks.push_back({.busy = busy});
    EXPECT_EQ(load_strip(ranks, 80, false), "__:-+###?");
    EXPECT_EQ(load_strip(ranks, 3, true).size(), 9U);
    EXPECT_EQ(load_strip({}, 80, false), "");
    ranks.assign(4096, {.busy = 1});
    for (std::size_t rank = 1024; rank < 2048; ++rank) ranks[rank].busy = 0;
    EXPECT_EQ(load_strip(ranks, 8, false), "##__####");
}

}  // namespace
}  // namespace dj
