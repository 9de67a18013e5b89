// SPDX-License-Identifier: Apache-2.0
#include "export_ledger.hpp"

#include "dj/base/byte_stream.hpp"
#include "dj/base/error.hpp"

namespace dj {

ExportLedger::ExportLedger(GridOptions grid, std::uint64_t header_bytes, std::uint32_t partitions)
    : grid_(grid), header_bytes_(header_bytes), partitions_(partitions), placement_(grid) {
    shard(0);
}

ExportLedger::Shard& ExportLedger::shard(std::uint32_t number) {
    while (shards_.size() <= number) {
        shards_.push_back({0, 0, header_bytes_, {}});
        blocks_.emplace_back();
    }
    return shards_[number];
}

void ExportLedger::partition_done(const PartitionDone& done, int owner, std::vector<Outgoing>& out) {
    waiting_[done.partition] = {owner, done.rows, done.weight, done.stats_bytes, {}};
    place_in_order(out);
}

void ExportLedger::partition_written(const PartitionDone& done, const std::vector<ExportedRun>& runs,
                                     std::vector<Outgoing>& out) {
    waiting_[done.partition] = {0, done.rows, done.weight, done.stats_bytes, runs};
    ++written_;
    place_in_order(out);
}

void ExportLedger::place_in_order(std::vector<Outgoing>& out) {
    while (!waiting_for_cut_) {
        const auto found = waiting_.find(next_partition_);
        if (found == waiting_.end()) return;
        const Waiting& partition = found->second;
        const PlacementStart start = placement_.start();
        if (!partition.written.empty()) {
            // The same rows in the same order have the same places, whichever start of the job wrote them.
            const ExportedRun& first = partition.written.front();
            if (first.position != (first.shard == start.shard ? start.position : 0))
                throw Bug("a partition that was written before stands where it does not belong");
            PartitionCut cut{next_partition_, {}};
            for (const ExportedRun& run : partition.written)
                cut.parts.push_back({run.shard, run.rows, run.weight});
            stats_bytes_ += partition.stats_bytes;
            take_cut(cut, partition.owner);
            waiting_.erase(found);
            if (++next_partition_ == partitions_) close_last_shard(out);
            continue;
        }
        const bool fits = placement_.fits(partition.weight);
        const PlacePartition place{next_partition_,        start.shard, start.position, stats_bytes_,
                                   start.open_block_owner, !fits};
        out.push_back({partition.owner, Tag::place_partition, ByteWriter().put(place).take()});
        stats_bytes_ += partition.stats_bytes;
        if (!fits) {
            waiting_for_cut_ = true;
            return;
        }
        Shard& current = shard(start.shard);
        current.rows += partition.rows;
        current.weight += partition.weight;
        if (grid_.block_weight == 0) current.bytes += partition.weight;
        placement_.advance(partition.weight, partition.owner);
        waiting_.erase(found);
        if (++next_partition_ == partitions_) close_last_shard(out);
    }
}

void ExportLedger::take_cut(const PartitionCut& cut, int owner) {
    for (const PartitionCut::Part& part : cut.parts) {
        Shard& current = shard(part.shard);
        current.rows += part.rows;
        current.weight += part.weight;
        if (grid_.block_weight == 0) current.bytes += part.weight;
    }
    const std::uint32_t last = cut.parts.back().shard;
    placement_.advance_to(last, shards_[last].weight, owner);
}

void ExportLedger::partition_cut(const PartitionCut& cut, std::vector<Outgoing>& out) {
    take_cut(cut, waiting_.at(cut.partition).owner);
    waiting_.erase(cut.partition);
    waiting_for_cut_ = false;
    if (++next_partition_ == partitions_) {
        close_last_shard(out);
    } else {
        place_in_order(out);
    }
}

void ExportLedger::close_last_shard(std::vector<Outgoing>& out) {
    const PlacementStart end = placement_.start();
    if (grid_.block_weight == 0 || end.position % grid_.block_weight == 0) return;
    out.push_back({end.open_block_owner, Tag::close_shard,
                   ByteWriter().put(CloseShard{end.shard, end.position}).take()});
}

void ExportLedger::block_done(BlockDone done, int owner, std::vector<Outgoing>& out) {
    // A block can be done before the cut that opened its shard has been reported.
    Shard& file = shard(done.shard);
    ShardBlocks& blocks = blocks_[done.shard];
    const auto number = done.block;
    blocks.waiting.emplace(number, std::pair{owner, std::move(done)});
    for (auto found = blocks.waiting.find(blocks.next_block); found != blocks.waiting.end();
         found = blocks.waiting.find(blocks.next_block)) {
        auto& [block_owner, block] = found->second;
        const PlaceBlock place{block.shard, block.block, file.bytes};
        out.push_back({block_owner, Tag::place_block, ByteWriter().put(place).take()});
        if (block.size_bytes != 0) file.blocks.push_back({file.bytes, std::move(block.trailer_part)});
        file.bytes += block.size_bytes;
        blocks.waiting.erase(found);
        ++blocks.next_block;
    }
}

bool ExportLedger::complete() const {
    if (next_partition_ != partitions_) return false;
    std::uint64_t expected = partitions_;
    if (grid_.block_weight != 0) {
        for (const Shard& file : shards_)
            expected += (file.weight + grid_.block_weight - 1) / grid_.block_weight;
    }
    return written_ == expected;
}

}  // namespace dj
