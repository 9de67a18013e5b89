// SPDX-License-Identifier: Apache-2.0
/// All that one partition produced in one pass: rows, counters, quarantine records, stats (as columns of the rows).
/// Whatever leaves the job (results, quarantine.jsonl, reports) is derived from states, in order and exactly once.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
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

struct StateLayout;

/// What the next delta of a morsel may be based on: the rows that were read, or the state recorded last.
struct DeltaBase {
    std::uint32_t position = 0;    ///< Of the state that `RowOrigin::base_row` counts in.
    std::uint64_t rows = 0;        ///< Of that state.
    std::uint64_t input_rows = 0;  ///< That were read.
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

/// A blob that the next pass takes, and that a commit may want to read before. Thread-safe.
class SharedBlob {
public:
    explicit SharedBlob(StoredBlob blob) : size_bytes_(blob.size_bytes()), blob_(std::move(blob)) {}

    [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
    /// The bytes themselves; they are gone afterwards.
    [[nodiscard]] std::string take() {
        const std::lock_guard lock(mutex_);
        taken_ = true;
        return blob_.take();
    }
    /// A copy; nullopt once they have been taken.
    [[nodiscard]] std::optional<std::string> read() const {
        const std::lock_guard lock(mutex_);
        if (taken_) return std::nullopt;
        return blob_.read();
    }

private:
    const std::uint64_t size_bytes_;
    mutable std::mutex mutex_;
    StoredBlob blob_;
    bool taken_ = false;
};

/// A morsel's part of a state that was recorded on the way: encoded, for a commit to write.
struct RecordedPiece {
    const StateLayout* layout = nullptr;
    std::uint64_t rows = 0;
    std::uint64_t raw_bytes = 0;  ///< Before compression.
    StoredBlob bytes;
};

/// One morsel's surviving rows, in the form the pass gives them.
struct MorselRows {
    std::uint32_t sequence = 0;
    std::uint64_t rows = 0;
    std::shared_ptr<SharedBlob> batch;  ///< A serialised Batch (a pass that ends dataset-wide), else null.
    StoredBlob keys;     ///< Keys of the dataset-wide operator: 16 bytes a row, or a serialised TextColumn.
    StoredBlob sizes;    ///< Bytes of each row as u64, where the dataset-wide operator moves rows.
    StoredBlob encoded;  ///< Rows in output form (the exporting pass).
    std::vector<std::uint32_t> weights;
    StoredBlob stats;           ///< Lines of the stats file.
    std::uint64_t records = 0;  ///< Records read, faulty ones included.
    std::vector<RowFault> faults;
    DeltaBase base;                     ///< What the next delta of its rows counts from.
    std::vector<RecordedPiece> states;  ///< Recorded in this pass, by position.
};

struct PartitionState {
    std::uint32_t partition = 0;
    std::uint32_t pass = 0;
    /// Its rows were read from the input in this pass: records are counted within the partition, and the faults may be of
    /// earlier passes too.
    bool from_input = false;
    std::uint64_t record_base = 0;  ///< Of rows that were stored between passes: see StagedPartition.
    std::uint32_t position =
        0;  ///< Operators before it had run, and were told of, in an earlier start of the job.
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
