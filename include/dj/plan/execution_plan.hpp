// SPDX-License-Identifier: Apache-2.0
/// What rank 0 decides before anything runs: the input cut into partitions, the pipeline cut into segments, the DAG of
/// both. Pure values made by pure functions that take the world size as an argument.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/base/file_range.hpp"
#include "dj/spec/param.hpp"

namespace dj {

/// The recipe's `partition` section.
struct PartitionOptions {
    std::string mode = "auto";  ///< auto | manual
    double target_size_mb = 256;
    std::optional<std::int64_t> size{};  ///< Rows per partition.
    double max_size_mb = 256;
    std::optional<std::int64_t> num_of_partitions{};
    std::optional<bool>
        auto_configure{};  ///< The older form: true: its own, smaller table; false: rows per partition.
};
[[nodiscard]] ParamSet<PartitionOptions> partition_params();

/// An input file as found at planning time; other ranks never stat it.
struct InputFile {
    std::string path{};
    std::uint64_t size_bytes = 0;
    std::int64_t modified_ns = 0;
    std::string head_tail_hash{};             ///< XXH3-128 (hex) of the first and last 64 KiB.
    bool divisible = true;                    ///< False for compressed files.
    std::vector<std::uint64_t> unit_bytes{};  ///< Legal cuts (parquet row groups); empty: any byte.
    std::vector<std::uint64_t> unit_rows{};
};

struct Partition {
    std::vector<FileRange> ranges{};  ///< In input order; small files share a partition.
    std::uint64_t bytes = 0;          ///< Estimate used for balance; compressed bytes for compressed files.
};

/// What a sample of the input showed; `plan` decides from it, `run` measures it.
struct InputSample {
    double bytes_per_row = 0;
    std::uint64_t rows_seen = 0;
    std::string modality = "text";
};

/// The machine as the plan sees it.
struct Resources {
    int ranks = 1;
    int threads_per_rank = 1;
    std::uint64_t memory_bytes_per_rank = 0;
};

struct PartitionDecision {
    std::vector<Partition> partitions{};
    std::uint64_t target_bytes = 0;
    std::string explanation{};  ///< One sentence: the inputs of the decision and the decision.
};

/// Cuts the files, in order, so that every rank has several partitions and none is above the target (or exactly
/// `num_of_partitions` in manual mode, fewer if there are fewer bytes or units). What cannot be cut (a compressed file, a
/// row group) may be larger. Empty files are in no partition. Takes time linear in files and partitions.
[[nodiscard]] PartitionDecision plan_partitions(const std::vector<InputFile>& files,
                                                const PartitionOptions& options, const InputSample& sample,
                                                const Resources& resources);

/// Where a partition begins, but for the first.
struct RowBorder {
    std::uint32_t file = 0;    ///< Index into the list of input files.
    std::uint64_t offset = 0;  ///< Of a record's first byte.
    bool operator==(const RowBorder&) const = default;
};

/// How many rows a partition is to have, if the recipe counts in rows and the files' rows must be looked for: uncompressed
/// jsonl. (Row groups tell their rows; what is compressed is one partition.)
[[nodiscard]] std::optional<std::uint64_t> rows_to_count(const std::vector<InputFile>& files,
                                                         const PartitionOptions& options);

/// One partition from each border to the next, cut further where it would be above `max_size_mb`.
[[nodiscard]] PartitionDecision plan_partitions_at(const std::vector<InputFile>& files,
                                                   const std::vector<RowBorder>& borders,
                                                   const PartitionOptions& options,
                                                   const Resources& resources);

/// A file that an operator computes with, as rank 0 found it.
struct ModelFile {
    std::string path{};
    std::uint64_t size_bytes = 0;
    std::string hash{};  ///< XXH3-128 (hex) of all of it.
};

/// One operator of the pipeline with its checked parameters.
struct OpCall {
    std::string name{};
    nlohmann::json params = nlohmann::json::object();
    bool dataset_wide = false;
    std::string family{};  ///< "mapper", "filter", ...
    std::string cost{};    ///< "cheap", "moderate" or "dear", as declared; empty: judged by the name.
    /// Those the operator looks words up in, read where the recipe was checked. Apart from `params`: nobody is shown them.
    std::optional<std::vector<std::string>> words{};
    std::vector<ModelFile> models{};  ///< The same of the models that it needs.
};

/// A run of row-wise operators [first_op, end_op) that is executed fused, and the dataset-wide operator (at index
/// end_op) that ends it, if any. The last segment ends in the export.
struct Segment {
    std::size_t first_op = 0;
    std::size_t end_op = 0;
    bool ends_dataset_wide = false;
};
[[nodiscard]] std::vector<Segment> plan_segments(const std::vector<OpCall>& ops);

inline constexpr std::size_t kMaxDagNodes = 20'000;
/// `dag_execution_plan.json` with Data-Juicer's field names and node ids; see docs/formats/dag_execution_plan.md. One node
/// per operator and partition, or, beyond `kMaxDagNodes` of them, one per operator (`metadata.collapsed`). The caller adds
/// `metadata.created_at`. `export_path`: where the last segment's rows go; empty: nothing is said of it.
[[nodiscard]] nlohmann::json describe_dag(const std::vector<OpCall>& ops,
                                          const std::vector<Segment>& segments, std::size_t partition_count,
                                          const Resources& resources, const std::string& export_path = {});

}  // namespace dj
