// SPDX-License-Identifier: Apache-2.0
#include "run/export_ledger.hpp"

#include <numeric>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "dj/base/byte_stream.hpp"
#include "run/one_walk.hpp"

namespace dj {
namespace {

using BlockId = std::pair<std::uint32_t, std::uint64_t>;
constexpr std::uint64_t kHeaderBytes = 4;

std::uint64_t stats_bytes_of(std::uint32_t partition) { return partition * 7 % 11; }
std::uint64_t stats_bytes_before(std::uint32_t partition) {
    std::uint64_t bytes = 0;
    for (std::uint32_t p = 0; p < partition; ++p) bytes += stats_bytes_of(p);
    return bytes;
}

/// The coordinator's ledger and the ranks around it, without threads: whatever is under way arrives in random order.
class Export {
public:
    Export(PartitionWeights partitions, const GridOptions& grid, RandomRows& random)
        : weights_(std::move(partitions)),
          grid_(grid),
          expected_(weights_, grid),
          random_(random),
          ledger_(grid, kHeaderBytes, static_cast<std::uint32_t>(weights_.size())) {
        for (std::uint32_t p = 0; p < weights_.size(); ++p) {
            owners_.push_back(static_cast<int>(random.number(0, 3)));
            under_way_.push_back([this, p] { finish_partition(p); });
        }
    }

    void run() {
        EXPECT_EQ(ledger_.complete(), under_way_.empty());
        while (!under_way_.empty() && !testing::Test::HasFailure()) {
            const auto n = random_.number(0, static_cast<std::uint32_t>(under_way_.size() - 1));
            std::swap(under_way_[n], under_way_.back());
            const std::function<void()> next = std::move(under_way_.back());
            under_way_.pop_back();
            next();
            EXPECT_EQ(ledger_.complete(), under_way_.empty());
        }
        check_end();
    }

private:
    struct OpenBlock {
        std::uint64_t covered = 0;
        std::uint64_t extent = 0;
        std::uint64_t rows = 0;
        int gatherer = -1;
    };

    void finish_partition(std::uint32_t partition) {
        PartitionDone done;
        done.partition = partition;
        done.rows = weights_[partition].size();
        for (const std::uint32_t weight : weights_[partition]) done.weight += weight;
        done.stats_bytes = stats_bytes_of(partition);
        std::vector<ExportLedger::Outgoing> out;
        ledger_.partition_done(done, owners_[partition], out);
        deliver(out);
    }

    void deliver(const std::vector<ExportLedger::Outgoing>& outgoing) {
        for (const ExportLedger::Outgoing& one : outgoing) {
            under_way_.push_back([this, one] { receive(one); });
        }
    }

    void receive(const ExportLedger::Outgoing& message) {
        ByteReader reader(message.bytes);
        switch (message.tag) {
            case Tag::place_partition: place(message.to, reader.get<PlacePartition>()); break;
            case Tag::place_block: place(message.to, reader.get<PlaceBlock>()); break;
            case Tag::close_shard: {
                const auto close = reader.get<CloseShard>();
                EXPECT_EQ(close.shard + 1, expected_.shards.size());
                EXPECT_EQ(close.weight, expected_.shards.back().weight);
                add_piece(message.to, {close.shard, close.weight / grid_.block_weight}, 0, 0, close.weight);
                break;
            }
            default: FAIL() << "the ledger sent a message with tag " << static_cast<int>(message.tag);
        }
    }

    void place(int rank, const PlacePartition& place) {
        EXPECT_EQ(rank, owners_[place.partition]);
        EXPECT_TRUE(placed_.insert(place.partition).second);
        EXPECT_EQ(place.stats_offset, stats_bytes_before(place.partition));
        const std::vector<std::uint32_t>& weights = weights_[place.partition];
        const PlacementStart start{place.shard, place.position, place.open_block_owner};
        const std::vector<ShardRun> runs = cut_into_shards(weights, start, grid_);
        EXPECT_TRUE(place.report_cut || runs.size() == 1);
        for (std::size_t i = 0; i < runs.size(); ++i) {
            std::uint64_t position = runs[i].position;
            for (std::uint64_t row = runs[i].first; row < runs[i].last; ++row) {
                EXPECT_EQ(expected_.rows[place.partition][row], (PlacedAt{runs[i].shard, position}));
                position += weights[row];
            }
            if (grid_.block_weight != 0) send_pieces(rank, weights, runs[i], place, i + 1 < runs.size());
        }
        if (place.report_cut) {
            PartitionCut cut{place.partition, {}};
            for (const ShardRun& run : runs)
                cut.parts.push_back({run.shard, run.last - run.first, run.weight});
            under_way_.push_back([this, cut] {
                std::vector<ExportLedger::Outgoing> out;
                ledger_.partition_cut(cut, out);
                deliver(out);
            });
        }
        under_way_.push_back([this] { ledger_.written(); });
    }

