// SPDX-License-Identifier: Apache-2.0
/// metadata/dataset_mapping.json and metadata/final_mapping_report.json: which part of the input each partition is, and what
/// became of it, under Data-Juicer's names. See docs/formats/dataset_mapping.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/base/file_range.hpp"
#include "dj/base/file_system.hpp"
#include "dj/base/step_count.hpp"

namespace dj {

struct MappedPartition {
    std::uint64_t partition_id = 0;
    std::vector<FileRange> ranges;                 ///< Files by their index in DatasetMapping::files.
    std::uint64_t file_size_bytes = 0;             ///< Of input.
    std::string processing_status = "pending";     ///< pending | processing | completed | failed
    std::optional<std::uint64_t> sample_count{};   ///< Rows read; unknown before it was read.
    std::optional<std::uint64_t> first_row{};      ///< Place of its first row in the input, once known.
    std::optional<std::uint64_t> rows_out{};       ///< Rows of it that were exported.
    std::optional<std::uint64_t> first_row_out{};  ///< Place of the first of them among all exported rows.
    std::optional<double> start_time{};            ///< Seconds since the epoch.
    std::optional<double> end_time{};
    std::string checksum{};  ///< XXH3-128 of the bytes read, hex; empty: not known.
    std::string error_message{};
    int retry_count = 0;
    std::vector<StepCount> steps{};  ///< Per operator as far as known, for the final report.
};

struct DatasetMapping {
    std::string original_dataset_path;
    std::vector<std::string> files;
    std::uint64_t target_bytes = 0;                ///< The plan's size of a partition.
    double created = 0;                            ///< Seconds since the epoch.
    std::vector<MappedPartition> partitions{};     ///< Of a mapping that was read back.
    std::optional<std::uint64_t> rows_exported{};  ///< By the job as a whole, for the final report.
    std::string note{};  ///< For the reader of the final report: what it does not say, and why.
};

/// The partitions of a mapping that is written: there may be a million, so they are made one at a time.
struct PartitionSource {
    std::size_t count = 0;
    std::function<MappedPartition(std::size_t)> at{};  ///< Called for all in order, several times over.
};

/// Read back as far as tools show it; what is missing keeps its default.
[[nodiscard]] DatasetMapping dataset_mapping_from_json(const nlohmann::json& json);

/// What files are written with.
struct MappingWriter {
    FileSystem& files;
    int attempt = 1;  ///< Part of temporary names.

    /// Durable, all or nothing; a line per partition. Data-Juicer's counts of rows (original_dataset_size, partition_size)
    /// are those known so far. Throw EnvironmentError.
    void write_mapping(const std::filesystem::path& path, const DatasetMapping& mapping,
                       const PartitionSource& partitions) const;
    void write_final_report(const std::filesystem::path& path, const DatasetMapping& mapping,
                            const PartitionSource& partitions, double seconds) const;
};

}  // namespace dj
