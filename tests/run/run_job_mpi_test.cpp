// SPDX-License-Identifier: Apache-2.0
#include "run/run_job_fixture.hpp"

namespace dj {
namespace {

TEST_F(RunJob, FiltersAndDropsDuplicates) {
    const std::vector<Row> rows = make_rows(1500);
    std::vector<Row> expected;
    std::set<std::string> seen;
    for (const Row& row : rows) {
        if (row.text.size() >= 12 && seen.insert(row.text).second) expected.push_back(row);
    }
    ops({{"text_length_filter", {{"min_len", 12}}}, {"document_deduplicator", nlohmann::json::object()}});
    for (const std::uint64_t partitions : {1U, 7U, 60U}) {
        input(join(rows), partitions);
        spec_.threads = partitions == 7 ? 1 : 3;
        spec_.morsel_bytes = partitions == 7 ? 512 << 10 : 900;
        const JobResult result = run();
        expect_done(result);
        if (!world_.is_root()) continue;
        EXPECT_EQ(output(), join(expected));
        EXPECT_EQ(result.records_read, rows.size());
        EXPECT_EQ(result.exported, expected.size());
        ASSERT_EQ(result.steps.size(), 4U);
        EXPECT_EQ(result.steps[2].rows_out, expected.size());
        EXPECT_EQ(result.steps[2].rows_in, result.steps[1].rows_out);
        ASSERT_EQ(result.outputs.size(), 1U);
        EXPECT_EQ(result.outputs[0].bytes, output().size());
        EXPECT_THAT(names_in(folder_ / "out"), ElementsAre("result.jsonl", "result_stats.jsonl"));
        const std::string stats = read_file(folder_ / "out" / "result_stats.jsonl");
        EXPECT_EQ(static_cast<std::size_t>(std::count(stats.begin(), stats.end(), '\n')), expected.size());
    }
}

TEST_F(RunJob, SplitsThenOrdersThenFilters) {
    const std::vector<Row> rows = make_rows(700);
    std::vector<Row> expected;
    for (const Row& row : rows) {
        for (std::size_t at = 0; at < row.text.size(); at += 9)
            expected.push_back({row.id, row.text.substr(at, 9)});
    }
    const std::size_t pieces = expected.size();
    std::stable_sort(expected.begin(), expected.end(),
                     [](const Row& a, const Row& b) { return a.id > b.id; });
    expected.resize(std::min<std::size_t>(expected.size(), 900));
    std::erase_if(expected, [](const Row& row) { return row.text.size() < 4; });
    ops({{"text_chunk_mapper", {{"max_len", 9}, {"split_pattern", nullptr}}},
         {"topk_specified_field_selector", {{"field_key", "id"}, {"topk", 900}}},
         {"text_length_filter", {{"min_len", 4}}}});
    input(join(rows), 11);
    const JobResult result = run();
    expect_done(result);
    if (!world_.is_root()) return;
    EXPECT_EQ(output(), join(expected));
    EXPECT_EQ(result.steps[1].made, pieces - rows.size());
    EXPECT_EQ(result.steps[2].dropped, pieces - 900);
}

TEST_F(RunJob, TinyMemorySpillsAndChangesNothing) {
    const std::vector<Row> rows = make_rows(900);
    std::vector<Row> expected;
    std::set<std::string> seen;
    for (const Row& row : rows) {
        if (seen.insert(row.text).second) expected.push_back(row);
    }
    std::stable_sort(expected.begin(), expected.end(),
                     [](const Row& a, const Row& b) { return a.id < b.id; });
    ops({{"document_deduplicator", nlohmann::json::object()},
         {"topk_specified_field_selector", {{"field_key", "id"}, {"topk", 5000}, {"reverse", false}}}});
    spec_.memory_bytes = 20'000;
    spec_.morsel_bytes = 1000;
    input(join(rows), 9);
    const JobResult result = run();
    expect_done(result);
    EXPECT_GT(result.spilled_bytes, 0U);
    if (!world_.is_root()) return;
    EXPECT_EQ(output(), join(expected));
    EXPECT_THAT(names_in(folder_ / "scratch"), IsEmpty());
}

TEST_F(RunJob, BlocksAndShardsAreThoseOfOneRankAndOnePartition) {
    std::vector<Row> rows = make_rows(3000);
    for (std::size_t i = 0; i < rows.size(); i += 3)
        rows[i].text.append(9000, static_cast<char>('a' + i % 26));
    rows[1].text.append(500'000, 'z');
    const mpi::Communicator alone = world_.split(world_.rank());
    ops({{"text_length_filter", {{"min_len", 12}}}});
    const auto all_files = [&] {
        std::vector<std::pair<std::string, std::string>> files;
        for (const std::string& name : names_in(folder_ / "out"))
            files.emplace_back(name, to_hex(xxh3_128(read_file(folder_ / "out" / name))));
        return files;
    };
    for (const std::uint64_t shard_bytes : {0U, 2'000'000U, 300'000U}) {
        for (const Compression compression : {Compression::none, Compression::gzip, Compression::zstd}) {
            SCOPED_TRACE(
                fmt::format("shards of {}, compression {}", shard_bytes, static_cast<int>(compression)));
            if (world_.is_root()) fs::remove_all(folder_ / "out");
            world_.barrier();
            spec_.output.shard_bytes = shard_bytes;
            spec_.output.kind.compression = compression;
            const char* const suffix = compression == Compression::none   ? ""
                                       : compression == Compression::gzip ? ".gz"
                                                                          : ".zst";
            spec_.output.path = folder_ / "out" / fmt::format("result.jsonl{}", suffix);
            std::vector<std::pair<std::string, std::string>> expected;
            input(join(rows), 1);
            if (world_.is_root()) {
                expect_done(run(alone));
                expected = all_files();
                EXPECT_GE(expected.size(), shard_bytes == 0 ? 2U : 4U);
                fs::remove_all(folder_ / "out");
            }
            input(join(rows), 23);
            expect_done(run());
            if (world_.is_root()) {
                EXPECT_EQ(all_files(), expected);
            }
        }
    }
}

TEST_F(RunJob, ThereMayBeMoreShardsThanFilesAProcessMayOpen) {
    const std::vector<Row> rows = make_rows(1000);
    ops({{"whitespace_normalization_mapper", nlohmann::json::object()}});
    input(join(rows), 10);
    spec_.output.shard_bytes = 100;
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit narrow = before;
    narrow.rlim_cur = 200;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &narrow), 0);
    const JobResult result = run();
    ::setrlimit(RLIMIT_NOFILE, &before);
    expect_done(result);
    if (!world_.is_root()) return;
    EXPECT_GT(result.outputs.size(), 300U);
    std::string all;
    for (const OutputFile& file : result.outputs) all += read_file(file.path);
    EXPECT_EQ(all, join(rows));
}

TEST_F(RunJob, AnInputWithoutRecordsGivesAnEmptyOutput) {
    ops({{"document_deduplicator", nlohmann::json::object()}, {"text_length_filter", {{"min_len", 1}}}});
    input("", 3);
    expect_done(run());
    if (world_.is_root()) {
        EXPECT_TRUE(fs::exists(spec_.output.path));
        EXPECT_EQ(output(), "");
    }
    input("\n\n \n", 2);
    const JobResult result = run();
    expect_done(result);
    if (world_.is_root()) {
        EXPECT_EQ(output(), "");
        EXPECT_EQ(result.records_read, 0U);
    }
}

TEST_F(RunJob, FaultyRecordsGoToTheQuarantineInOrder) {
    std::vector<Row> rows = make_rows(200);
    std::string bytes;
    std::vector<std::uint64_t> faulty;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i % 17 == 3) {
            faulty.push_back(i);
            bytes += i % 2 == 0 ? "{\"text\": 5}\n" : "{torn\n";
        } else {
            bytes += rows[i].line();
        }
    }
    ops({{"text_length_filter", {{"min_len", 0}}}});
    input(bytes, 13);
    const JobResult result = run();
    expect_done(result);
    if (world_.is_root()) {
        EXPECT_EQ(result.quarantined, faulty.size());
        std::ifstream lines(spec_.job_folder / "results" / "quarantine.jsonl");
        std::string line;
        for (const std::uint64_t row : faulty) {
            ASSERT_TRUE(std::getline(lines, line));
            EXPECT_EQ(nlohmann::json::parse(line).at("row").get<std::uint64_t>(), row);
        }
        EXPECT_FALSE(std::getline(lines, line));
        fs::remove_all(folder_ / "out");
    }
    world_.barrier();
    spec_.max_faulty_rows = faulty.size() - 1;
    const JobResult refused = run();
    EXPECT_EQ(refused.exit, ExitCode::failed);
    EXPECT_THAT(refused.error, HasSubstr("max_faulty_rows"));
    expect_untouched();
}