    void send_pieces(int rank, const std::vector<std::uint32_t>& weights, const ShardRun& run,
                     const PlacePartition& place, bool shard_ends) {
        const std::uint64_t end = run.position + run.weight;
        const std::uint64_t last_block = end / grid_.block_weight;
        const bool closes = shard_ends && end % grid_.block_weight != 0;
        std::vector<BlockPiece> pieces = cut_into_blocks(weights, run, grid_);
        if (closes && pieces.empty()) pieces.push_back({last_block, 0, end, run.first, run.first, false});
        for (const BlockPiece& piece : pieces) {
            const int gatherer = piece.own ? rank : place.open_block_owner;
            const std::uint64_t weight = closes && piece.block == last_block ? end : PieceMessage::kOpen;
            under_way_.push_back([this, gatherer, piece, weight, shard = run.shard] {
                add_piece(gatherer, {shard, piece.block}, piece.coverage, piece.last - piece.first, weight);
            });
        }
    }

    void add_piece(int rank, const BlockId& id, std::uint64_t coverage, std::uint64_t rows,
                   std::uint64_t shard_weight) {
        OpenBlock& block = open_[id];
        EXPECT_TRUE(block.gatherer == -1 || block.gatherer == rank) << "one rank gathers a block";
        EXPECT_FALSE(sizes_.contains(id)) << "a piece of a block that was complete";
        block.gatherer = rank;
        block.covered += coverage;
        block.rows += rows;
        if (block.extent == 0) block.extent = grid_.block_weight;
        if (shard_weight != PieceMessage::kOpen) block.extent = shard_weight - id.second * grid_.block_weight;
        if (block.covered != block.extent) return;
        EXPECT_EQ(rank, owners_[expected_.block_owner.at(id)]);
        const std::uint64_t bytes = block.rows == 0 ? 0 : 10 + (id.second * 31 + id.first) % 17;
        sizes_[id] = bytes;
        open_.erase(id);
        BlockDone done{id.first, id.second, bytes,
                       bytes == 0 ? "" : fmt::format("{}:{}", id.first, id.second)};
        under_way_.push_back([this, done, rank] {
            std::vector<ExportLedger::Outgoing> out;
            ledger_.block_done(done, rank, out);
            deliver(out);
        });
    }

    void place(int rank, const PlaceBlock& place) {
        const BlockId id{place.shard, place.block};
        EXPECT_EQ(rank, owners_[expected_.block_owner.at(id)]);
        EXPECT_TRUE(block_offsets_.emplace(id, place.offset).second);
        under_way_.push_back([this] { ledger_.written(); });
    }

    void check_end() {
        EXPECT_EQ(placed_.size(), weights_.size());
        EXPECT_TRUE(open_.empty());
        EXPECT_EQ(ledger_.stats_bytes(), stats_bytes_before(static_cast<std::uint32_t>(weights_.size())));
        ASSERT_EQ(ledger_.shards().size(), expected_.shards.size());
        for (std::uint32_t s = 0; s < expected_.shards.size(); ++s) {
            const ExportLedger::Shard& shard = ledger_.shards()[s];
            EXPECT_EQ(shard.rows, expected_.shards[s].rows);
            EXPECT_EQ(shard.weight, expected_.shards[s].weight);
            if (grid_.block_weight == 0) {
                EXPECT_EQ(shard.bytes, kHeaderBytes + shard.weight);
            } else {
                check_blocks(s, shard);
            }
        }
        EXPECT_EQ(block_offsets_.size(), expected_.block_owner.size());
    }

