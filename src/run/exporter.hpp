// SPDX-License-Identifier: Apache-2.0
/// One rank's hand in the ordered, parallel export. Partitions that this rank finished wait in the stage store until
/// the coordinator names their place; then their rows are written where they belong, or, where the output is made of
/// blocks, handed to the rank that gathers the block. Threads of its own do the compressing and writing.
///
/// Files have temporary names that carry the attempt; `run` renames them once all ranks have made theirs durable.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/mpi/mailbox.hpp"
#include "messages.hpp"
#include "output_placement.hpp"
#include "partition_account.hpp"
#include "partition_state.hpp"
#include "pipeline.hpp"
#include "work_queue.hpp"

namespace dj {

/// Temporary names of the output, the same on all ranks.
struct OutputPaths {
    std::filesystem::path folder;
    std::string temporary_prefix;  ///< ".result.jsonl.<job>.<what decides the bytes, or the attempt>"

    [[nodiscard]] std::filesystem::path shard(std::uint32_t number) const;
    [[nodiscard]] std::filesystem::path stats() const;
    [[nodiscard]] std::filesystem::path quarantine() const;
};

class Exporter {
public:
    struct Context {
        int rank = 0;
        int threads = 1;
        GridOptions grid;
        std::function<void(int to, Tag tag, std::string bytes)> send;
        /// Called once, from an exporter thread, when the export cannot go on.
        std::function<void(std::exception_ptr)> fail;
        /// A disk that refuses a write is asked again.
        RetrySpec retry{};
        std::string job_id{};
        /// The rows of a partition stand in the file; may be empty. Not called where the output is made of blocks: a
        /// block may hold rows of several partitions.
        std::function<void(std::uint32_t partition, const ExportedRows&)> exported;
    };

    Exporter(FileSystem& files, const Pipeline& pipeline, StageStore& store, OutputPaths paths,
             Context context);
    ~Exporter();
    Exporter(const Exporter&) = delete;
    Exporter& operator=(const Exporter&) = delete;

    /// A finished partition of this rank; before the coordinator hears of it.
    void add(PartitionState&& state);
    /// A message for the exporter. Does not block.
    void handle(mpi::Message&& message);
    /// Ends the threads; what has not been written stays unwritten.
    void stop();
    /// Makes durable what this rank has written so far. Thread-safe.
    void sync();

private:
    /// A block being gathered: complete once the pieces cover its whole extent.
    struct OpenBlock {
        std::uint64_t covered = 0;
        std::uint64_t extent = 0;
        std::map<std::uint64_t, StoredBlob> pieces;  ///< By position.
    };
    using BlockId = std::pair<std::uint32_t, std::uint64_t>;  ///< Shard, block.
    struct OpenFile {
        std::shared_ptr<File> file;
        std::uint64_t last_use = 0;
    };

    void loop();
    void handle_one(const mpi::Message& message);
    void place_partition(const PlacePartition& place);
    std::vector<ExportedRun> write_plain(PartitionState& state, const std::vector<ShardRun>& runs);
    void write_stats(const PartitionState& state, ExportedRows& rows);
    void cut_run(const PartitionState& state, const std::vector<std::uint32_t>& weights, const ShardRun& run,
                 const PlacePartition& place, bool shard_ends);
    void add_piece(PieceMessage&& piece);
    void finish_block(const BlockId& id, std::vector<std::string> pieces);
    void place_block(const PlaceBlock& place);
    void write(const std::filesystem::path& path, std::string_view bytes, std::uint64_t offset);
    std::shared_ptr<File> file(const std::filesystem::path& path);
    void close_least_used();

    FileSystem& files_;
    const Pipeline& pipeline_;
    StageStore& store_;
    const OutputPaths paths_;
    const Context context_;

    WorkQueue<mpi::Message> queue_;
    std::mutex mutex_;
    std::map<std::uint32_t, PartitionState> partitions_;
    std::map<BlockId, OpenBlock> open_blocks_;
    std::map<BlockId, StoredBlob> finished_blocks_;
    std::map<std::filesystem::path, OpenFile> open_files_;
    std::uint64_t uses_ = 0;
    std::atomic<bool> stopping_{false};
    std::vector<std::thread> threads_;
};

}  // namespace dj
