// SPDX-License-Identifier: Apache-2.0
#include "dj/recipe/options.hpp"

#include <charconv>

#include "dj/base/error.hpp"

namespace dj {

ParamSet<GlobalOptions> global_params() {
    using T = GlobalOptions;
    ParamSet<T> params;
    params.add(&T::project_name, "project_name", "A label for people.");
    params.add(&T::dataset_path, "dataset_path",
               "What to read: a file, a folder (searched through), a pattern (*.jsonl), or several.");
    params.add(&T::dataset, "dataset", "The same as a mapping: {configs: [{type: local, path: ...}]}.");
    params.add(
        &T::validators, "validators",
        "What the first rows must be like, or nothing runs: a list of mappings with a type (swift_messages, "
        "dj_conversation, required_fields, code), as in Data-Juicer.",
        {.nullable = true});
    params.add(&T::suffixes, "suffixes", "Read only files that end so, for example [.jsonl, .jsonl.zst].");
    params.add(
        &T::text_keys, "text_keys",
        "Field that holds the text; dotted for nested ones. The first of a list is the operators' default.");
    params.add(&T::export_path, "export_path", "File to write.");
    params.add(&T::export_type, "export_type", "The format, where the name of the file does not say.",
               {.choices = {"jsonl", "parquet"}});
    params.add(&T::export_shard_size, "export_shard_size",
               "Bytes per output file before compression; 0: one file.", {.bounds = {.min = 0}});
    params.add(&T::keep_stats_in_res_ds, "keep_stats_in_res_ds",
               "Keep what filters measured in the rows (__dj__stats__).");
    params.add(&T::keep_hashes_in_res_ds, "keep_hashes_in_res_ds",
               "Keep the hashes of deduplicators in the rows.");
    params.add(&T::np, "np", "Threads per rank; never more than the job was granted, which is the default.",
               {.bounds = {.min = 1}});
    params.add(&T::work_dir, "work_dir", "Job folders are made in it. Default: the folder of export_path.");
    params.add(&T::job_id, "job_id", "Name of the job. Default: date, time, recipe and six random digits.");
    params.add(&T::resume, "resume", "Go on with the job of this id.");
    params.add(&T::event_log_dir, "event_log_dir", "Keep events outside of the job folder: fast storage.");
    params.add(&T::checkpoint_dir, "checkpoint_dir",
               "Keep checkpoints outside of the job folder: large storage.");
    params.add(&T::temp_dir, "temp_dir",
               "Scratch space, best on a disk of the node. Default: in the job folder.");
    params.add(&T::executor_type, "executor_type",
               "branch: the recipe has common_process and branches. The others mean the same here.",
               {.choices = {"default", "local", "ray", "ray_partitioned", "mpi", "branch"}});
    params.add(&T::skip_op_error, "skip_op_error",
               "A row on which an operator fails goes to the quarantine. false: the first one ends the job.");
    params.add(&T::invalid_utf8, "invalid_utf8",
               "A record that is no UTF-8: set aside, or repaired with U+FFFD.",
               {.choices = {"quarantine", "repair"}});
    params.add(&T::schema_conflict, "schema_conflict",
               "parquet files whose columns disagree: error ends the job; widen is not available yet.",
               {.choices = {"error", "widen"}});
    return params;
}

ParamSet<BranchOptions> branch_params() {
    using T = BranchOptions;
    ParamSet<T> params;
    params.add(&T::parallel, "parallel", "Run branches at the same time; false: one after the other.");
    params.add(&T::fail_fast, "fail_fast",
               "A branch that fails stops the others; false: they go on, and the exit code is 3.");
    params.add(&T::max_workers, "max_workers", "Branches that run at the same time. Default: all, up to 16.",
               {.bounds = {.min = 1}});
    params.add(&T::retries, "retries",
               "How often a branch that fails is tried again, from its last checkpoint.",
               {.bounds = {.min = 0, .max = 1000}});
    params.add(&T::backend, "backend", "Accepted for Data-Juicer's sake: all of them mean MPI here.",
               {.choices = {"mpi", "thread", "process", "ray"}});
    return params;
}

ParamSet<BranchEntryOptions> branch_entry_params() {
    using T = BranchEntryOptions;
    ParamSet<T> params;
    params.add(&T::name, "name", "Of the branch: it names its folders.");
    params.add(&T::export_path, "export_path",
               "File to write. Default: results/{name}/{name}.jsonl in the job folder.");
    params.add(&T::input, "input",
               "The branch whose rows it takes, before their export; common: the common part's.");
    params.add(&T::retries, "retries", "Instead of branch.retries.", {.bounds = {.min = 0, .max = 1000}});
    return params;
}

ParamSet<BranchResourceOptions> branch_resource_params() {
    using T = BranchResourceOptions;
    ParamSet<T> params;
    params.add(&T::ranks, "ranks",
               "At most so many ranks. Default: all, as far as they have nothing else to do.",
               {.bounds = {.min = 1}});
    params.add(&T::threads, "threads", "At most so many threads per rank.", {.bounds = {.min = 1}});
    params.add(&T::memory_mb, "memory_mb", "Memory per rank.", {.bounds = {.min = 64}});
    params.add(&T::weight, "weight", "Its part in the threads, against 1 of others.",
               {.bounds = {.min = 0.001, .max = 1000}});
    return params;
}

ParamSet<FaultToleranceOptions> fault_tolerance_params() {
    using T = FaultToleranceOptions;
    ParamSet<T> params;
    params.add(&T::enabled, "enabled", "Try a failed partition again.");
    params.add(&T::max_retries, "max_retries", "How often.", {.bounds = {.min = 0, .max = 1000}});
    params.add(&T::retry_backoff, "retry_backoff", "How the pause before each further try grows.",
               {.choices = {"exponential", "linear", "fixed"}});
    params.add(&T::backoff_base_seconds, "backoff_base_seconds", "The first pause.", {.bounds = {.min = 0}});
    params.add(&T::backoff_cap_seconds, "backoff_cap_seconds", "The longest pause.", {.bounds = {.min = 0}});
    params.add(&T::on_partition_failure, "on_partition_failure",
               "When the tries are used up: stop, or go on without the partition (exit code 3).",
               {.choices = {"stop", "continue"}});
    params.add(&T::max_faulty_rows, "max_faulty_rows",
               "Stop when more rows than this are faulty: a count, or a share such as 1%.",
               {.nullable = true});
    params.add(
        &T::rank_timeout_seconds, "rank_timeout_seconds",
        "A rank that is silent for so long is lost: the others commit what they have, and the job stops.",
        {.bounds = {.min = 2}});
    params.add(&T::slow_io_seconds, "slow_io_seconds",
               "Say for which file a rank waits when one operation on it takes longer.",
               {.bounds = {.min = 0.1}});
    return params;
}

ParamSet<CheckpointOptions> checkpoint_params() {
    using T = CheckpointOptions;
    ParamSet<T> params;
    params.add(&T::enabled, "enabled", "Keep states to go on from.");
    params.add(&T::strategy, "strategy", "After which operators.",
               {.choices = {"every_n_ops", "every_op", "every_partition", "manual", "disabled", "auto"}});
    params.add(&T::n_ops, "n_ops", "every_n_ops: after each n-th operator.", {.bounds = {.min = 1}});
    params.add(&T::op_names, "op_names", "manual: after these operators.");
    params.add(&T::interval, "interval", "Seconds between two writes; auto: chosen from mtbf_hours.");
    params.add(&T::mtbf_hours, "mtbf_hours", "Hours between two failures of the machine.",
               {.bounds = {.min = 1e-3}});
    params.add(&T::keep_versions, "keep_versions", "Older states kept.",
               {.bounds = {.min = 1, .max = 1'000'000}});
    params.add(&T::compression, "compression", "Of the states.", {.choices = {"zstd", "lz4", "none"}});
    return params;
}

ParamSet<IntermediateStorageOptions> intermediate_storage_params() {
    using T = IntermediateStorageOptions;
    ParamSet<T> params;
    params.add(&T::format, "format", "Of the files of preserve_intermediate_data.",
               {.choices = {"parquet", "arrow", "jsonl"}});
    params.add(&T::compression, "compression",
               "Of the same; arrow has lz4 for snappy and zstd for gzip, jsonl only gzip and zstd.",
               {.choices = {"snappy", "gzip", "zstd", "lz4", "none"}});
    params.add(&T::use_arrow_batches, "use_arrow_batches",
               "Cut parquet and arrow files into batches of arrow_batch_size rows; false: of about 64 MiB.");
    params.add(&T::arrow_batch_size, "arrow_batch_size",
               "At most so many rows per row group or record batch.", {.bounds = {.min = 1}});
    params.add(&T::arrow_memory_mapping, "arrow_memory_mapping",
               "Make arrow files for readers that map them into memory: not compressed.");
    params.add(&T::preserve_intermediate_data, "preserve_intermediate_data",
               "Keep the rows after each operator, for inspection: intermediate/partition_*/op_*.");
    params.add(&T::cleanup_temp_files, "cleanup_temp_files",
               "Remove intermediate files that a killed start of the job had not finished.");
    params.add(&T::cleanup_on_success, "cleanup_on_success",
               "Remove intermediate files when the job has succeeded.");
    params.add(&T::retention_policy, "retention_policy",
               "What stays when the job has ended: all; nothing of what succeeded; nothing.",
               {.choices = {"keep_all", "keep_failed_only", "cleanup_all"}});
    params.add(
        &T::max_retention_days, "max_retention_days",
        "If given: intermediate files of other jobs in work_dir go so many days after their end; 0: never.",
        {.bounds = {.min = 0}});
    return params;
}

ParamSet<EventLoggingOptions> event_logging_params() {
    using T = EventLoggingOptions;
    ParamSet<T> params;
    params.add(&T::enabled, "enabled", "Write events_*.jsonl and logs/*.txt.");
    params.add(&T::max_log_size_mb, "max_log_size_mb",
               "A file larger than this is put aside and a new one begun.", {.bounds = {.min = 1e-3}});
    params.add(&T::backup_count, "backup_count", "Files put aside that are kept.",
               {.bounds = {.min = 0, .max = 10'000}});
    return params;
}

ParamSet<ResourceOptions> resource_params() {
    using T = ResourceOptions;
    ParamSet<T> params;
    params.add(&T::memory_mb, "memory_mb",
               "MiB of memory per rank. Default: 1024, or less if less is granted.", {.bounds = {.min = 1}});
    params.add(&T::threads, "threads", "Threads per rank; the same as np.", {.bounds = {.min = 1}});
    return params;
}

FaultyRowLimit faulty_row_limit(const nlohmann::json& given) {
    if (given.is_null()) return {};
    if (given.is_number_integer() && given.get<double>() >= 0) return {.rows = given.get<std::uint64_t>()};
    if (given.is_string()) {
        std::string_view text = given.get_ref<const std::string&>();
        if (text.ends_with('%')) {
            text.remove_suffix(1);
            double percent = 0;
            const auto result = std::from_chars(text.data(), text.data() + text.size(), percent);
            if (result.ec == std::errc() && result.ptr == text.data() + text.size() && percent >= 0 &&
                percent <= 100) {
                return {.share = percent / 100};
            }
        }
    }
    throw UserError("expected a number of rows, or a share of them such as 1%, got " + given.dump());
}

}  // namespace dj