    void check_blocks(std::uint32_t number, const ExportLedger::Shard& shard) {
        std::uint64_t offset = kHeaderBytes;
        std::size_t listed = 0;
        for (std::uint64_t block = 0; block * grid_.block_weight < shard.weight; ++block) {
            const BlockId id{number, block};
            ASSERT_TRUE(block_offsets_.contains(id));
            EXPECT_EQ(block_offsets_[id], offset) << "block " << block << " of shard " << number;
            if (sizes_[id] != 0) {
                ASSERT_LT(listed, shard.blocks.size());
                EXPECT_EQ(shard.blocks[listed].offset, offset);
                EXPECT_EQ(shard.blocks[listed].trailer_part, fmt::format("{}:{}", number, block));
                ++listed;
            }
            offset += sizes_[id];
        }
        EXPECT_EQ(listed, shard.blocks.size());
        EXPECT_EQ(shard.bytes, offset);
    }

    const PartitionWeights weights_;
    const GridOptions grid_;
    const OneWalk expected_;
    RandomRows& random_;
    ExportLedger ledger_;
    std::vector<int> owners_;
    std::vector<std::function<void()>> under_way_;
    std::set<std::uint32_t> placed_;
    std::map<BlockId, OpenBlock> open_;
    std::map<BlockId, std::uint64_t> sizes_;
    std::map<BlockId, std::uint64_t> block_offsets_;
};

TEST(ExportLedger, AnyOrderOfArrivalGivesTheSameFiles) {
    RandomRows random(11);
    for (int trial = 0; trial < 300; ++trial) {
        SCOPED_TRACE(trial);
        const GridOptions grid = random.grid();
        SCOPED_TRACE(fmt::format("shards of {}, blocks of {}", grid.shard_weight, grid.block_weight));
        Export(random.partitions(), grid, random).run();
        if (HasFailure()) return;
    }
}

TEST(ExportLedger, NoPartitionsAreCompleteAtOnce) {
    const ExportLedger ledger({100, 10}, kHeaderBytes, 0);
    EXPECT_TRUE(ledger.complete());
    ASSERT_EQ(ledger.shards().size(), 1U);
    EXPECT_EQ(ledger.shards().front().bytes, kHeaderBytes);
}

TEST(ExportLedger, PartitionsWithoutRowsMakeOneEmptyFile) {
    RandomRows random(12);
    for (const GridOptions& grid :
         {GridOptions{0, 0}, GridOptions{0, 5}, GridOptions{9, 0}, GridOptions{9, 5}}) {
        Export(PartitionWeights(4), grid, random).run();
    }
}

TEST(ExportLedger, AShardThatEndsAtABlocksEndNeedsNoClosing) {
    RandomRows random(13);
    Export({{5, 5}, {}, {10}, {4, 6}}, {10, 5}, random).run();
    Export({{5, 5}, {5}, {}}, {0, 5}, random).run();
}

TEST(ExportLedger, AShardEndedByAPartitionOfWhichNothingFitsIsClosedByIt) {
    RandomRows random(14);
    for (int trial = 0; trial < 20; ++trial) Export({{7}, {}, {9}, {8}, {1}}, {10, 4}, random).run();
}

TEST(ExportLedger, NothingIsPlacedBeforeThePartitionsBeforeItAreDone) {
    ExportLedger ledger({}, 0, 3);
    std::vector<ExportLedger::Outgoing> out;
    PartitionDone done;
    done.weight = 5;
    done.partition = 2;
    ledger.partition_done(done, 1, out);
    done.partition = 1;
    ledger.partition_done(done, 2, out);
    EXPECT_TRUE(out.empty());
    done.partition = 0;
    ledger.partition_done(done, 3, out);
    ASSERT_EQ(out.size(), 3U);
    EXPECT_EQ(out[0].to, 3);
    EXPECT_EQ(out[1].to, 2);
    EXPECT_EQ(ByteReader(out[2].bytes).get<PlacePartition>().position, 10U);
    EXPECT_FALSE(ledger.complete());
}

}  // namespace
}  // namespace dj
