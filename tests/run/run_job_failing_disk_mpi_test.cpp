// SPDX-License-Identifier: Apache-2.0
#include "run/run_job_fixture.hpp"

namespace dj {
namespace {

class RunJobOnAFailingDisk : public RunJob {
protected:
    using Fails = std::function<bool(FileVerb, const fs::path&)>;

    /// Whether the operation that was to fail was reached.
    bool run_with_failure(int rank, std::uint64_t at, const Fails& fails) {
        std::atomic<std::uint64_t> count{0};
        std::atomic<bool> failed{false};
        const fs::path marker = folder_ / fmt::format("begun-{}", ++spec_.attempt);
        const fs::path source = folder_ / "in.jsonl";
        watch_ = [&, rank](FileVerb verb, const fs::path& path) {
            if (path == source && verb == FileVerb::open_read) wait_for(rank, marker);
            if (world_.rank() != rank || !fails(verb, path) || ++count < at) return;
            failed = true;
            throw EnvironmentError(fmt::format("write '{}': No space left on device", path.string()));
        };
        const JobResult result = run();
        watch_ = {};
        const bool reached = world_.sum(std::uint64_t{failed ? 1U : 0U}) != 0;
        if (!reached) {
            expect_done(result);
            return false;
        }
        EXPECT_EQ(result.exit, ExitCode::failed);
        if (world_.is_root()) {
            EXPECT_THAT(result.error, HasSubstr("No space left on device"));
            EXPECT_EQ(result.exported, 0U);
        }
        return true;
    }
    [[nodiscard]] int last_rank() const { return world_.size() - 1; }
    [[nodiscard]] bool in_output(const fs::path& path) const { return path.parent_path() == folder_ / "out"; }

private:
    /// Nobody reads before the rank that is to fail has a partition of its own.
    void wait_for(int rank, const fs::path& marker) const {
        if (world_.rank() == rank) {
            std::ofstream(marker).put('\n');
            return;
        }
        for (int i = 0; i < 6000 && !fs::exists(marker); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
};

TEST_F(RunJobOnAFailingDisk, TheOutputCannotBeWritten) {
    ops({{"text_length_filter", {{"min_len", 1}}}, {"document_deduplicator", nlohmann::json::object()}});
    input(join(make_rows(600)), 24);
    bool reached = true;
    for (std::uint64_t at = 1; reached && at < 30; at += 4) {
        reached = run_with_failure(last_rank(), at, [this](FileVerb verb, const fs::path& path) {
            return verb == FileVerb::write && in_output(path);
        });
        if (reached) {
            expect_untouched();
        } else {
            EXPECT_GT(at, 1U);
        }
    }
}

TEST_F(RunJobOnAFailingDisk, CompressedBlocksCannotBeWritten) {
    spec_.output.kind.compression = Compression::gzip;
    spec_.output.path = folder_ / "out" / "result.jsonl.gz";
    ops({{"whitespace_normalization_mapper", nlohmann::json::object()}});
    input(join(make_rows(600)), 24);
    // One block alone: its gatherer is whoever read the first partition, so rank 0 fails where it puts the file together.
    EXPECT_TRUE(run_with_failure(0, 1, [this](FileVerb verb, const fs::path& path) {
        return (verb == FileVerb::write || verb == FileVerb::sync) && in_output(path);
    }));
    expect_untouched();
}

TEST_F(RunJobOnAFailingDisk, TheOutputCannotBeMadeDurable) {
    ops({{"whitespace_normalization_mapper", nlohmann::json::object()}});
    input(join(make_rows(600)), 24);
    EXPECT_TRUE(run_with_failure(last_rank(), 1, [this](FileVerb verb, const fs::path& path) {
        return verb == FileVerb::sync && in_output(path);
    }));
    expect_untouched();
}

TEST_F(RunJobOnAFailingDisk, TheOutputCannotBeRenamed) {
    ops({{"whitespace_normalization_mapper", nlohmann::json::object()}});
    input(join(make_rows(600)), 24);
    EXPECT_TRUE(run_with_failure(0, 1, [this](FileVerb verb, const fs::path& path) {
        return verb == FileVerb::rename && in_output(path);
    }));
    expect_untouched();
}

TEST_F(RunJobOnAFailingDisk, ScratchIsFull) {
    ops({{"document_deduplicator", nlohmann::json::object()},
         {"topk_specified_field_selector", {{"field_key", "id"}, {"topk", 5000}}}});
    spec_.memory_bytes = 10'000;
    spec_.morsel_bytes = 500;
    input(join(make_rows(600)), 24);
    bool reached = true;
    for (const std::uint64_t at : {1U, 7U, 40U, 100U}) {
        reached = run_with_failure(last_rank(), at, [this](FileVerb verb, const fs::path& path) {
            return verb == FileVerb::write && path.parent_path() == spec_.scratch_folder;
        });
        if (!reached) break;
        expect_untouched();
        if (world_.is_root()) {
            EXPECT_THAT(names_in(spec_.scratch_folder), IsEmpty());
        }
    }
}

}  // namespace
}  // namespace dj
