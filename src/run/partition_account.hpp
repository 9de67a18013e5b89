// SPDX-License-Identifier: Apache-2.0
/// What a stored state says about its partition besides the rows: one JSON object, kept with the state. Field by field in
/// docs/formats/checkpoint.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/base/hash.hpp"
#include "partition_state.hpp"

namespace dj {

/// Rows of a partition that stand in a shard of the export, from `position` on.
struct ExportedRun {
    std::uint32_t shard = 0;
    std::uint64_t position = 0;
    std::uint64_t rows = 0;
    std::uint64_t weight = 0;  ///< Bytes.
    Digest128 hash{};          ///< XXH3-128 of those bytes.
};

/// Where the rows and stats of one partition stand in the export's temporary files.
struct ExportedRows {
    std::vector<ExportedRun> runs;
    std::uint64_t stats_offset = 0;
    std::uint64_t stats_bytes = 0;
    Digest128 stats_hash{};
};

/// What became of a partition up to a position.
struct PartitionAccount {
    std::uint64_t records = 0;
    std::uint64_t bytes_read = 0;
    std::string content_hash;  ///< Of the input bytes.
    double begin_seconds = 0;  ///< Since the epoch: of its first pass.
    double end_seconds = 0;
    std::vector<StepTally> tallies;  ///< As in PartitionState.
    std::vector<RowFault> faults;    ///< Records are counted within the partition.
};

[[nodiscard]] nlohmann::json to_json(const PartitionAccount& account);
/// Throws EnvironmentError if something is missing.
[[nodiscard]] PartitionAccount account_from_json(const nlohmann::json& json);
[[nodiscard]] nlohmann::json to_json(const ExportedRows& rows);
[[nodiscard]] ExportedRows exported_rows_from_json(const nlohmann::json& json);

/// The account of the operators before `position` only: their tallies and faults, and what reading found where
/// `with_reading` is set (a partition that will not be read again).
[[nodiscard]] PartitionAccount up_to(const PartitionAccount& account, std::uint32_t position,
                                     bool with_reading);

}  // namespace dj
