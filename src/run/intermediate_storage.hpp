// SPDX-License-Identifier: Apache-2.0
/// The rows as each operator left them, kept for people to look into: intermediate/partition_000000/op_000_name.parquet. A
/// file is written when the last morsel of its partition has been processed, before the partition counts as done: what a
/// checkpoint says is done has its files.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dj/run/job.hpp"
#include "dj/storage/job_layout.hpp"
#include "dj/storage/stage_store.hpp"
#include "pipeline.hpp"

namespace dj {

class IntermediateStorage {
public:
    /// All are referred to. Throws UserError if the rows cannot be shown in the format asked for.
    IntermediateStorage(FileSystem& files, StageStore& store, const JobSpec& spec, const Pipeline& pipeline);

    struct Morsel {
        std::uint32_t pass = 0;
        std::uint32_t partition = 0;  ///< Of the pass.
        std::uint32_t sequence = 0;
    };
    /// Thread-safe. The morsel enters its pass at operator `position`: those before it ran earlier, the dataset-wide one that
    /// ended the pass before among them.
    void begin(const Morsel& morsel, std::size_t position, const Batch& batch, RowIndices rows);
    /// Thread-safe. The operator has left these rows of the batch.
    void keep(const Morsel& morsel, std::size_t op, const Batch& batch, RowIndices rows);
    /// Thread-safe. Writes the partition's files, durably, for all operators that each of its `morsels` went through in this
    /// pass. Throws EnvironmentError.
    void finish(std::uint32_t pass, std::uint32_t partition, std::size_t morsels);

    /// What the user should know of the files written since the last call; empty: nothing.
    [[nodiscard]] std::string take_warning();

private:
    using Pieces = std::map<std::uint32_t, StoredBlob>;  // by morsel
    using Files = std::map<std::size_t, Pieces>;         // by operator

    [[nodiscard]] std::unique_ptr<OutputFormat> make_encoder(std::size_t op) const;
    [[nodiscard]] bool leaves_rows_alone(std::size_t op) const;
    void keep_one(const Morsel& morsel, std::size_t op, const Batch& batch, RowIndices rows);
    void write(std::uint32_t partition, std::size_t op, const Pieces& pieces);
    void note(const TableOutcome& outcome, const std::filesystem::path& path, bool as_lines);

    FileSystem& files_;
    StageStore& store_;
    const JobSpec& spec_;
    const Pipeline& pipeline_;
    const JobLayout layout_;
    const bool as_batches_;                                // pieces are Arrow's, because input and files are
    std::vector<std::unique_ptr<OutputFormat>> encoders_;  // per operator: what it shows of the rows

    std::mutex mutex_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Files> waiting_;  // by pass and partition
    std::uint64_t as_lines_ = 0;
    std::uint64_t with_text_columns_ = 0;
    std::set<std::string> text_columns_;
    std::string first_reason_;
};

}  // namespace dj
