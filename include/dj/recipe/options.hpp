// SPDX-License-Identifier: Apache-2.0
/// The keys of a recipe as plain structs. `partition` belongs to `plan`; the sections here await the modules that will
/// own them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/spec/param.hpp"

namespace dj {

/// Keys outside of sections.
struct GlobalOptions {
    std::string project_name = "hello_world";
    std::string executor_type = "default";
    std::vector<std::string> dataset_path{};
    nlohmann::json validators = nlohmann::json::array();  ///< See validators.hpp.
    nlohmann::json dataset = nullptr;                     ///< {configs: [{type: local, path: ...}]}
    std::string export_path = "./outputs/hello_world/hello_world.jsonl";
    std::optional<std::string> export_type{};
    std::int64_t export_shard_size = 0;
    bool keep_stats_in_res_ds = false;
    bool keep_hashes_in_res_ds = false;
    std::vector<std::string> text_keys{"text"};
    std::vector<std::string> suffixes{};
    std::optional<std::int64_t> np{};
    std::optional<std::string> work_dir{};
    std::optional<std::string> job_id{};
    std::optional<std::string> resume{};
    std::optional<std::string> event_log_dir{};
    std::optional<std::string> checkpoint_dir{};
    std::optional<std::string> temp_dir{};
    bool skip_op_error = true;
    std::string invalid_utf8 = "quarantine";
    std::string schema_conflict = "error";
};

struct FaultToleranceOptions {
    bool enabled = true;
    std::int64_t max_retries = 3;
    std::string retry_backoff = "exponential";
    double backoff_base_seconds = 1;
    double backoff_cap_seconds = 60;
    std::string on_partition_failure = "stop";
    nlohmann::json max_faulty_rows = nullptr;  ///< null, a count, or a share ("1%").
    double rank_timeout_seconds = 60;
    double slow_io_seconds = 30;
};

struct CheckpointOptions {
    bool enabled = true;
    std::string strategy = "every_n_ops";
    std::int64_t n_ops = 5;
    std::vector<std::string> op_names{};
    nlohmann::json interval = "auto";  ///< "auto", or seconds.
    double mtbf_hours = 24;
    std::int64_t keep_versions = 2;
    std::string compression = "zstd";
};

struct IntermediateStorageOptions {
    std::string format = "parquet";
    std::string compression = "snappy";
    bool use_arrow_batches = true;
    std::int64_t arrow_batch_size = 500;
    bool arrow_memory_mapping = false;
    bool preserve_intermediate_data = false;
    bool cleanup_temp_files = true;
    bool cleanup_on_success = false;
    std::string retention_policy = "keep_all";
    std::int64_t max_retention_days = 7;
};

struct EventLoggingOptions {
    bool enabled = true;
    double max_log_size_mb = 100;
    int backup_count = 5;
};

struct ResourceOptions {
    std::optional<std::int64_t> memory_mb{};  ///< Per rank.
    std::optional<std::int64_t> threads{};    ///< Per rank.
};

/// Of a recipe with branches.
struct BranchOptions {
    bool parallel = true;
    bool fail_fast = true;
    std::optional<std::int64_t> max_workers{};
    std::int64_t retries = 0;
    std::string backend = "mpi";
};

/// One entry of `branches`, but for its operators.
struct BranchEntryOptions {
    std::string name{};
    std::optional<std::string> export_path{};
    std::string input = "common";
    std::optional<std::int64_t> retries{};
};

/// `resources` of a branch.
struct BranchResourceOptions {
    std::optional<std::int64_t> ranks{};
    std::optional<std::int64_t> threads{};    ///< Per rank.
    std::optional<std::int64_t> memory_mb{};  ///< Per rank.
    double weight = 1;
};

[[nodiscard]] ParamSet<BranchOptions> branch_params();
[[nodiscard]] ParamSet<BranchEntryOptions> branch_entry_params();
[[nodiscard]] ParamSet<BranchResourceOptions> branch_resource_params();
[[nodiscard]] ParamSet<GlobalOptions> global_params();
[[nodiscard]] ParamSet<FaultToleranceOptions> fault_tolerance_params();
[[nodiscard]] ParamSet<CheckpointOptions> checkpoint_params();
[[nodiscard]] ParamSet<IntermediateStorageOptions> intermediate_storage_params();
[[nodiscard]] ParamSet<EventLoggingOptions> event_logging_params();
[[nodiscard]] ParamSet<ResourceOptions> resource_params();

/// `max_faulty_rows` taken apart: a count or a share of the rows read, or neither.
struct FaultyRowLimit {
    std::optional<std::uint64_t> rows{};
    std::optional<double> share{};
};
/// Throws UserError: what is accepted.
[[nodiscard]] FaultyRowLimit faulty_row_limit(const nlohmann::json& max_faulty_rows);

}  // namespace dj
