// SPDX-License-Identifier: Apache-2.0
#include "dj/run/row_borders.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <mutex>

#include <nlohmann/json.hpp>

#include "dj/base/error.hpp"
#include "dj/format/input.hpp"
#include "dj/run/stop_request.hpp"

namespace dj {
namespace {

using nlohmann::json;

constexpr std::size_t kMorselBytes = 1 << 20;
/// Of the records between two borders, so many parts are marked: to find a border, one part is read again.
constexpr std::uint64_t kMarksPerPartition = 16;
constexpr std::uint64_t kMostRecordsPerMark = 4096;

/// Records that begin in one byte range of one file.
struct Share {
    FileRange range;
    std::uint64_t records = 0;
    std::vector<std::uint64_t> marks;  ///< Offset of every `records_per_mark`-th record, from the first.
};

/// Calls `record(offset)` for every record that begins in the range, until that says false.
void for_each_record(MorselSource& source, const StopRequest& stop,
                     const std::function<bool(std::uint64_t)>& record) {
    RawMorsel morsel;
    while (!stop.requested() && source.next(morsel)) {
        const std::string_view bytes = morsel.bytes;
        for (std::size_t begin = 0; begin < bytes.size();) {
            const auto end = std::min(bytes.find('\n', begin), bytes.size());
            const bool blank = bytes.find_first_not_of(" \t\r", begin) >= end;
            if (!blank && !record(morsel.offset + begin)) return;
            begin = end + 1;
        }
    }
}

class Searcher {
public:
    Searcher(FileSystem& files, const RowBorderSearch& search, const StopRequest& stop)
        : files_(files),
          search_(search),
          stop_(stop),
          input_(make_jsonl_input({})),
          records_per_mark_(
              std::clamp<std::uint64_t>(search.rows_apart / kMarksPerPartition, 1, kMostRecordsPerMark)) {}

    /// Near-equal shares of all bytes for each thread of each rank; this rank's, in input order.
    void take_shares(int rank, int ranks) {
        const auto threads = static_cast<std::uint64_t>(std::max(search_.threads, 1));
        const auto parts = threads * static_cast<std::uint64_t>(ranks);
        std::uint64_t total = 0;
        for (const auto& file : search_.files) total += file.size_bytes;
        const auto border = [&](std::uint64_t part) {
            return total / parts * part + std::min(part, total % parts);
        };
        const auto first = threads * static_cast<std::uint64_t>(rank);
        for (auto part = first; part < first + threads; ++part) add_shares(border(part), border(part + 1));
    }

    /// No exception may leave the parallel region: the first is kept.
    void count(std::exception_ptr& error) {
        std::mutex mutex;
#pragma omp parallel for num_threads(search_.threads) schedule(dynamic)
        for (std::size_t i = 0; i < shares_.size(); ++i) {
            try {
                mark(shares_[i]);
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (!error) error = std::current_exception();
            }
        }
    }

    [[nodiscard]] std::uint64_t records() const {
        std::uint64_t records = 0;
        for (const auto& share : shares_) records += share.records;
        return records;
    }

    /// The borders in this rank's shares, before whose records stand `earlier` others.
    [[nodiscard]] std::vector<RowBorder> borders(std::uint64_t earlier) const {
        std::vector<RowBorder> found;
        for (const auto& share : shares_) {
            // The first multiple of rows_apart, 0 excepted, at or behind the share's first record.
            auto record =
                std::max<std::uint64_t>((earlier + search_.rows_apart - 1) / search_.rows_apart, 1) *
                search_.rows_apart;
            for (; record < earlier + share.records && !stop_.requested(); record += search_.rows_apart)
                found.push_back({share.range.file, offset_of(share, record - earlier)});
            earlier += share.records;
        }
        return found;
    }

private:
    void add_shares(std::uint64_t begin, std::uint64_t end) {
        std::uint64_t file_begin = 0;
        for (std::size_t i = 0; i < search_.files.size(); ++i) {
            const auto file_end = file_begin + search_.files[i].size_bytes;
            if (begin < file_end && end > file_begin) {
                const FileRange range{static_cast<std::uint32_t>(i), std::max(begin, file_begin) - file_begin,
                                      std::min(end, file_end) - file_begin};
                shares_.push_back({range, 0, {}});
            }
            file_begin = file_end;
        }
    }

    [[nodiscard]] std::unique_ptr<MorselSource> open(const FileRange& range) const {
        const FileKind kind{FileFormat::jsonl, Compression::none};
        return input_->open(files_, search_.files[range.file].path, kind, range, kMorselBytes);
    }

    void mark(Share& share) const {
        const auto source = open(share.range);
        for_each_record(*source, stop_, [&](std::uint64_t offset) {
            if (share.records++ % records_per_mark_ == 0) share.marks.push_back(offset);
            return true;
        });
    }

    [[nodiscard]] std::uint64_t offset_of(const Share& share, std::uint64_t record) const {
        const auto mark = record / records_per_mark_;
        auto offset = share.marks[mark];
        auto ahead = record % records_per_mark_;
        if (ahead == 0) return offset;
        const auto end = mark + 1 < share.marks.size() ? share.marks[mark + 1] : share.range.end;
        const auto source = open({share.range.file, offset, end});
        for_each_record(*source, stop_, [&](std::uint64_t begin) {
            offset = begin;
            return ahead-- > 0;
        });
        return offset;
    }

    FileSystem& files_;
    const RowBorderSearch& search_;
    const StopRequest& stop_;
    std::unique_ptr<InputFormat> input_;
    std::uint64_t records_per_mark_;
    std::vector<Share> shares_;
};

RowBorderSearch shared_search(const mpi::Communicator& world, const RowBorderSearch& search) {
    std::string packed;
    if (world.is_root()) {
        auto files = json::array();
        for (const auto& file : search.files) files.push_back({file.path, file.size_bytes});
        packed = json::array({search.rows_apart, search.threads, std::move(files)}).dump();
    }
    const auto unpacked = json::parse(world.broadcast(std::move(packed)));
    RowBorderSearch shared{{}, unpacked.at(0).get<std::uint64_t>(), unpacked.at(1).get<int>()};
    for (const auto& file : unpacked.at(2))
        shared.files.push_back({.path = file.at(0), .size_bytes = file.at(1).get<std::uint64_t>()});
    return shared;
}

}  // namespace

std::vector<RowBorder> find_row_borders(const mpi::Communicator& world, FileSystem& files,
                                        const RowBorderSearch& search, const StopRequest& stop) {
    const auto shared = shared_search(world, search);
    Searcher searcher(files, shared, stop);
    searcher.take_shares(world.rank(), world.size());
    std::exception_ptr error;
    searcher.count(error);
    const auto earlier = world.exclusive_sum(searcher.records());
    json answer = {{"borders", json::array()}};
    try {
        if (error) std::rethrow_exception(error);
        for (const auto& border : searcher.borders(earlier))
            answer["borders"].push_back({border.file, border.offset});
    } catch (const std::exception& failure) {
        answer["error"] = failure.what();
    }
    std::vector<RowBorder> borders;
    for (const auto& bytes : world.gather(answer.dump())) {
        const auto one = json::parse(bytes);
        if (one.contains("error")) throw EnvironmentError(one.at("error").get<std::string>());
        for (const auto& border : one.at("borders")) borders.push_back({border.at(0), border.at(1)});
    }
    return borders;
}

}  // namespace dj