/// Of an output that stays, the quarantine stays too, unless the attempt that failed has rows to show.
TEST_F(RunJob, AnAttemptThatEndsEarlyLeavesTheQuarantineOfTheEarlierOutput) {
    const auto quarantine = spec_.job_folder / "results" / "quarantine.jsonl";
    ops({{"text_length_filter", {{"min_len", 0}}}});
    input("{torn\n" + join(make_rows(50)), 3);
    expect_done(run());
    const std::string earlier = read_file(quarantine);
    if (world_.is_root()) {
        EXPECT_THAT(earlier, HasSubstr("\"row\": 0"));
        std::ofstream(spec_.job_folder / "results" / ".quarantine.1.tmp") << "left by a machine that stopped";
        std::ofstream(spec_.job_folder / "results" / ".quarantine.7.tmp") << "a later attempt's";
    }
    world_.barrier();
    spec_.attempt = 2;
    StopRequest stop;
    stop.request("asked to");
    EXPECT_EQ(run(world_, stop).exit, ExitCode::stopped);
    if (world_.is_root()) {
        EXPECT_EQ(read_file(quarantine), earlier);
        EXPECT_THAT(names_in(quarantine.parent_path()), ElementsAre(".quarantine.7.tmp", "quarantine.jsonl"));
    }
    world_.barrier();
    spec_.attempt = 3;
    spec_.max_faulty_rows = 0;
    input(join(make_rows(50)) + "{torn\n", 3);
    EXPECT_EQ(run().exit, ExitCode::failed);
    if (world_.is_root()) {
        EXPECT_NE(read_file(quarantine), earlier);
        EXPECT_THAT(read_file(quarantine), HasSubstr("\"reason\""));
    }
    world_.barrier();
    spec_.attempt = 4;
    input(join(make_rows(50)), 3);
    expect_done(run());
    if (world_.is_root()) {
        EXPECT_FALSE(fs::exists(quarantine)) << "the output has changed, and nothing was set aside";
    }
}

