// SPDX-License-Identifier: Apache-2.0
#include "recipe/data_juicer_keys.hpp"

#include <array>

namespace dj {
namespace {

using nlohmann::json;

constexpr auto kAlways = "always so here";
constexpr auto kAnalyzer = "belongs to dj-analyze";
constexpr auto kCache = "there is no cache of data sets here";
constexpr auto kGpu = "operators do not use GPUs here";
constexpr auto kMedia = "there are no operators for images, audio and video yet";
constexpr auto kMine = "insight mining is not available yet";
constexpr auto kParallelism = "threads are shared by all operators; see np";
constexpr auto kRay = "there is no Ray here";
constexpr auto kSandbox = "belongs to Data-Juicer's sandbox";
constexpr auto kTrace = "traces are not written yet; the result is the same";

struct Row {
    const char* name;
    ParamType type;
    json default_value;
    const char* note;
};

/// What other executors, media and models would need.
std::vector<Row> foreign_rows() {
    using enum ParamType;
    return {
        {"read_options", mapping, json::object(), kRay},
        {"override_num_blocks", integer, nullptr, kRay},
        {"image_key", string, "images", kMedia},
        {"image_bytes_key", string, "image_bytes", kMedia},
        {"image_special_token", string, "<__dj__image>", kMedia},
        {"audio_key", string, "audios", kMedia},
        {"audio_special_token", string, "<__dj__audio>", kMedia},
        {"video_key", string, "videos", kMedia},
        {"video_special_token", string, "<__dj__video>", kMedia},
        {"eoc_special_token", string, "<|__dj__eoc|>", kMedia},
        {"use_cache", boolean, true, kCache},
        {"ds_cache_dir", string, nullptr, kCache},
        {"cache_compress", string, nullptr, kCache},
        {"min_common_dep_num_to_combine", integer, -1, kRay},
        {"conflict_resolve_strategy", string, "split", kRay},
        {"mapper_fusion", boolean, true, kGpu},
        {"mapper_fusion_vram_limit", number, 0.9, kGpu},
        {"ray_address", string, "auto", kRay},
        {"partition_dir", string, nullptr, "partitions are ranges of the input files"},
        {"elastic_juicer_adaptive_batching", boolean, false, kGpu},
        {"elastic_juicer_profile_seed", boolean, false, kGpu},
        {"auto_op_parallelism", boolean, true, kParallelism},
        {"partition.partitions_per_node", integer_or_string, "auto", kParallelism},
        {"partition.max_concurrent_partitions", integer_or_string, "auto", kParallelism},
        {"partition.max_gpu_workers_per_device", integer, 5, kGpu},
        {"partition.max_concurrent_gpu_probes", integer_or_string, "auto", kGpu},
        {"partition.gpu_preflight_enabled", boolean, true, kGpu},
        {"partition.gpu_probe_timeout_seconds", number, nullptr, kGpu},
        {"partition.gpu_probe_warmup_batches", integer, 1, kGpu},
        {"partition.gpu_probe_steady_batches", integer, 3, kGpu},
        {"partition.gpu_probe_sample_offset", integer, 0, kGpu},
        {"partition.gpu_probe_sample_shuffle", boolean, false, kGpu},
        {"partition.gpu_probe_sample_seed", integer, 42, kGpu},
        {"partition.execution_group_size", integer_or_string, "auto", kGpu},
        {"partition.max_initialization_overhead_ratio", number, 0.1, kGpu},
    };
}

/// What is always done here, or never.
std::vector<Row> settled_rows() {
    using enum ParamType;
    return {
        {"auto", boolean, false, kAnalyzer},
        {"auto_num", integer, 1000, kAnalyzer},
        {"debug", boolean, false, "the events and the log always hold all that there is to tell"},
        {"hpo_config", string, nullptr, kSandbox},
        {"data_probe_algo", string, "uniform", kSandbox},
        {"data_probe_ratio", number, 1.0, kSandbox},
        {"load_jsonl_lenient", boolean, false, "a line that is no record always goes to the quarantine"},
        {"use_dag", boolean, nullptr, "the execution plan is always written"},
        {"strict_preflight", boolean, true, "recipes are always checked"},
        {"export_in_parallel", boolean, false, kAlways},
        {"turbo", boolean, false, kAlways},
        {"open_monitor", boolean, false, "resource use is always recorded in the events"},
        {"use_checkpoint", boolean, false, "see checkpoint.enabled"},
        {"open_tracer", boolean, false, kTrace},
        {"op_list_to_trace", string_list, json::array(), kTrace},
        {"trace_num", integer, 10, kTrace},
        {"trace_keys", string_list, json::array(), kTrace},
        {"open_insight_mining", boolean, false, kMine},
        {"op_list_to_mine", string_list, json::array(), kMine},
        {"op_fusion", boolean, false, "operators are always fused, and their order never changes"},
        {"fusion_strategy", string, "probe", "operators are always fused, and their order never changes"},
        {"adaptive_batch_size", boolean, false, kAlways},
        {"percentiles", any, json::array(), kAnalyzer},
        {"export_original_dataset", boolean, false, kAnalyzer},
        {"save_stats_in_one_file", boolean, false, kAnalyzer},
        {"encryption_key_path", string, nullptr, "used by the encryption keys alone"},
    };
}

std::vector<Row> later_rows() {
    using enum ParamType;
    return {
        {"generated_dataset_config", mapping, nullptr,
         "generated data sets are not available yet; use dataset_path"},
        {"load_dataset_kwargs", mapping, json::object(),
         "arguments for the loader are not available yet; only num_proc is let pass"},
        {"export_extra_args", mapping, json::object(), "arguments for the exporter are not available yet"},
        {"export_aws_credentials", mapping, nullptr,
         "export to S3 is not available yet; write to a local file"},
        {"decrypt_after_reading", boolean, false, "encrypted input is not available yet"},
        {"encrypt_before_export", boolean, false, "encrypted output is not available yet"},
        {"custom_operator_paths", any, nullptr, "operators in Python are not available yet"},
    };
}

constexpr std::array kAliases{
    KeyAlias{"partition_size", "partition.size"},
    KeyAlias{"max_partition_size_mb", "partition.max_size_mb"},
    KeyAlias{"num_partitions", "partition.num_of_partitions"},
    KeyAlias{"auto_configure", "partition.auto_configure"},
    KeyAlias{"enable_fault_tolerance", "fault_tolerance.enabled"},
    KeyAlias{"max_retries", "fault_tolerance.max_retries"},
    KeyAlias{"retry_backoff", "fault_tolerance.retry_backoff"},
    KeyAlias{"partition.enable_fault_tolerance", "fault_tolerance.enabled"},
    KeyAlias{"partition.max_retries", "fault_tolerance.max_retries"},
    KeyAlias{"partition.retry_backoff", "fault_tolerance.retry_backoff"},
    KeyAlias{"preserve_intermediate_data", "intermediate_storage.preserve_intermediate_data"},
    KeyAlias{"storage_format", "intermediate_storage.format"},
    KeyAlias{"use_arrow_batches", "intermediate_storage.use_arrow_batches"},
    KeyAlias{"arrow_batch_size", "intermediate_storage.arrow_batch_size"},
    KeyAlias{"arrow_memory_mapping", "intermediate_storage.arrow_memory_mapping"},
};

}  // namespace

std::vector<RecipeKey> data_juicer_keys() {
    std::vector<RecipeKey> keys;
    const auto add = [&](std::vector<Row> rows, KeyMeaning meaning) {
        for (auto& row : rows) {
            ParamSpec param{.name = row.name,
                            .doc = row.note,
                            .type = row.type,
                            .default_value = std::move(row.default_value),
                            .rules = {.nullable = true}};
            keys.push_back({row.name, std::move(param), meaning, row.note});
        }
    };
    add(foreign_rows(), KeyMeaning::inert);
    add(settled_rows(), KeyMeaning::inert);
    add(later_rows(), KeyMeaning::later);
    return keys;
}

std::span<const KeyAlias> key_aliases() { return kAliases; }

}  // namespace dj
