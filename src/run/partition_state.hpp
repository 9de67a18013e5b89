// SPDX-License-Identifier: Apache-2.0
/// All that one partition produced in one pass: rows, counters, quarantine records, stats (as columns of the rows).
/// Whatever leaves the job (results, quarantine.jsonl, reports) is derived from states, in order and exactly once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dj/data/batch.hpp"
#include "dj/storage/stage_store.hpp"

namespace dj {

/// What one step did with a partition's rows. Indexed by operator; the reader's own tally comes first.
struct StepTally {
    std::uint64_t rows_in = 0;
    std::uint64_t rows_out = 0;
    std::uint64_t dropped = 0;
    std::uint64_t made = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t nanoseconds = 0;

    StepTally& operator+=(const StepTally& other) {
        rows_in += other.rows_in;
        rows_out += other.rows_out;
        dropped += other.dropped;
        made += other.made;
        quarantined += other.quarantined;
        bytes_in += other.bytes_in;
        nanoseconds += other.nanoseconds;
        return *this;
    }
};

inline constexpr std::int32_t kReadStep = -1;

/// A row that went to the quarantine. `step` is the operator's index in the recipe, or kReadStep.
struct RowFault {
    RowOrigin origin;
    std::uint64_t size_bytes = 0;
    std::int32_t step = kReadStep;
    std::string reason;
    std::string excerpt;
};

void serialise(const std::vector<RowFault>& faults, std::string& out);
[[nodiscard]] std::vector<RowFault> deserialise_faults(std::string_view bytes);

/// One morsel's surviving rows, in the form the pass gives them.
struct MorselRows {
    std::uint32_t sequence = 0;
    std::uint64_t rows = 0;
    StoredBlob batch;    ///< A serialised Batch (a pass that ends dataset-wide), else empty.
    StoredBlob keys;     ///< Keys of the dataset-wide operator: 16 bytes a row, or a serialised TextColumn.
    StoredBlob sizes;    ///< Bytes of each row as u64, where the dataset-wide operator moves rows.
    StoredBlob encoded;  ///< Rows in output form (the exporting pass).
    std::vector<std::uint32_t> weights;
    StoredBlob stats;           ///< Lines of the stats file.
    std::uint64_t records = 0;  ///< Records read, faulty ones included.
    std::vector<RowFault> faults;
};

struct PartitionState {
    std::uint32_t partition = 0;
    std::uint32_t pass = 0;
    std::vector<MorselRows> morsels;  ///< By sequence, complete.
    std::vector<StepTally> tallies;   ///< 0: reading; i + 1: operator i of the recipe.
    std::uint64_t records = 0;
    std::uint64_t bytes_read = 0;
    std::string content_hash;  ///< XXH3-128 of the input bytes (first pass).
    StoredBlob faults;         ///< Serialised, in row order; empty if none.
    std::uint64_t fault_count = 0;

    [[nodiscard]] std::uint64_t rows() const {
        std::uint64_t total = 0;
        for (const MorselRows& morsel : morsels) total += morsel.rows;
        return total;
    }
};

}  // namespace dj