TEST_F(RunJob, SetUpFailsOnAllRanksTogether) {
    input(join(make_rows(10)), 2);
    OpCall unknown;
    unknown.name = "no_such_operator";
    spec_.ops = {unknown};
    const JobResult result = run();
    EXPECT_EQ(result.exit, ExitCode::usage);
    if (world_.is_root()) {
        EXPECT_THAT(result.error, HasSubstr("no_such_operator"));
    }
}

TEST_F(RunJob, AnInputThatIsGoneFailsOnAllRanks) {
    ops({{"text_length_filter", {{"min_len", 1}}}});
    input(join(make_rows(100)), 5);
    if (world_.is_root()) fs::remove(folder_ / "in.jsonl");
    world_.barrier();
    const JobResult result = run();
    EXPECT_EQ(result.exit, ExitCode::failed);
    if (world_.is_root()) {
        EXPECT_THAT(result.error, HasSubstr("in.jsonl"));
    }
    expect_untouched();
}

TEST_F(RunJob, ARequestToStopEndsItAndLeavesTheEarlierOutput) {
    ops({{"text_length_filter", {{"min_len", 12}}}});
    const std::string rows = join(make_rows(500));
    input(rows, 8);
    if (world_.is_root()) {
        fs::create_directories(folder_ / "out");
        std::ofstream(spec_.output.path) << "earlier";
    }
    StopRequest stop;
    stop.request("asked to");
    const JobResult result = run(world_, stop);
    EXPECT_EQ(result.exit, ExitCode::stopped);
    EXPECT_THAT(result.error, HasSubstr("asked to"));
    expect_untouched("earlier");
}

/// The last rank's file system fails; that rank is sure to have a part in the job.

}  // namespace
}  // namespace dj
