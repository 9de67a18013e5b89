// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "dj/run/row_borders.hpp"
#include "dj/run/stop_request.hpp"
#include "events/scratch_folder.hpp"
#include "run/watched_file_system.hpp"

namespace dj {
namespace {

/// Input files that all ranks see.
class RowBorders : public testing::Test {
protected:
    RowBorders() {
        if (world_.is_root()) own_folder_.emplace();
        folder_ = world_.broadcast(own_folder_ ? own_folder_->path().string() : "");
    }
    ~RowBorders() override { world_.barrier(); }

    void add_file(const std::string& bytes) {
        const auto path = folder_ / fmt::format("{}.jsonl", search_.files.size());
        if (world_.is_root()) std::ofstream(path, std::ios::binary) << bytes;
        search_.files.push_back({.path = path.string(), .size_bytes = bytes.size()});
        contents_.push_back(bytes);
        world_.barrier();
    }

    [[nodiscard]] std::vector<RowBorder> found(std::uint64_t rows_apart, int threads = 2) {
        search_.rows_apart = rows_apart;
        search_.threads = threads;
        return find_row_borders(world_, files_, world_.is_root() ? search_ : RowBorderSearch{}, stop_);
    }

    /// By a plain walk over all lines.
    [[nodiscard]] std::vector<RowBorder> expected(std::uint64_t rows_apart) const {
        std::vector<RowBorder> borders;
        std::uint64_t records = 0;
        for (std::uint32_t file = 0; file < contents_.size(); ++file) {
            const std::string_view bytes = contents_[file];
            for (std::size_t begin = bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0; begin < bytes.size();) {
                const auto end = std::min(bytes.find('\n', begin), bytes.size());
                if (bytes.substr(begin, end - begin).find_first_not_of(" \t\r") != std::string_view::npos) {
                    if (records > 0 && records % rows_apart == 0) borders.push_back({file, begin});
                    ++records;
                }
                begin = end + 1;
            }
        }
        return world_.is_root() ? borders : std::vector<RowBorder>{};
    }

    const mpi::Communicator world_ = mpi::Communicator::world();
    std::optional<ScratchFolder> own_folder_;
    std::filesystem::path folder_;
    std::function<void(FileVerb, const std::filesystem::path&)> watch_;
    WatchedFileSystem files_{[this](FileVerb verb, const std::filesystem::path& path) {
        if (watch_) watch_(verb, path);
    }};
    StopRequest stop_;
    RowBorderSearch search_;
    std::vector<std::string> contents_;
};

std::string rows(int count, int first = 0) {
    std::string lines;
    for (int i = first; i < first + count; ++i)
        lines += fmt::format("{{\"n\": {}, \"text\": \"{}\"}}\n", i,
                             std::string(static_cast<std::size_t>(i * 37 % 101), 'x'));
    return lines;
}

TEST_F(RowBorders, AreThoseOfAPlainWalk) {
    add_file(rows(1000));
    add_file("");
    add_file(rows(7, 1000));
    add_file("\n \t\n\r\n");
    add_file(rows(500, 1007));
    for (const std::uint64_t apart : {1U, 2U, 16U, 100U, 333U, 1000U, 1007U, 1506U, 1507U, 5000U}) {
        for (const int threads : {1, 2, 5}) EXPECT_EQ(found(apart, threads), expected(apart)) << apart;
    }
    EXPECT_EQ(files_.open_files(), 0);
}

TEST_F(RowBorders, BlankLinesAndByteOrderMarksAreNoRecords) {
    add_file("\xEF\xBB\xBF{\"n\": 0}\r\n\r\n   \n{\"n\": 1}\n\n\n{\"n\": 2}");
    add_file("\xEF\xBB\xBF\n{\"n\": 3}\nno record but a line\n\n{\"n\": 5}");
    for (const std::uint64_t apart : {1U, 2U, 3U, 4U}) EXPECT_EQ(found(apart), expected(apart)) << apart;
}

TEST_F(RowBorders, LinesLongerThanABlock) {
    const auto line = [](std::size_t bytes) { return "{\"t\":\"" + std::string(bytes, 'y') + "\"}\n"; };
    add_file(line(5'000'000) + line(3) + line(9'000'000) + line(2) + line(1) + line(4'194'304));
    for (const std::uint64_t apart : {1U, 2U, 5U}) EXPECT_EQ(found(apart), expected(apart)) << apart;
}

TEST_F(RowBorders, NoInputNoBorders) {
    EXPECT_TRUE(found(3).empty());
    add_file("");
    EXPECT_TRUE(found(3).empty());
}

TEST_F(RowBorders, AFileThatCannotBeReadIsNamedOnRankZero) {
    add_file(rows(2000));
    // Only the last rank has the file's end; all must come back from the call.
    const bool fails = world_.rank() == world_.size() - 1;
    watch_ = [fails](FileVerb verb, const std::filesystem::path& path) {
        if (fails && verb == FileVerb::read) throw EnvironmentError("cannot read " + path.string());
    };
    if (world_.is_root()) {
        EXPECT_THAT([&] { (void)found(100); }, testing::ThrowsMessage<EnvironmentError>(testing::HasSubstr(
                                                   "cannot read " + search_.files[0].path)));
    } else {
        EXPECT_TRUE(found(100).empty());
    }
}

TEST_F(RowBorders, AStopEndsTheSearch) {
    add_file(rows(2000));
    stop_.request("a test");
    EXPECT_TRUE(found(10).empty());
}

}  // namespace
}  // namespace dj
