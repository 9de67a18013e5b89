// SPDX-License-Identifier: Apache-2.0
#include "exporter.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

#include <fmt/format.h>

#include "dj/base/byte_stream.hpp"

namespace dj {

namespace {

constexpr std::size_t kWorthSendingOff = 128U << 10;
constexpr std::size_t kMaxOpenFiles = 64;

/// Rows [first, last) of a partition, joined from the morsels that hold them.
void collect_rows(const PartitionState& state, const OutputFormat& format, std::uint64_t first,
                  std::uint64_t last, std::vector<std::string>& pieces) {
    std::uint64_t begin = 0;
    for (const MorselRows& morsel : state.morsels) {
        const std::uint64_t end = begin + morsel.rows;
        if (end > first && begin < last) {
            const EncodedRows rows{morsel.encoded.read(), morsel.weights};
            pieces.push_back(format.slice(rows, std::max(first, begin) - begin, std::min(last, end) - begin));
        }
        begin = end;
        if (begin >= last) break;
    }
}

std::vector<std::uint32_t> all_weights(const PartitionState& state) {
    std::vector<std::uint32_t> weights;
    weights.reserve(state.rows());
    for (const MorselRows& morsel : state.morsels) {
        weights.insert(weights.end(), morsel.weights.begin(), morsel.weights.end());
    }
    return weights;
}

}  // namespace

std::filesystem::path OutputPaths::shard(std::uint32_t number) const {
    return folder / fmt::format("{}.{}.tmp", temporary_prefix, number);
}
std::filesystem::path OutputPaths::stats() const {
    return folder / fmt::format("{}.stats.tmp", temporary_prefix);
}
std::filesystem::path OutputPaths::quarantine() const {
    return folder / fmt::format("{}.quarantine.tmp", temporary_prefix);
}

Exporter::Exporter(FileSystem& files, const Pipeline& pipeline, StageStore& store, OutputPaths paths,
                   Context context)
    : files_(files),
      pipeline_(pipeline),
      store_(store),
      paths_(std::move(paths)),
      context_(std::move(context)),
      queue_(std::numeric_limits<std::size_t>::max()) {
    for (int i = 0; i < context_.threads; ++i) threads_.emplace_back([this] { loop(); });
}

Exporter::~Exporter() { stop(); }

void Exporter::stop() {
    stopping_ = true;
    queue_.cancel();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

void Exporter::add(PartitionState&& state) {
    const std::lock_guard lock(mutex_);
    partitions_.emplace(state.partition, std::move(state));
}

void Exporter::handle(mpi::Message&& message) { queue_.push_now(std::move(message)); }

void Exporter::loop() {
    while (auto message = queue_.pop()) {
        try {
            handle_one(*message);
        } catch (...) {
            queue_.cancel();
            context_.fail(std::current_exception());
            return;
        }
    }
}

void Exporter::handle_one(const mpi::Message& message) {
    ByteReader reader(message.bytes);
    switch (static_cast<Tag>(message.tag)) {
        case Tag::place_partition: place_partition(reader.get<PlacePartition>()); break;
        case Tag::block_piece: add_piece(PieceMessage::unpack(message.bytes)); break;
        case Tag::place_block: place_block(reader.get<PlaceBlock>()); break;
        case Tag::close_shard: {
            const auto close = reader.get<CloseShard>();
            PieceMessage end;
            end.shard = close.shard;
            end.block = close.weight / context_.grid.block_weight;
            end.position = close.weight;
            end.shard_weight = close.weight;
            add_piece(std::move(end));
            break;
        }
        default: throw Bug(fmt::format("the exporter got a message with tag {}", message.tag));
    }
}

void Exporter::place_partition(const PlacePartition& place) {
    PartitionState state;
    {
        const std::lock_guard lock(mutex_);
        state = std::move(partitions_.at(place.partition));
        partitions_.erase(place.partition);
    }
    const std::vector<std::uint32_t> weights = all_weights(state);
    const PlacementStart start{place.shard, place.position, place.open_block_owner};
    const std::vector<ShardRun> runs = cut_into_shards(weights, start, context_.grid);
    if (place.report_cut) {
        PartitionCut cut{place.partition, {}};
        for (const ShardRun& run : runs) cut.parts.push_back({run.shard, run.last - run.first, run.weight});
        context_.send(0, Tag::partition_cut, cut.pack());
    }
    ExportedRows rows;
    rows.stats_offset = place.stats_offset;
    if (pipeline_.output->blocked()) {
        for (std::size_t i = 0; i < runs.size(); ++i)
            cut_run(state, weights, runs[i], place, i + 1 < runs.size());
    } else {
        rows.runs = write_plain(state, runs);
    }
    if (pipeline_.stats_output) write_stats(state, rows);
    if (context_.exported && !pipeline_.output->blocked()) context_.exported(place.partition, rows);
    context_.send(0, Tag::written, {});
}

std::vector<ExportedRun> Exporter::write_plain(PartitionState& state, const std::vector<ShardRun>& runs) {
    std::vector<ExportedRun> written;
    // Almost always one run: then every morsel is written as it is, without a look at its rows.
    for (const ShardRun& run : runs) {
        Xxh3Hasher hasher;
        std::uint64_t begin = 0;
        std::uint64_t position = run.position;
        for (MorselRows& morsel : state.morsels) {
            const std::uint64_t end = begin + morsel.rows;
            if (end > run.first && begin < run.last) {
                const bool whole = begin >= run.first && end <= run.last;
                const std::string bytes =
                    whole ? morsel.encoded.take()
                          : pipeline_.output->slice({morsel.encoded.read(), morsel.weights},
                                                    std::max(run.first, begin) - begin,
                                                    std::min(run.last, end) - begin);
                write(paths_.shard(run.shard), bytes, position);
                position += bytes.size();
                hasher.update(bytes);
            }
            begin = end;
        }
        written.push_back({run.shard, run.position, run.last - run.first, run.weight, hasher.digest()});
    }
    return written;
}

void Exporter::write_stats(const PartitionState& state, ExportedRows& rows) {
    Xxh3Hasher hasher;
    for (const MorselRows& morsel : state.morsels) {
        if (morsel.stats.size_bytes() == 0) continue;
        const std::string bytes = morsel.stats.read();
        write(paths_.stats(), bytes, rows.stats_offset + rows.stats_bytes);
        rows.stats_bytes += bytes.size();
        hasher.update(bytes);
    }
    rows.stats_hash = hasher.digest();
}

void Exporter::cut_run(const PartitionState& state, const std::vector<std::uint32_t>& weights,
                       const ShardRun& run, const PlacePartition& place, bool shard_ends) {
    const std::uint64_t end = run.position + run.weight;
    std::vector<BlockPiece> pieces = cut_into_blocks(weights, run, context_.grid);
    const bool last_is_open = end % context_.grid.block_weight != 0;
    if (shard_ends && last_is_open && pieces.empty()) {
        // Nothing of this partition fits any more: the open block only has to hear that the shard ends.
        pieces.push_back({end / context_.grid.block_weight, 0, end, run.first, run.first, false});
    }
    for (const BlockPiece& piece : pieces) {
        PieceMessage message;
        message.shard = run.shard;
        message.block = piece.block;
        message.coverage = piece.coverage;
        message.position = piece.position;
        if (shard_ends && last_is_open && piece.block == end / context_.grid.block_weight)
            message.shard_weight = end;
        std::vector<std::string> rows;
        collect_rows(state, *pipeline_.output, piece.first, piece.last, rows);
        ByteWriter joined;
        for (const std::string& part : rows) joined.put_bytes(part);
        message.rows = joined.take();
        const int gatherer = piece.own ? context_.rank : place.open_block_owner;
        if (gatherer == context_.rank) {
            add_piece(std::move(message));
        } else {
            context_.send(gatherer, Tag::block_piece, message.pack());
        }
    }
}

void Exporter::add_piece(PieceMessage&& piece) {
    const BlockId id{piece.shard, piece.block};
    const std::uint64_t block_begin = piece.block * context_.grid.block_weight;
    std::vector<std::string> complete;
    {
        const std::lock_guard lock(mutex_);
        OpenBlock& block = open_blocks_[id];
        if (block.extent == 0) block.extent = context_.grid.block_weight;
        block.covered += piece.coverage;
        if (piece.shard_weight != PieceMessage::kOpen) block.extent = piece.shard_weight - block_begin;
        if (!piece.rows.empty()) block.pieces.emplace(piece.position, store_.put(std::move(piece.rows)));
        if (block.covered != block.extent) return;
        for (auto& [position, blob] : block.pieces) {
            const std::string bytes = blob.take();
            for (ByteReader reader(bytes); !reader.empty();) complete.emplace_back(reader.get_bytes());
        }
        open_blocks_.erase(id);
    }
    finish_block(id, std::move(complete));
}

void Exporter::finish_block(const BlockId& id, std::vector<std::string> pieces) {
    EncodedBlock encoded;
    // A row longer than a block leaves blocks in which no row begins: they stay empty.
    if (!pieces.empty()) encoded = pipeline_.output->encode_block(pieces);
    BlockDone done{id.first, id.second, encoded.bytes.size(), std::move(encoded.trailer_part)};
    {
        const std::lock_guard lock(mutex_);
        finished_blocks_.emplace(id, store_.put(std::move(encoded.bytes)));
    }
    context_.send(0, Tag::block_done, done.pack());
}

void Exporter::place_block(const PlaceBlock& place) {
    StoredBlob blob;
    {
        const std::lock_guard lock(mutex_);
        const auto found = finished_blocks_.find({place.shard, place.block});
        blob = std::move(found->second);
        finished_blocks_.erase(found);
    }
    if (blob.size_bytes() != 0) write(paths_.shard(place.shard), blob.read(), place.offset);
    context_.send(0, Tag::written, {});
}

void Exporter::write(const std::filesystem::path& path, std::string_view bytes, std::uint64_t offset) {
    for (int retry = 1;; ++retry) {
        try {
            const auto target = file(path);
            target->write_at(bytes, offset);
            // The disk works while operators do, not only when all is to be made durable. Little pieces would share pages.
            if (bytes.size() >= kWorthSendingOff) target->send_off(offset, bytes.size());
            return;
        } catch (const IoError&) {
            if (retry > context_.retry.max_retries || stopping_) throw;
        }
        const double seconds = retry_delay_seconds(context_.retry.delays, context_.job_id, offset, retry);
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    }
}

std::shared_ptr<File> Exporter::file(const std::filesystem::path& path) {
    const std::lock_guard lock(mutex_);
    const auto found = open_files_.find(path);
    if (found != open_files_.end()) {
        found->second.last_use = ++uses_;
        return found->second.file;
    }
    if (open_files_.size() >= kMaxOpenFiles) close_least_used();
    const OpenFile open{files_.open(path, OpenMode::create_or_write), ++uses_};
    return open_files_.emplace(path, open).first->second.file;
}

/// There may be more shards than files a process may have open. What is closed is made durable first: `sync` will not
/// see it. A file that a thread is writing to stays.
void Exporter::close_least_used() {
    auto least = open_files_.end();
    for (auto open = open_files_.begin(); open != open_files_.end(); ++open) {
        if (open->second.file.use_count() > 1) continue;
        if (least == open_files_.end() || open->second.last_use < least->second.last_use) least = open;
    }
    if (least == open_files_.end()) return;
    least->second.file->sync();
    open_files_.erase(least);
}

void Exporter::sync() {
    std::vector<std::shared_ptr<File>> open;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [path, file] : open_files_) open.push_back(file.file);
    }
    for (const auto& file : open) file->sync();
}

}  // namespace dj
