// SPDX-License-Identifier: Apache-2.0
/// Jobs run as a whole in tests: rows, folders and plans made by hand.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>

#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"
#include "dj/run/job.hpp"
#include "dj/run/stop_request.hpp"
#include "events/scratch_folder.hpp"
#include "run/small_job.hpp"
#include "run/watched_file_system.hpp"

namespace dj {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

inline std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    if (!fs::exists(folder)) return names;
    for (const auto& entry : fs::directory_iterator(folder))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

struct Row {
    std::uint64_t id = 0;
    std::string text;
    [[nodiscard]] std::string line() const {
        return fmt::format("{{\"id\": {}, \"text\": \"{}\"}}\n", id, text);
    }
};

/// Plain letters, some texts short, some said before.
inline std::vector<Row> make_rows(std::size_t count) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t n = i * 7919 % 1009;
        std::string text = fmt::format("text {}-", n % 211);
        text.append(n % 37, static_cast<char>('a' + n % 26));
        rows.push_back({n, i % 5 == 0 ? text.substr(0, 3) : text});
    }
    return rows;
}

inline std::string join(const std::vector<Row>& rows) {
    std::string lines;
    for (const Row& row : rows) lines += row.line();
    return lines;
}

/// A job in a folder that all ranks see.
class RunJob : public testing::Test {
protected:
    RunJob() {
        if (world_.is_root()) own_folder_.emplace();
        folder_ = world_.broadcast(own_folder_ ? own_folder_->path().string() : "");
        spec_.job_id = "job";
        spec_.job_folder = folder_ / "job";
        spec_.output.path = folder_ / "out" / "result.jsonl";
        spec_.scratch_folder = folder_ / "scratch";
        spec_.memory_bytes = 64ULL << 20;
        spec_.threads = 2;
    }
    ~RunJob() override { world_.barrier(); }

    void ops(const std::vector<std::pair<std::string, nlohmann::json>>& recipe) {
        spec_.ops.clear();
        for (const auto& [name, params] : recipe) spec_.ops.push_back(op_call(catalog_, name, params));
    }
    void input(const std::string& bytes, std::uint64_t partitions) {
        input_ = {};
        if (!world_.is_root()) return;
        const fs::path path = folder_ / "in.jsonl";
        std::ofstream(path, std::ios::binary) << bytes;
        InputFile file;
        file.path = path.string();
        file.size_bytes = bytes.size();
        input_files_ = {file};
        partitions_ = cut_evenly(0, bytes.size(), partitions);
        input_.files = input_files_;
        input_.partitions = partitions_;
    }
    JobResult run(const mpi::Communicator& ranks) {
        const StopRequest stop;
        return run(ranks, stop);
    }
    JobResult run(const mpi::Communicator& ranks, const StopRequest& stop) {
        WatchedFileSystem files(watch_);
        JobResult result = run_job(ranks, {files, catalog_, stop}, spec_, input_);
        EXPECT_EQ(files.open_files(), 0);
        ranks.barrier();
        return result;
    }
    JobResult run() { return run(world_); }

    void expect_done(const JobResult& result) const {
        EXPECT_EQ(result.exit, ExitCode::done) << result.error;
        if (world_.is_root()) {
            EXPECT_TRUE(result.counts_add_up);
        }
    }
    /// Nothing of the output is there, and an earlier one is as it was.
    void expect_untouched(const std::string& earlier = {}) const {
        if (!world_.is_root()) return;
        if (earlier.empty()) {
            EXPECT_THAT(names_in(folder_ / "out"), IsEmpty());
        } else {
            EXPECT_THAT(names_in(folder_ / "out"), ElementsAre("result.jsonl"));
            EXPECT_EQ(read_file(spec_.output.path), earlier);
        }
    }
    [[nodiscard]] std::string output() const { return read_file(spec_.output.path); }

    const mpi::Communicator world_ = mpi::Communicator::world();
    const OpCatalog catalog_ = make_op_catalog();
    std::optional<ScratchFolder> own_folder_;
    fs::path folder_;
    JobSpec spec_;
    std::vector<InputFile> input_files_;
    std::vector<Partition> partitions_;
    JobInput input_;
    WatchedFileSystem::Watch watch_;
};

}  // namespace dj
