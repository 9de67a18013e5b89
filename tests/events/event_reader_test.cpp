// SPDX-License-Identifier: Apache-2.0
#include "dj/events/event_reader.hpp"

#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dj/events/event_log.hpp"
#include "dj/events/event_tally.hpp"
#include "dj/events/job_events.hpp"
#include "events/event_line.hpp"
#include "events/scratch_folder.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

std::string lines_of_a_small_job() {
    std::string text;
    std::uint64_t sequence = 0;
    const auto add = [&](const Event& event) { text += event_json_line(event, {"job", 1, ++sequence}); };
    add(job_start_event({.total_partitions = 2, .total_bytes = 20}));
    for (std::uint64_t p = 0; p < 2; ++p) {
        add(partition_start_event({.partition = p, .bytes = 10}));
        add(partition_complete_event({.partition = p, .bytes = 10, .rows_in = 5, .rows_out = 4}));
    }
    add(warning_event("r\xC3\xA9sum\xC3\xA9"));
    add(job_complete_event(1, "out.jsonl", 8));
    return text;
}

TEST(EventReader, AFileCutAtAnyByteIsReadUpToTheCut) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    const auto text = lines_of_a_small_job();
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        write(folder / "e.jsonl", std::string_view(text).substr(0, cut));
        EventTally tally;
        const auto counts =
            read_events(*files, {folder / "e.jsonl"}, [&](const auto& event) { tally.add(event); });
        const auto before = std::string_view(text).substr(0, cut);
        const auto ends = static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
        const bool whole_without_end = cut < text.size() && text[cut] == '\n';
        ASSERT_EQ(counts.events, ends + (whole_without_end ? 1 : 0)) << "cut at " << cut;
        ASSERT_EQ(counts.unreadable_lines, 0U) << "cut at " << cut;
        ASSERT_EQ(counts.torn_tail, !(cut == 0 || before.back() == '\n' || whole_without_end))
            << "cut at " << cut;
    }
}

TEST(EventReader, EveryOtherLineSurvivesADestroyedOne) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    write(folder / "e.jsonl", "{\"event_type\": \"a\"}\n" + std::string("\x00\xFF{[\n", 5) +
                                  "[1]\n\n  \r\n{\"event_type\": \"b\"}\r\n");
    std::vector<std::string> seen;
    const auto counts = read_events(*files, {folder / "e.jsonl"},
                                    [&](const auto& event) { seen.push_back(event.at("event_type")); });
    EXPECT_EQ(seen, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(counts.unreadable_lines, 2U);
    EXPECT_FALSE(counts.torn_tail);
}

TEST(EventReader, FilesThatAreNotThereArePassedOver) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    write(folder / "e.jsonl", lines_of_a_small_job());
    fs::create_directory(folder / "directory.jsonl");
    std::uint64_t seen = 0;
    const auto counts =
        read_events(*files, {folder / "none.jsonl", folder / "directory.jsonl", folder / "e.jsonl"},
                    [&](const auto&) { ++seen; });
    EXPECT_EQ(seen, 7U);
    EXPECT_EQ(counts.events, 7U);
}

TEST(EventReader, AFileSeenTwiceAfterARotationCountsOnce) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    write(folder / "e.jsonl", lines_of_a_small_job());
    EventTally tally;
    const auto counts = read_events(*files, {folder / "e.jsonl", folder / "e.jsonl"},
                                    [&](const auto& event) { tally.add(event); });
    EXPECT_EQ(tally.partitions_done, 2U);
    EXPECT_EQ(counts.repeated, 7U);
}

TEST(EventReader, AFileThatStandsAloneIsTold) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    const auto text = lines_of_a_small_job();
    write(folder / "start.jsonl", text);
    EXPECT_TRUE(stands_alone(*files, folder / "start.jsonl"));
    write(folder / "middle.jsonl", text.substr(text.find('\n') + 1));
    EXPECT_FALSE(stands_alone(*files, folder / "middle.jsonl"));
    Event carried{.type = "info", .message = "m"};
    carried.fields["metadata"]["tally"] = to_json(EventTally{});
    write(folder / "rotated.jsonl",
          text.substr(text.find('\n') + 1) + event_json_line(carried, {"job", 1, 9}));
    EXPECT_TRUE(stands_alone(*files, folder / "rotated.jsonl"));
    for (const char* odd : {"", "\n", "{}\n", "[]\n",
                            R"({"event_type": 3, "metadata": 4, "x": "\"tally\""})"
                            "\n",
                            "\"tally\"\n"}) {
        write(folder / "odd.jsonl", odd);
        EXPECT_FALSE(stands_alone(*files, folder / "odd.jsonl")) << odd;
    }
    EXPECT_FALSE(stands_alone(*files, folder / "none.jsonl"));
}

