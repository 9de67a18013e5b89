// SPDX-License-Identifier: Apache-2.0
#include "cli/prepare_job.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"
#include "dj/data/python_json.hpp"

namespace dj {
namespace {

constexpr std::uint64_t kHashedBytes = 64 << 10;
constexpr std::size_t kSampledFiles = 8;
constexpr std::size_t kSampleBytes = 256 << 10;

std::string head_tail_hash(FileSystem& files, const FoundFile& found) {
    const auto file = files.open(found.path, OpenMode::read);
    const std::uint64_t size = found.info.size_bytes;
    std::string bytes(std::min(size, 2 * kHashedBytes), '\0');
    const std::size_t head = std::min<std::uint64_t>(size, kHashedBytes);
    file->read_at(std::span(bytes).first(head), 0);
    if (bytes.size() > head) {
        const std::size_t tail = bytes.size() - head;
        file->read_at(std::span(bytes).last(tail), size - tail);
    }
    return to_hex(xxh3_128(bytes));
}

InputFile describe_file(FileSystem& files, const FoundFile& found) {
    InputFile file;
    file.path = found.path;
    file.size_bytes = found.info.size_bytes;
    file.modified_ns = found.info.modified_ns;
    file.head_tail_hash = head_tail_hash(files, found);
    file.divisible = found.kind.divisible();
    if (found.kind.format == FileFormat::parquet) {
        FileOutline outline = outline_file(files, found.path, found.kind);
        file.unit_bytes = std::move(outline.unit_bytes);
        file.unit_rows = std::move(outline.unit_rows);
    }
    return file;
}

/// "id, text, meta" of a record, for the message that the text field is not among them.
std::string keys_of(const std::string& record) {
    const auto json = nlohmann::json::parse(record, nullptr, false);
    if (!json.is_object()) return {};
    std::vector<std::string> keys;
    for (const auto& [key, value] : json.items()) keys.push_back(key);
    return fmt::format("{}", fmt::join(keys, ", "));
}

/// Rows and bytes at the beginnings of some files and, where they can be cut, at their middles.
class Sampler {
public:
    Sampler(FileSystem& files, const Recipe& recipe) : files_(files), recipe_(recipe) {
        InputOptions options;
        options.fields.push_back({recipe.text_key(), ColumnKind::text, false});
        format_ = make_jsonl_input(std::move(options));
        auto schema = std::make_shared<BatchSchema>();
        format_->add_columns(*schema);
        parser_ = format_->make_parser(schema);
    }

    InputSample sample(const std::vector<FoundFile>& found) {
        const std::size_t step = found.size() / kSampledFiles + 1;
        for (std::size_t i = 0; i < found.size(); i += step) {
            look_at(found[i], static_cast<std::uint32_t>(i), 0);
            if (found[i].kind.divisible() && found[i].info.size_bytes > 4 * kSampleBytes) {
                look_at(found[i], static_cast<std::uint32_t>(i), found[i].info.size_bytes / 2);
            }
        }
        InputSample sample;
        sample.rows_seen = records_;
        sample.bytes_per_row =
            records_ == 0 ? 0 : static_cast<double>(bytes_) / static_cast<double>(records_);
        if (records_ > 0 && without_text_ == records_) throw UserError(no_text());
        return sample;
    }

private:
    void look_at(const FoundFile& found, std::uint32_t number, std::uint64_t begin) {
        if (found.info.size_bytes == 0) return;
        const auto source = format_->open(files_, found.path, found.kind,
                                          {number, begin, found.info.size_bytes}, kSampleBytes);
        RawMorsel morsel;
        if (!source->next(morsel)) return;
        const ParsedMorsel parsed = parser_->parse(morsel);
        records_ += parsed.records;
        bytes_ += morsel.bytes.size();
        for (const RecordFault& fault : parsed.faults) {
            if (!fault.reason.starts_with("field ")) continue;
            ++without_text_;
            if (example_.empty()) {
                example_ = morsel.bytes.substr(fault.offset - morsel.offset, fault.size_bytes);
                example_place_ = fmt::format("{}, byte {}: {}", found.path, fault.offset, fault.reason);
            }
        }
    }

    [[nodiscard]] std::string no_text() const {
        std::string message = fmt::format("none of the {} records looked at has a string in '{}' ({})",
                                          records_, recipe_.text_key(), example_place_);
        const std::string keys = keys_of(example_);
        if (!keys.empty()) message += fmt::format("; its keys are: {}", keys);
        return message + ". Name the field that holds the text with text_keys.";
    }

