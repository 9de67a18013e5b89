// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "dj/base/clock.hpp"
#include "dj/base/error.hpp"
#include "dj/mpi/communicator.hpp"
#include "dj/storage/generation_writer.hpp"
#include "dj/storage/volume.hpp"
#include "storage/checkpoint_index.hpp"
#include "storage/hdf5_frame_mpi.hpp"

namespace dj {
namespace {

using Local = std::function<void()>;

/// Collective. Runs `local` everywhere; if it throws anywhere, an error that tells of it is thrown on all ranks.
void together(const mpi::Communicator& communicator, const Local& local) {
    std::string error;
    try {
        local();
    } catch (const std::exception& caught) {
        error = caught.what();
        if (error.empty()) error = "unknown error";
    }
    if (communicator.agree(error.empty())) return;
    const auto all = communicator.gather(error);
    for (std::size_t rank = 0; rank < all.size(); ++rank) {
        if (!all[rank].empty()) {
            error = fmt::format("{} (rank {})", all[rank], rank);
            break;
        }
    }
    throw EnvironmentError(communicator.broadcast(std::move(error)));
}

std::uint64_t size_of(const NewState& state) {
    std::uint64_t size = 0;
    for (const auto& piece : state.pieces) size += piece.size_bytes();
    return size;
}

/// Ranks begin on pages of their own: clients of network file systems may write pages as a whole.
constexpr std::uint64_t kPageBytes = 4096;

std::uint64_t whole_pages(std::uint64_t bytes) { return (bytes + kPageBytes - 1) / kPageBytes * kPageBytes; }

/// Gathers pieces into writes of a good size, of whole pages.
class PayloadStream {
public:
    PayloadStream(File& file, std::uint64_t offset, std::uint64_t write_bytes)
        : file_(file), offset_(offset), write_bytes_(std::max<std::uint64_t>(write_bytes, 1)) {}

    void add(const StoredBlob& piece, Xxh3Hasher& hasher) {
        const auto before = waiting_.size();
        piece.append_to(waiting_);
        hasher.update(std::string_view(waiting_).substr(before));
        if (waiting_.size() < write_bytes_) return;
        std::string_view rest = waiting_;
        for (; rest.size() >= write_bytes_; rest.remove_prefix(write_bytes_))
            write(rest.substr(0, write_bytes_));
        waiting_.erase(0, waiting_.size() - rest.size());
    }
    void finish() {
        if (!waiting_.empty()) write(waiting_);
        waiting_.clear();
    }

private:
    void write(std::string_view bytes) {
        file_.write_at(bytes, offset_);
        file_.send_off(offset_, bytes.size());
        offset_ += bytes.size();
    }

    File& file_;
    std::uint64_t offset_;
    std::uint64_t write_bytes_;
    std::string waiting_;
};

}  // namespace

struct GenerationWriter::State {
    mpi::Communicator ranks;
    mpi::Communicator node;
    FileSystem& files;
    std::filesystem::path folder;
    int attempt = 1;
    Options options;

    /// One generation under way.
    struct Round {
        GenerationRecord record;
        std::filesystem::path temporary;
        std::filesystem::path path;
        std::uint64_t first_byte = 0;  ///< Of this rank, in /payload.
        std::string index;             ///< This rank's entries; later, on rank 0, all.
    };

