// SPDX-License-Identifier: Apache-2.0
#include "cli/prepare_job.hpp"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "cli/job_owner.hpp"
#include "cli/prepare_branches.hpp"
#include "cli/recipe_change.hpp"
#include "dj/base/hash.hpp"
#include "dj/format/file_names.hpp"

namespace dj {
namespace {

CheckpointCompression compression_of(const std::string& name) {
    if (name == "none") return CheckpointCompression::none;
    return name == "lz4" ? CheckpointCompression::lz4 : CheckpointCompression::zstd;
}

RetrySpec retry_spec(const FaultToleranceOptions& options) {
    RetrySpec spec;
    if (options.enabled) spec.max_retries = static_cast<int>(options.max_retries);
    spec.delays.backoff = retry_backoff_of(options.retry_backoff);
    spec.delays.base_seconds = options.backoff_base_seconds;
    spec.delays.cap_seconds = options.backoff_cap_seconds;
    spec.continue_after_failure = options.enabled && options.on_partition_failure == "continue";
    return spec;
}

std::optional<TableOptions> intermediate_spec(const IntermediateStorageOptions& options) {
    if (!options.preserve_intermediate_data) return std::nullopt;
    TableOptions table;
    if (options.format == "arrow") table.format = TableFormat::arrow;
    if (options.format == "jsonl") table.format = TableFormat::jsonl;
    if (options.compression == "snappy") table.compression = TableCompression::snappy;
    if (options.compression == "gzip") table.compression = TableCompression::gzip;
    if (options.compression == "zstd") table.compression = TableCompression::zstd;
    if (options.compression == "lz4") table.compression = TableCompression::lz4;
    if (options.use_arrow_batches) table.batch_rows = static_cast<std::uint64_t>(options.arrow_batch_size);
    table.mappable = options.arrow_memory_mapping;
    return table;
}

JobSpec make_spec(const CheckedRecipe& checked, const Resources& resources) {
    const auto& [recipe, places, inputs] = checked;
    JobSpec spec;
    spec.job_id = places.job.job_id;
    spec.job_folder = JobLayout(places.job).folder();
    spec.ops = recipe.ops;
    spec.text_key = recipe.text_key();
    if (!inputs.files.empty()) {
        spec.input_kind = inputs.files.front().kind;
        spec.input_ending = format_ending(inputs.files.front().path);
    }
    spec.output.path = places.outputs.front().path;
    spec.output.kind = places.outputs.front().kind;
    spec.output.shard_bytes = static_cast<std::uint64_t>(recipe.options.export_shard_size);
    spec.output.keep_stats = recipe.options.keep_stats_in_res_ds;
    spec.output.keep_hashes = recipe.options.keep_hashes_in_res_ds;
    spec.repair_utf8 = recipe.options.invalid_utf8 == "repair";
    const FaultyRowLimit limit = faulty_row_limit(recipe.fault_tolerance.max_faulty_rows);
    spec.max_faulty_rows = limit.rows;
    spec.max_faulty_share = limit.share;
    // skip_op_error: false ends a job at its first faulty row, unless the recipe says how many it can bear.
    if (!recipe.options.skip_op_error && !limit.rows && !limit.share) spec.max_faulty_rows = 0;
    spec.threads = resources.threads_per_rank;
    spec.memory_bytes = resources.memory_bytes_per_rank;
    spec.scratch_folder = places.scratch;
    spec.intermediate = intermediate_spec(recipe.intermediate_storage);
    spec.checkpoint = checkpoint_spec(recipe, places.job, recipe.ops);
    spec.retry = retry_spec(recipe.fault_tolerance);
    return spec;
}

DatasetMapping make_mapping(const FoundInputs& inputs, const PreparedJob& job, double now_seconds) {
    DatasetMapping mapping;
    mapping.original_dataset_path = inputs.description;
    for (const InputFile& file : job.input.files) mapping.files.push_back(file.path);
    mapping.target_bytes = job.decision.target_bytes;
    mapping.created = now_seconds;
    return mapping;
}

/// Of an allocation that is used without srun there is none.
std::string slurm_step() {
    const char* const job = std::getenv("SLURM_JOB_ID");
    const char* const step = std::getenv("SLURM_STEP_ID");
    return job == nullptr || step == nullptr ? std::string() : fmt::format("{}.{}", job, step);
}

JobSummary make_summary(const CheckedRecipe& checked, const PreparedJob& job, int ranks, double now_seconds) {
    const auto& [recipe, places, inputs] = checked;
    const JobLayout layout(job.places);
    JobSummary summary;
    summary.job_id = job.places.job_id;
    summary.start_time = now_seconds;
    summary.first_start_time = now_seconds;
    summary.executor_type = recipe.options.executor_type;
    summary.config_file = recipe.file;
    summary.work_dir = job.places.work_dir.string();
    summary.job_dir = layout.folder().string();
    summary.event_log_dir = layout.event_folder().string();
    summary.checkpoint_dir = layout.checkpoints().string();
    summary.metadata_dir = layout.metadata().string();
    summary.backed_up_config_path = layout.recipe(recipe.file).string();
    const AttemptOwner process = this_process();
    summary.host = process.host;
    summary.process_id = process.process_id;
    summary.machine = process.machine;
    summary.process_start = process.process_start;
    summary.slurm_step = slurm_step();
    std::error_code ignored;
    summary.working_directory = std::filesystem::current_path(ignored).string();
    summary.ranks = ranks;
    summary.threads = job.spec.threads;
    summary.version = DJ_VERSION;
    for (const OpCall& op : recipe.ops) summary.operators.push_back(op.name);
    summary.dataset_path = inputs.description;
    for (const InputFile& file : job.input.files) summary.input_bytes += file.size_bytes;
    summary.partitions = job.input.partitions.size();
    summary.output_identity = job.spec.output_identity;
    return summary;
}

}  // namespace

CheckpointSpec checkpoint_spec(const Recipe& recipe, const JobPlaces& places,
                               const std::vector<OpCall>& ops) {
    const CheckpointOptions& options = recipe.checkpoint;
    CheckpointSpec spec;
    spec.strategy = checkpoint_strategy_of(options.strategy);
    spec.enabled = options.enabled && spec.strategy != CheckpointStrategy::disabled;
    spec.taps = tap_after({spec.strategy, static_cast<std::uint64_t>(options.n_ops), options.op_names}, ops);
    if (options.interval.is_number()) spec.commit.fixed_interval_seconds = options.interval.get<double>();
    spec.commit.mtbf_seconds = options.mtbf_hours * 3600;
    spec.keep_versions = static_cast<std::uint32_t>(options.keep_versions);
    spec.compression = compression_of(options.compression);
    spec.folder = JobLayout(places).checkpoints();
    return spec;
}

std::string output_identity(const JobSpec& spec, const std::vector<InputFile>& files) {
    auto inputs = nlohmann::json::array();
    for (const InputFile& file : files) inputs.push_back({file.path, file.size_bytes, file.head_tail_hash});
    const nlohmann::json all = {
        {"operators", to_hex(ops_hashes(ops_identity(spec), spec.ops).back())},
        {"inputs", std::move(inputs)},
        {"output", spec.output.path.string()},
        {"format",
         {static_cast<int>(spec.output.kind.format), static_cast<int>(spec.output.kind.compression)}},
        {"shard_bytes", spec.output.shard_bytes}};
    return to_hex(xxh3_128(all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
}

std::string output_identity(const CheckedRecipe& checked, const std::vector<InputFile>& files) {
    const JobSpec spec = make_spec(checked, {});
    if (checked.recipe.branches.empty()) return output_identity(spec, files);
    std::string all;
    for (const BranchNodeSpec& node : prepare_branches(checked, spec, files, 1).nodes) {
        if (node.kind == DagNodeKind::branch) all += node.spec.output_identity;
    }
    return to_hex(xxh3_128(all));
}

nlohmann::json describe_recipe(const CheckedRecipe& checked) {
    return describe_recipe(make_spec(checked, {}), checked.recipe.branches);
}

PreparedJob prepare_job(const CheckedRecipe& checked, InputSurvey survey, const Resources& resources,
                        SettledPartitions settled, double now_seconds) {
    const auto& [recipe, places, inputs] = checked;
    PreparedJob job;
    job.places = places.job;
    job.spec = make_spec(checked, resources);
    job.spec.output_identity = output_identity(checked, survey.files);
    job.spec.resumes = settled.saved.has_value();
    if (settled.saved) {
        job.table = *std::move(settled.saved);
        job.decision = {.target_bytes = job.table.target_bytes,
                        .explanation = fmt::format(
                            "{} partition{}, as planned when the job was first started",
                            job.table.partitions.size(), job.table.partitions.size() == 1 ? "" : "s")};
    } else {
        job.decision = plan_survey(survey, inputs, recipe.partition, resources, settled.borders);
        job.table = {.files = survey.files,
                     .partitions = std::move(job.decision.partitions),
                     .target_bytes = job.decision.target_bytes,
                     .options = to_json(recipe.partition)};
    }
    job.sample = std::move(survey.sample);
    job.files = std::move(survey.files);
    job.input.files = job.files;
    job.input.partitions = job.table.partitions;
    job.spec.input_identity = input_identity(job.table);
    if (recipe.branches.empty()) {
        job.dag = describe_dag(recipe.ops, plan_segments(recipe.ops), job.input.partitions.size(), resources,
                               job.spec.output.path.string());
    } else {
        job.branches = prepare_branches(checked, job.spec, job.files, resources.ranks);
        // What is to be verified of the input was read by the nodes.
        job.spec.checkpoint = job.branches->nodes.front().spec.checkpoint;
        job.dag = describe_branches(*job.branches, job.input.partitions.size(), resources);
    }
    job.mapping = make_mapping(inputs, job, now_seconds);
    job.summary = make_summary(checked, job, resources.ranks, now_seconds);
    return job;
}

}  // namespace dj
