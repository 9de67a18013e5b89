// SPDX-License-Identifier: Apache-2.0
#include "intermediate_storage.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dj/base/error.hpp"

namespace dj {

namespace {

constexpr std::size_t kMostNamedColumns = 20;

/// What the operators up to `last` have added to the rows, as the output would show it with keep_stats_in_res_ds.
std::vector<AddedField> added_up_to(const Pipeline& pipeline, bool keep_hashes, std::size_t last) {
    std::vector<AddedField> added;
    const auto field = [&](const std::string& name) -> AddedField& {
        const auto found =
            std::find_if(added.begin(), added.end(), [&](const AddedField& f) { return f.name == name; });
        return found != added.end() ? *found : added.emplace_back(AddedField{name, {}, 0});
    };
    for (std::size_t i = 0; i <= last; ++i) {
        const BoundOp& bound = pipeline.ops[i];
        for (std::size_t s = 0; bound.computes_stats && s < bound.stat_columns.size(); ++s) {
            field(pipeline.stats_added.front().name)
                .members.push_back({bound.stats[s].name, bound.stat_columns[s]});
        }
        for (const AddedField::Member& shown : bound.shown_fields)
            field(pipeline.stats_added.front().name).members.push_back(shown);
        if (keep_hashes && bound.hash_column) field(bound.spec->hash_column).column = *bound.hash_column;
    }
    return added;
}

}  // namespace

IntermediateStorage::IntermediateStorage(FileSystem& files, StageStore& store, const JobSpec& spec,
                                         const Pipeline& pipeline)
    : files_(files),
      store_(store),
      spec_(spec),
      pipeline_(pipeline),
      layout_(JobLayout::at(spec.job_folder).of_branch(spec.node)),
      as_batches_(spec.input_kind.format == FileFormat::parquet &&
                  spec.intermediate->format != TableFormat::jsonl) {
    for (std::size_t op = 0; op < pipeline.ops.size(); ++op) encoders_.push_back(make_encoder(op));
}

std::unique_ptr<OutputFormat> IntermediateStorage::make_encoder(std::size_t op) const {
    OutputOptions options;
    options.kind.format = as_batches_ ? FileFormat::parquet : FileFormat::jsonl;
    options.fields = pipeline_.fields;
    options.added = added_up_to(pipeline_, spec_.output.keep_hashes, op);
    options.input_description = pipeline_.input->describe();
    return as_batches_ ? make_parquet_output(options, *pipeline_.schema)
                       : make_jsonl_output(options, *pipeline_.schema);
}

/// A dataset-wide operator that does nothing with its parameters: it runs nowhere.
bool IntermediateStorage::leaves_rows_alone(std::size_t op) const {
    if (op >= pipeline_.ops.size() || !pipeline_.ops[op].spec->dataset_wide()) return false;
    return std::none_of(pipeline_.segments.begin(), pipeline_.segments.end(), [&](const Segment& segment) {
        return segment.ends_dataset_wide && segment.end_op == op;
    });
}

void IntermediateStorage::begin(const Morsel& morsel, std::size_t position, const Batch& batch,
                                RowIndices rows) {
    if (morsel.pass > 0 && position == pipeline_.segments[morsel.pass].first_op) {
        keep(morsel, position - 1, batch, rows);
    } else {
        for (; leaves_rows_alone(position); ++position) keep_one(morsel, position, batch, rows);
    }
}

void IntermediateStorage::keep(const Morsel& morsel, std::size_t op, const Batch& batch, RowIndices rows) {
    keep_one(morsel, op, batch, rows);
    for (++op; leaves_rows_alone(op); ++op) keep_one(morsel, op, batch, rows);
}

void IntermediateStorage::keep_one(const Morsel& morsel, std::size_t op, const Batch& batch,
                                   RowIndices rows) {
    StoredBlob piece = store_.put(encoders_[op]->encode(batch, rows).bytes);
    const std::lock_guard lock(mutex_);
    waiting_[{morsel.pass, morsel.partition}][op].insert_or_assign(morsel.sequence, std::move(piece));
}

void IntermediateStorage::finish(std::uint32_t pass, std::uint32_t partition, std::size_t morsels) {
    Files waiting;
    {
        const std::lock_guard lock(mutex_);
        if (auto found = waiting_.extract({pass, partition})) waiting = std::move(found.mapped());
    }
    if (morsels == 0) {
        const Segment& segment = pipeline_.segments[pass];
        const std::size_t first = pass > 0 ? segment.first_op - 1 : segment.first_op;
        for (std::size_t op = first; op < segment.end_op; ++op) waiting[op];
    }
    for (const auto& [op, pieces] : waiting) {
        if (pieces.size() == morsels) write(partition, op, pieces);
    }
}

void IntermediateStorage::write(std::uint32_t partition, std::size_t op, const Pieces& pieces) {
    TableOptions options = *spec_.intermediate;
    std::vector<const StoredBlob*> blobs;
    for (const auto& [sequence, blob] : pieces) blobs.push_back(&blob);
    const TablePieces source{as_batches_ ? TablePieces::Form::arrow_batches : TablePieces::Form::json_lines,
                             blobs.size(), [&](std::size_t i) { return blobs[i]->read(); }};
    const auto path_of = [&] {
        return layout_.intermediate(partition, op, spec_.ops[op].name, table_ending(options));
    };
    const auto folder = path_of().parent_path();
    files_.create_directories(folder);
    files_.sync_directory(folder.parent_path());
    const auto unnamed = JobLayout::unnamed(path_of(), spec_.attempt);
    try {
        TableOutcome outcome = write_table_file(files_, unnamed, options, source);
        const bool as_lines = !outcome.unsuited.empty();
        if (as_lines) {
            options.format = TableFormat::jsonl;
            (void)write_table_file(files_, unnamed, options, source);
        }
        note(outcome, path_of(), as_lines);
    } catch (const EnvironmentError&) {
        try {
            files_.remove(unnamed);
        } catch (const EnvironmentError&) {  // the first failure is the one to report
        }
        throw;
    }
    files_.rename(unnamed, path_of());
    files_.sync_directory(folder);
}

void IntermediateStorage::note(const TableOutcome& outcome, const std::filesystem::path& path,
                               bool as_lines) {
    const std::lock_guard lock(mutex_);
    if (as_lines) {
        ++as_lines_;
        if (first_reason_.empty()) first_reason_ = fmt::format("{}: {}", path.string(), outcome.unsuited);
    } else if (!outcome.text_columns.empty()) {
        ++with_text_columns_;
        for (const std::string& column : outcome.text_columns) {
            if (text_columns_.size() < kMostNamedColumns) text_columns_.insert(column);
        }
    }
}

std::string IntermediateStorage::take_warning() {
    const std::lock_guard lock(mutex_);
    std::string warning;
    if (with_text_columns_ > 0) {
        warning = fmt::format(
            "intermediate files: the values of {} have no common type; {} files hold them as JSON in strings",
            fmt::join(text_columns_, ", "), with_text_columns_);
    }
    if (as_lines_ > 0) {
        warning += fmt::format("{}{} are JSON lines, because their rows make no table ({})",
                               warning.empty() ? "intermediate files: " : "; ", as_lines_, first_reason_);
    }
    as_lines_ = with_text_columns_ = 0;
    text_columns_.clear();
    first_reason_.clear();
    return warning;
}

}  // namespace dj
