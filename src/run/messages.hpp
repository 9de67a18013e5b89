// SPDX-License-Identifier: Apache-2.0
/// What ranks tell each other during a run. To the coordinator (rank 0): claims, finished partitions, block sizes,
/// failures, events, pulses. From it: assignments, places in the output, the end of a pass. Between ranks: pieces of blocks.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include "dj/base/byte_stream.hpp"
#include "dj/format/input.hpp"
#include "dj/storage/checkpoint_store.hpp"
#include "partition_state.hpp"

namespace dj {

enum class Tag : std::uint32_t {
    // to the coordinator
    claim = 1,
    partition_done,
    partition_cut,
    written,
    block_done,
    failed,
    event,
    pulse,
    commit_wanted,
    rescued,
    retried,
    // from the coordinator
    assignment,
    pass_complete,
    place_partition,
    place_block,
    close_shard,
    abandon,
    commit,
    // between ranks
    block_piece,
};

/// A partition to read. `partition` is kNoPartition when all have been given out.
struct Assignment {
    static constexpr std::uint32_t kNoPartition = 0xffffffff;
    struct Part {
        std::string path;
        FileKind kind;
        FileRange range;
        std::uint64_t size_bytes = 0;  ///< Of the file, as planned.
        std::int64_t modified_ns = 0;  ///< Likewise; 0: not known.
    };
    std::uint32_t partition = kNoPartition;
    std::vector<Part> parts;
    /// States of earlier starts of the job, to be applied one after the other; see `reach` in resume_plan.hpp.
    std::vector<StateRef> states;
    [[nodiscard]] std::string pack() const;
    [[nodiscard]] static Assignment unpack(std::string_view bytes);
};

struct PartitionDone {
    std::uint32_t pass = 0;
    std::uint32_t partition = 0;
    std::uint64_t rows = 0;
    std::uint64_t records = 0;
    std::uint64_t bytes_read = 0;
    std::uint64_t weight = 0;       ///< Of its rows in the output grid (the exporting pass).
    std::uint64_t stats_bytes = 0;  ///< Of its lines in the stats file.
    std::uint64_t fault_count = 0;
    std::uint32_t position = 0;  ///< Operators before it ran in an earlier start of the job.
    double begin_seconds = 0;    ///< Wall clock, since the epoch.
    double end_seconds = 0;
    std::string content_hash;
    std::vector<StepTally> tallies;
    bool failed = false;             ///< It has been given up: it counts as one without rows.
    std::uint64_t records_lost = 0;  ///< Read of it by its last try.
    std::int32_t retries = 0;
    std::string error{};  ///< Why, if it failed.
    [[nodiscard]] std::string pack() const;
    [[nodiscard]] static PartitionDone unpack(std::string_view bytes);
};

/// Places of a rank's own partitions, known once every partition of the pass is done.
struct PassComplete {
    struct Base {
        std::uint32_t partition = 0;
        std::uint64_t row = 0;     ///< Id of the partition's first row in the order defined so far.
        std::uint64_t record = 0;  ///< Number of its first input record (first pass).
    };
    std::uint32_t pass = 0;
    std::uint64_t total_rows = 0;
    std::vector<Base> bases;
    [[nodiscard]] std::string pack() const;
    [[nodiscard]] static PassComplete unpack(std::string_view bytes);
};

/// Where a partition's rows go. With `report_cut`, the owner answers with PartitionCut.
struct PlacePartition {
    std::uint32_t partition = 0;
    std::uint32_t shard = 0;
    std::uint64_t position = 0;
    std::uint64_t stats_offset = 0;
    std::int32_t open_block_owner = -1;
    bool report_cut = false;
};

/// How the rows of a partition fell into shards: one entry per shard touched, in order.
struct PartitionCut {
    struct Part {
        std::uint32_t shard = 0;
        std::uint64_t rows = 0;
        std::uint64_t weight = 0;
    };
    std::uint32_t partition = 0;
    std::vector<Part> parts;

    [[nodiscard]] std::string pack() const;
    [[nodiscard]] static PartitionCut unpack(std::string_view bytes);
};

struct BlockDone {
    std::uint32_t shard = 0;
    std::uint64_t block = 0;
    std::uint64_t size_bytes = 0;
    std::string trailer_part;
    [[nodiscard]] std::string pack() const;
    [[nodiscard]] static BlockDone unpack(std::string_view bytes);
};

struct PlaceBlock {
    std::uint32_t shard = 0;
    std::uint64_t block = 0;
    std::uint64_t offset = 0;
};

/// Nothing follows in this shard: its last block ends at `weight`.
struct CloseShard {
    std::uint32_t shard = 0;
    std::uint64_t weight = 0;
};

struct PieceMessage {
    static constexpr std::uint64_t kOpen = ~std::uint64_t{0};
    std::uint32_t shard = 0;
    std::uint64_t block = 0;
    std::uint64_t coverage = 0;
    std::uint64_t position = 0;
    std::uint64_t shard_weight = kOpen;  ///< Of the whole shard, where the sender knows that it ends here.
    std::string rows;

    [[nodiscard]] std::string pack() const;
    [[nodiscard]] static PieceMessage unpack(std::string_view bytes);
};

/// How far a rank is and what it uses. A later pulse says all that an earlier one said.
struct Pulse {
    std::uint32_t activity = 0;  ///< Number of the activity that `rows` and `bytes` belong to; see WorkMeter.
    std::int32_t threads = 1;
    double seconds = 0;  ///< By the rank's own steady clock.
    double cpu_seconds = 0;
    std::uint64_t rss_bytes = 0;
    std::uint64_t peak_rss_bytes = 0;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    std::string host;
    std::vector<StepTally> tallies;  ///< Since the run began.

    [[nodiscard]] std::string pack() const;
    [[nodiscard]] static Pulse unpack(std::string_view bytes);
};

void pack(const StateRef& state, ByteWriter& writer);
[[nodiscard]] StateRef unpack_state(ByteReader& reader);

enum class EndKind : std::uint8_t { user_error, environment_error, bug, stopped };

/// Why a pass ends early, from the rank that found out to the coordinator, and from it to all.
struct Abandon {
    EndKind kind = EndKind::bug;
    std::int32_t rank = 0;
    std::string message;

    /// `rank`: where `error` was thrown.
    [[nodiscard]] static Abandon of(std::exception_ptr error, int rank);
    [[nodiscard]] std::string pack() const;
    [[nodiscard]] static Abandon unpack(std::string_view bytes);
};

}  // namespace dj