TEST(EventReader, LinesLongerThanABufferAreWhole) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    const std::string large(3 << 20, 'x');
    write(folder / "e.jsonl", "{\"event_type\": \"" + large + "\"}\n{\"event_type\": \"b\"}\n");
    std::vector<std::size_t> sizes;
    read_events(*files, {folder / "e.jsonl"}, [&](const auto& event) {
        sizes.push_back(event.at("event_type").template get<std::string>().size());
    });
    EXPECT_EQ(sizes, (std::vector<std::size_t>{large.size(), 1}));
}

TEST(EventReader, StrayBytesInExcerptsDoNotHideALine) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    write(folder / "q.jsonl", R"({"excerpt": "a\udcffb"})"
                              "\n"
                              R"({"excerpt": "\ud83d\ude00\ud83d\\udcff\udce4"})"
                              "\n");
    std::vector<std::string> seen;
    const auto counts = read_json_lines(*files, folder / "q.jsonl",
                                        [&](const auto& object) { seen.push_back(object.at("excerpt")); });
    EXPECT_EQ(counts.unreadable_lines, 0U);
    EXPECT_EQ(seen, (std::vector<std::string>{"a\xEF\xBF\xBD"
                                              "b",
                                              "\xF0\x9F\x98\x80\xEF\xBF\xBD\\udcff\xEF\xBF\xBD"}));
}

TEST(EventReader, AFileWithoutLineEndsTakesBoundedMemory) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    {
        std::ofstream out(folder / "e.jsonl", std::ios::binary);
        const std::string zeros(1 << 20, '\0');
        for (int i = 0; i < 70; ++i) out << zeros;
        out << "\n{\"event_type\": \"b\"}\n";
    }
    std::uint64_t seen = 0;
    const auto counts = read_events(*files, {folder / "e.jsonl"}, [&](const auto&) { ++seen; });
    EXPECT_EQ(seen, 1U);
    EXPECT_EQ(counts.unreadable_lines, 1U);
}

std::string commit_line(std::uint64_t generation, std::string_view padding = {}) {
    return fmt::format(
        "{{\"event_type\": \"generation_committed\", \"message\": \"{}\", \"generation\": {}}}\n", padding,
        generation);
}

TEST(EventReader, TheNewestGenerationIsFoundFromTheEnd) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    const std::vector<fs::path> paths = {folder / "old.jsonl", folder / "gone.jsonl", folder / "new.jsonl"};
    const auto last = [&] { return last_generations_told(*files, paths, {""}); };
    EXPECT_TRUE(last().empty());
    write(paths[0], lines_of_a_small_job() + commit_line(3) + commit_line(4) + lines_of_a_small_job());
    write(paths[2], lines_of_a_small_job());
    EXPECT_EQ(last().at(""), 4U) << "the newest file tells of none";
    write(paths[2], commit_line(5) + lines_of_a_small_job() + commit_line(6) +
                        "{\"text\": \"generation_committed\"}\n" + "generation_committed\n" +
                        commit_line(7).substr(0, 60));
    EXPECT_EQ(last().at(""), 6U) << "others only name it, or are torn";
}

TEST(EventReader, TheNewestGenerationOfEachPart) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    const std::vector<fs::path> paths = {folder / "old.jsonl", folder / "new.jsonl"};
    const auto of = [](const std::string& part, std::uint64_t generation) {
        return fmt::format(R"({{"event_type": "generation_committed", "generation": {}, "branch": "{}"}})",
                           generation, part) +
               "\n";
    };
    write(paths[0], of("a", 7) + of("b", 2) + commit_line(5));
    write(paths[1], of("a", 8) + of("a", 9) + of("c", 1));
    const std::map<std::string, std::uint64_t> expected{{"a", 9}, {"b", 2}};
    EXPECT_EQ(last_generations_told(*files, paths, {"a", "b", "d"}), expected);
}

/// Files are read backwards in chunks: the line may lie anywhere across their borders, or span several.
TEST(EventReader, TheNewestGenerationIsFoundAcrossChunks) {
    const auto files = make_local_file_system();
    const ScratchFolder folder;
    const auto path = folder / "e.jsonl";
    constexpr std::size_t kChunk = 1 << 20;
    for (const std::size_t behind :
         {kChunk - 120, kChunk - 60, kChunk - 1, kChunk, kChunk + 30, 2 * kChunk - 50}) {
        const std::string after = "{\"message\": \"" + std::string(behind, 'x') + "\"}\n";
        for (const std::size_t padding : {std::size_t{0}, std::size_t{100}, 2 * kChunk}) {
            write(path, lines_of_a_small_job() + commit_line(8) + commit_line(9, std::string(padding, 'y')) +
                            after);
            ASSERT_EQ(last_generations_told(*files, {path}, {""}).at(""), 9U)
                << behind << " behind, padding " << padding;
        }
    }
}

}  // namespace
}  // namespace dj
