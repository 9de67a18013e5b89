// SPDX-License-Identifier: Apache-2.0
/// The coordinator's book of the export: gives partitions their places in order, blocks their offsets in order, and
/// knows when everything has been written. Pure bookkeeping: what to send is returned, not sent. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dj/format/output.hpp"
#include "messages.hpp"
#include "output_placement.hpp"
#include "partition_account.hpp"

namespace dj {

class ExportLedger {
public:
    struct Outgoing {
        int to = 0;
        Tag tag = Tag::place_partition;
        std::string bytes;
    };

    struct Shard {
        std::uint64_t rows = 0;
        std::uint64_t weight = 0;
        std::uint64_t bytes = 0;  ///< Of the file so far, header included, trailer not.
        std::vector<OutputFormat::PlacedBlock> blocks;
    };

    /// `header_bytes` stand at the beginning of every shard.
    ExportLedger(GridOptions grid, std::uint64_t header_bytes, std::uint32_t partitions);

    void partition_done(const PartitionDone& done, int owner, std::vector<Outgoing>& out);
    /// An earlier start of the job has written the partition's rows.
    void partition_written(const PartitionDone& done, const std::vector<ExportedRun>& runs,
                           std::vector<Outgoing>& out);
    void partition_cut(const PartitionCut& cut, std::vector<Outgoing>& out);
    void block_done(BlockDone done, int owner, std::vector<Outgoing>& out);
    /// A partition's rows or a block have reached the file.
    void written() { ++written_; }

    [[nodiscard]] bool complete() const;
    [[nodiscard]] const std::vector<Shard>& shards() const { return shards_; }
    [[nodiscard]] std::uint64_t stats_bytes() const { return stats_bytes_; }

private:
    struct Waiting {
        int owner = 0;
        std::uint64_t rows = 0;
        std::uint64_t weight = 0;
        std::uint64_t stats_bytes = 0;
        std::vector<ExportedRun> written;  ///< Where its rows stand already; empty: nowhere.
    };
    void take_cut(const PartitionCut& cut, int owner);
    struct ShardBlocks {
        std::uint64_t next_block = 0;
        std::map<std::uint64_t, std::pair<int, BlockDone>> waiting;
    };

    void place_in_order(std::vector<Outgoing>& out);
    void close_last_shard(std::vector<Outgoing>& out);
    Shard& shard(std::uint32_t number);

    GridOptions grid_;
    std::uint64_t header_bytes_;
    std::uint32_t partitions_;
    OutputPlacement placement_;
    std::uint32_t next_partition_ = 0;
    bool waiting_for_cut_ = false;
    std::map<std::uint32_t, Waiting> waiting_;  ///< Done, not yet placed.
    std::vector<Shard> shards_;
    std::vector<ShardBlocks> blocks_;
    std::uint64_t stats_bytes_ = 0;
    std::uint64_t written_ = 0;
};

}  // namespace dj