    FileSystem& files_;
    const Recipe& recipe_;
    std::unique_ptr<InputFormat> format_;
    std::unique_ptr<InputFormat::Parser> parser_;
    std::uint64_t records_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t without_text_ = 0;
    std::string example_;
    std::string example_place_;
};

InputSample sample_parquet(const std::vector<InputFile>& files) {
    InputSample sample;
    std::uint64_t bytes = 0;
    for (const InputFile& file : files) {
        for (const std::uint64_t unit : file.unit_bytes) bytes += unit;
        for (const std::uint64_t rows : file.unit_rows) sample.rows_seen += rows;
    }
    if (sample.rows_seen > 0)
        sample.bytes_per_row = static_cast<double>(bytes) / static_cast<double>(sample.rows_seen);
    return sample;
}

JobSpec make_spec(const Recipe& recipe, const RecipePlaces& places, const FoundInputs& inputs,
                  const GrantedMachine& machine) {
    JobSpec spec;
    spec.job_id = places.job.job_id;
    spec.job_folder = JobLayout(places.job).folder();
    spec.ops = recipe.ops;
    spec.text_key = recipe.text_key();
    if (!inputs.files.empty()) spec.input_kind = inputs.files.front().kind;
    spec.output.path = places.export_path;
    spec.output.kind = places.export_kind;
    spec.output.shard_bytes = static_cast<std::uint64_t>(recipe.options.export_shard_size);
    spec.output.keep_stats = recipe.options.keep_stats_in_res_ds;
    spec.output.keep_hashes = recipe.options.keep_hashes_in_res_ds;
    spec.repair_utf8 = recipe.options.invalid_utf8 == "repair";
    const FaultyRowLimit limit = faulty_row_limit(recipe.fault_tolerance.max_faulty_rows);
    spec.max_faulty_rows = limit.rows;
    spec.max_faulty_share = limit.share;
    spec.threads = machine.threads;
    spec.memory_bytes = machine.memory_bytes;
    spec.scratch_folder = places.scratch;
    return spec;
}

DatasetMapping make_mapping(const FoundInputs& inputs, const PreparedJob& job, double now_seconds) {
    DatasetMapping mapping;
    mapping.original_dataset_path = inputs.description;
    for (const InputFile& file : job.input.files) mapping.files.push_back(file.path);
    mapping.target_bytes = job.decision.target_bytes;
    mapping.created = now_seconds;
    for (std::size_t i = 0; i < job.input.partitions.size(); ++i) {
        MappedPartition partition;
        partition.partition_id = i;
        partition.ranges = job.input.partitions[i].ranges;
        partition.file_size_bytes = job.input.partitions[i].bytes;
        mapping.partitions.push_back(std::move(partition));
    }
    return mapping;
}

JobSummary make_summary(const Recipe& recipe, const FoundInputs& inputs, const PreparedJob& job, int ranks,
                        double now_seconds) {
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
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) == 0) summary.host = host.data();
    summary.process_id = ::getpid();
    summary.ranks = ranks;
    summary.threads = job.spec.threads;
    summary.version = DJ_VERSION;
    for (const OpCall& op : recipe.ops) summary.operators.push_back(op.name);
    summary.dataset_path = inputs.description;
    for (const InputFile& file : job.input.files) summary.input_bytes += file.size_bytes;
    summary.partitions = job.input.partitions.size();
    return summary;
}

}  // namespace

PreparedJob prepare_job(FileSystem& files, const Recipe& recipe, const RecipePlaces& places,
                        const FoundInputs& inputs, const OpCatalog& catalog, int ranks,
                        const GrantedMachine& machine, double now_seconds) {
    PreparedJob job;
    job.places = places.job;
    job.spec = make_spec(recipe, places, inputs, machine);
    if (job.spec.input_kind.format != job.spec.output.kind.format && !inputs.files.empty()) {
        throw UserError(
            fmt::format("{} is to be written from {}: from jsonl to parquet and back is not available yet; "
                        "give export_path the input's format",
                        places.export_path.string(), inputs.files.front().path));
    }
    for (const FoundFile& found : inputs.files) job.input.files.push_back(describe_file(files, found));
    job.sample = job.spec.input_kind.format == FileFormat::parquet
                     ? sample_parquet(job.input.files)
                     : Sampler(files, recipe).sample(inputs.files);
    const Resources resources{ranks, machine.threads, machine.memory_bytes};
    job.decision = plan_partitions(job.input.files, recipe.partition, job.sample, resources);
    job.input.partitions = std::move(job.decision.partitions);
    job.dag = describe_dag(recipe.ops, plan_segments(recipe.ops), job.input.partitions.size(), resources);
    // Operators judge some parameters only when they are made: a pattern that does not compile must show now.
    for (const OpCall& op : recipe.ops) (void)catalog.find(op.name)->make(op.params);
    job.mapping = make_mapping(inputs, job, now_seconds);
    job.summary = make_summary(recipe, inputs, job, ranks, now_seconds);
    return job;
}

}  // namespace dj