    [[nodiscard]] Round begin(std::uint64_t number, const std::vector<NewState>& states) const;
    void create(Round& round) const;
    void write_states(Round& round, const std::vector<NewState>& states) const;
    void fill(Round& round, const std::vector<NewState>& states) const;
    void publish(Round& round) const;
    void discard(const Round& round) const noexcept;
};

GenerationWriter::State::Round GenerationWriter::State::begin(std::uint64_t number,
                                                              const std::vector<NewState>& states) const {
    Round round;
    std::uint64_t bytes = 0;
    std::uint64_t raw_bytes = 0;
    for (const auto& state : states) {
        bytes += size_of(state);
        raw_bytes += state.head.raw_bytes;
    }
    const auto totals = ranks.sum({states.size(), whole_pages(bytes), raw_bytes});
    round.first_byte = ranks.exclusive_sum(whole_pages(bytes));
    round.record.number = number;
    round.record.attempt = attempt;
    round.record.file = generation_file_name(number, attempt);
    round.record.states = totals[0];
    round.record.bytes = totals[1];
    round.record.raw_bytes = totals[2];
    round.path = folder / round.record.file;
    round.temporary = round.path;
    round.temporary += ".tmp";
    return round;
}

void GenerationWriter::State::create(Round& round) const {
    together(ranks, [&] {
        if (!ranks.is_root()) return;
        auto& record = round.record;
        const auto frame = make_generation_frame(record);
        files.create_directories(folder);
        make_striped(round.temporary, frame.file_bytes, ranks.size());
        const auto file = files.open(round.temporary, OpenMode::create);
        Xxh3Hasher hasher;
        for (const auto& piece : frame.pieces) {
            hasher.update(piece.bytes);
            file->write_at(piece.bytes, piece.offset);
        }
        file->truncate(frame.file_bytes);
        record.frame_hash = hasher.digest();
    });
    round.record.file_bytes = ranks.max(round.record.file_bytes);
    round.record.payload_offset = ranks.max(round.record.payload_offset);
    together(ranks, [&] {
        const auto seen = files.info(round.temporary);
        if (seen && seen->size_bytes == round.record.file_bytes) return;
        throw EnvironmentError(
            fmt::format("{} was made by rank 0 and is not seen by another rank: checkpoints need a "
                        "folder that all nodes share",
                        round.temporary.string()));
    });
}

void GenerationWriter::State::write_states(Round& round, const std::vector<NewState>& states) const {
    if (states.empty()) return;
    const auto file = files.open(round.temporary, OpenMode::create_or_write);
    auto offset = round.first_byte;
    PayloadStream stream(*file, round.record.payload_offset + offset, options.write_bytes);
    for (const auto& state : states) {
        Xxh3Hasher hasher;
        for (const auto& piece : state.pieces) stream.add(piece, hasher);
        auto head = state.head;
        head.offset = offset;
        head.bytes = size_of(state);
        head.payload_hash = hasher.digest();
        offset += head.bytes;
        append_index_entry(round.index, head);
    }
    stream.finish();
}

void GenerationWriter::State::fill(Round& round, const std::vector<NewState>& states) const {
    together(ranks, [&] { write_states(round, states); });
    const auto indexes = ranks.gather(round.index);
    together(ranks, [&] {
        if (!ranks.is_root()) return;
        round.index.clear();
        for (const auto& part : indexes) round.index += part;
        files.open(round.temporary, OpenMode::create_or_write)
            ->write_at(round.index, round.record.index_offset);
    });
}

void GenerationWriter::State::publish(Round& round) const {
    // What a node's kernel still holds (a network file system's client) only that node can make durable.
    together(ranks, [&] {
        if (node.is_root()) files.open(round.temporary, OpenMode::create_or_write)->sync();
    });
    together(ranks, [&] {
        if (!ranks.is_root()) return;
        auto& record = round.record;
        // What stands on disk is what was meant to, as far as nobody else hashes it.
        const auto file = files.open(round.temporary, OpenMode::read);
        if (file->size_bytes() != record.file_bytes || hash_frame(*file, record) != record.frame_hash)
            throw EnvironmentError(fmt::format("{} changed while it was written", round.temporary.string()));
        record.index_hash = xxh3_128(round.index);
        files.rename(round.temporary, round.path);
        files.sync_directory(folder);
    });
}

void GenerationWriter::State::discard(const Round& round) const noexcept {
    if (!ranks.is_root()) return;
    for (const auto& path : {round.temporary, round.path}) {
        try {
            files.remove(path);
        } catch (const std::exception&) {  // the next attempt removes it
            continue;
        }
    }
}

GenerationWriter::GenerationWriter(const mpi::Communicator& communicator, FileSystem& files,
                                   std::filesystem::path folder, int attempt)
    : GenerationWriter(communicator, files, std::move(folder), attempt, Options{}) {}

GenerationWriter::GenerationWriter(const mpi::Communicator& communicator, FileSystem& files,
                                   std::filesystem::path folder, int attempt, Options options)
    : state_(std::make_unique<State>(State{.ranks = communicator.duplicate(),
                                           .node = communicator.split_by_node(),
                                           .files = files,
                                           .folder = std::move(folder),
                                           .attempt = attempt,
                                           .options = options})) {}

GenerationWriter::~GenerationWriter() = default;

GenerationRecord GenerationWriter::write(std::uint64_t number, const std::vector<NewState>& states) {
    const auto start = std::chrono::steady_clock::now();
    const auto& ranks = state_->ranks;
    auto round = state_->begin(number, states);
    if (round.record.states == 0) return ranks.is_root() ? round.record : GenerationRecord{};
    try {
        state_->create(round);
        state_->fill(round, states);
        state_->publish(round);
    } catch (const EnvironmentError&) {
        state_->discard(round);
        throw;
    }
    if (!ranks.is_root()) return {};
    round.record.time = seconds_since_epoch();
    round.record.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return round.record;
}

}  // namespace dj
