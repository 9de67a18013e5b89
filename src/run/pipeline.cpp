// SPDX-License-Identifier: Apache-2.0
#include "pipeline.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"

namespace dj {

namespace {

constexpr std::string_view kStatsField = "__dj__stats__";

std::string stat_path(std::string_view name) { return fmt::format("{}.{}", kStatsField, name); }

/// Whether `path` is a stat that an operator of the recipe computes or shows (if not, it may be one that came with the input).
bool is_own_stat(const std::vector<BoundOp>& ops, std::string_view path) {
    if (!path.starts_with(kStatsField)) return false;
    for (const BoundOp& bound : ops) {
        if (std::ranges::any_of(bound.stats,
                                [&](const StatSpec& stat) { return path == stat_path(stat.name); }))
            return true;
        if (bound.op->shows_fields_in_stats() &&
            std::ranges::any_of(bound.op->fields_read(),
                                [&](const std::string& field) { return path == stat_path(field); }))
            return true;
    }
    return false;
}

FieldUse& use_of(std::vector<FieldUse>& uses, const std::string& path, ColumnKind kind) {
    for (FieldUse& use : uses) {
        if (use.path == path && use.kind == kind) return use;
    }
    return uses.emplace_back(FieldUse{path, kind, false});
}

/// The file that rank 0 found, as this rank sees it: the same one, or none at all.
std::shared_ptr<const FileBytes> map_model(const OpCall& call, const ModelFile& model, FileSystem& files) {
    const auto complain = [&](std::string_view what) {
        return EnvironmentError(fmt::format("{}: the model {} {}; put it where all nodes see the same file",
                                            call.name, model.path, what));
    };
    std::shared_ptr<const FileBytes> bytes;
    try {
        bytes = files.map(model.path);
    } catch (const EnvironmentError& error) {
        throw complain(fmt::format("cannot be read on this node ({})", error.what()));
    }
    if (bytes->all().size() != model.size_bytes || to_hex(xxh3_128(bytes->all())) != model.hash)
        throw complain("is not the file that it was when the job began, or on the node where it began");
    return bytes;
}

std::vector<BoundOp> make_ops(const JobSpec& spec, const OpCatalog& catalog, FileSystem& files) {
    std::vector<BoundOp> ops;
    for (std::size_t i = 0; i < spec.ops.size(); ++i) {
        const OpCall& call = spec.ops[i];
        BoundOp bound;
        bound.spec = catalog.find(call.name);
        if (bound.spec == nullptr) throw UserError(fmt::format("there is no operator named {}", call.name));
        OpSupplies supplies;
        supplies.input_ending = spec.input_ending;
        if (call.words) {
            supplies.words = *call.words;
        } else if (bound.spec->word_list) {
            supplies.words = shipped_words_of(*bound.spec->word_list, call.params);
        }
        for (const ModelFile& model : call.models) supplies.models.push_back(map_model(call, model, files));
        bound.op = bound.spec->make_supplied(call.params, supplies);
        bound.stats = bound.spec->stats_for(call.params);
        bound.index = i;
        ops.push_back(std::move(bound));
    }
    return ops;
}

/// Every field that some operator touches. A path may be used both as text and as raw JSON; not if it is written too,
/// because the raw form would then be stale.
std::vector<FieldUse> collect_uses(const JobSpec& spec, const std::vector<BoundOp>& ops) {
    std::vector<FieldUse> uses;
    use_of(uses, spec.text_key, ColumnKind::text);
    for (const std::string& field : spec.text_fields) use_of(uses, field, ColumnKind::text);
    for (const BoundOp& bound : ops) {
        if (bound.spec->reads_text) {
            FieldUse& use = use_of(uses, bound.op->text_key(), ColumnKind::text);
            use.written = use.written || bound.spec->writes_text();
        }
    }
    for (const BoundOp& bound : ops) {
        for (const std::string& path : bound.op->fields_read()) {
            if (is_own_stat(ops, path)) continue;
            const bool is_text = std::any_of(uses.begin(), uses.end(), [&](const FieldUse& use) {
                return use.path == path && use.kind == ColumnKind::text;
            });
            if (!is_text) use_of(uses, path, ColumnKind::json);
        }
    }
    return uses;
}

ScalarType scalar_of(StatType type) {
    switch (type) {
        case StatType::integer: return ScalarType::int64;
        case StatType::number: return ScalarType::float64;
        case StatType::code: return ScalarType::code;
    }
    throw Bug("unknown StatType");
}

void bind_stats(BoundOp& bound, BatchSchema& schema, std::vector<AddedField::Member>& members) {
    for (const StatSpec& stat : bound.stats) {
        const std::string name = stat_path(stat.name);
        const bool known = schema.find(name).has_value();
        const auto type = scalar_of(stat.type);
        const std::size_t column = schema.find_or_add({name, ColumnKind::scalar, type});
        bound.stat_columns.push_back(column);
        if (known) {
            bound.computes_stats = false;
        } else {
            members.push_back({stat.name, column});
        }
    }
}

/// The fields of `bound` become members of the stats, but for those that are there: 1.6.1 copies none a second time. A
/// text that operators write is no member: what the stats should show is the text before them.
void show_fields(BoundOp& bound, const std::vector<FieldUse>& uses,
                 std::vector<AddedField::Member>& members) {
    const std::vector<std::string> paths = bound.op->fields_read();
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const bool known = std::ranges::any_of(members, [&](const auto& m) { return m.name == paths[i]; });
        const bool written = std::ranges::any_of(
            uses, [&](const FieldUse& use) { return use.path == paths[i] && use.written; });
        if (known || written) continue;
        bound.shown_fields.push_back({paths[i], bound.binding.field_columns[i]});
        members.push_back(bound.shown_fields.back());
    }
}

/// The column of a field, or of a stat that operators before computed or show.
std::size_t field_column(const BoundOp& bound, const BatchSchema& schema, const std::string& path,
                         const std::vector<AddedField::Member>& stats) {
    const auto column = schema.find(path);
    if (column) return *column;
    for (const AddedField::Member& stat : stats) {
        if (path == stat_path(stat.name)) return stat.column;
    }
    throw UserError(fmt::format(
        "operator {} (number {} of the recipe) reads {}, but no operator before it computes that stat",
        bound.spec->name, bound.index + 1, path));
}

/// The output's added fields, in the order of the operators that first add them, as 1.6.1 orders its columns.
class AddedFields {
public:
    AddedField& of(const std::string& name) {
        for (AddedField& field : fields_) {
            if (field.name == name) return field;
        }
        return fields_.emplace_back(AddedField{name, {}, 0});
    }
    [[nodiscard]] const std::vector<AddedField>& all() const { return fields_; }
    [[nodiscard]] std::vector<AddedField::Member> members_of_stats() const {
        const auto stats = std::ranges::find(fields_, kStatsField, &AddedField::name);
        return stats == fields_.end() ? std::vector<AddedField::Member>() : stats->members;
    }

private:
    std::vector<AddedField> fields_;
};

/// The hash column is made if the output shows it or a later operator uses it again.
void bind_hash(BoundOp& bound, const std::vector<BoundOp>& ops, BatchSchema& schema, const JobSpec& spec,
               AddedFields& added) {
    const std::string& name = bound.spec->hash_column;
    if (name.empty()) return;
    const auto users = std::count_if(ops.begin(), ops.end(),
                                     [&](const BoundOp& other) { return other.spec->hash_column == name; });
    if (users < 2 && !spec.keeps_keys && !spec.output.keep_hashes) return;
    bound.hash_is_used = users > 1 || spec.output.keep_hashes;
    bound.computes_hash = !schema.find(name).has_value();
    bound.hash_column = schema.find_or_add({name, ColumnKind::text, ScalarType::int64});
    if (spec.output.keep_hashes) added.of(name).column = *bound.hash_column;
}

void bind_fields(std::vector<BoundOp>& ops, BatchSchema& schema, Pipeline& pipeline, const JobSpec& spec) {
    AddedFields added;
    for (BoundOp& bound : ops) {
        if (bound.spec->reads_text) bound.binding.text_column = schema.find(bound.op->text_key()).value();
        for (const std::string& path : bound.op->fields_read()) {
            bound.binding.field_columns.push_back(
                field_column(bound, schema, path, added.members_of_stats()));
        }
        if (!bound.stats.empty()) bind_stats(bound, schema, added.of(std::string(kStatsField)).members);
        if (bound.op->shows_fields_in_stats())
            show_fields(bound, pipeline.fields, added.of(std::string(kStatsField)).members);
        bind_hash(bound, ops, schema, spec, added);
    }
    for (const AddedField& field : added.all()) {
        const bool is_stats = field.name == kStatsField;
        if (is_stats) pipeline.stats_added.push_back(field);
        if (!is_stats || spec.output.keep_stats) pipeline.added.push_back(field);
    }
}

/// Bookkeeping columns that came with the input and do not go out as they are: 1.6.1 removes them at export, and what
/// this run computes anew must not stand beside an older copy.
std::vector<std::string> keys_to_drop(const JobSpec& spec, const std::vector<BoundOp>& ops) {
    std::vector<std::string> keys;
    const bool makes_stats = std::any_of(ops.begin(), ops.end(), [](const BoundOp& bound) {
        return !bound.stats.empty() || bound.op->shows_fields_in_stats();
    });
    if (makes_stats || !spec.output.keep_stats) keys.emplace_back(kStatsField);
    if (!spec.output.keep_stats) keys.emplace_back("__dj__meta__");
    if (!spec.output.keep_hashes) {
        for (const char* const name :
             {"__dj__hash", "__dj__minhash", "__dj__simhash", "__dj__imagehash", "__dj__videohash"}) {
            keys.emplace_back(name);
        }
        return keys;
    }
    for (const BoundOp& bound : ops) {
        if (!bound.spec->hash_column.empty()) keys.push_back(bound.spec->hash_column);
    }
    return keys;
}

/// A decoded copy of a field is dead once no operator reads it, unless the output is made from it (written text, stats).
/// Everything else (frames, carriers, stats, hashes) lives until the export.
std::vector<std::vector<std::size_t>> find_dead_columns(const Pipeline& pipeline,
                                                        const std::vector<FieldUse>& uses) {
    std::vector<std::vector<std::size_t>> dead(pipeline.segments.size());
    std::set<std::size_t> shown;
    for (const AddedField& field : pipeline.stats_added) {
        for (const AddedField::Member& member : field.members) shown.insert(member.column);
    }
    for (std::size_t s = 0; s + 1 < pipeline.segments.size(); ++s) {
        std::set<std::size_t> read_later;
        for (std::size_t o = pipeline.segments[s].end_op + 1; o < pipeline.ops.size(); ++o) {
            const BoundOp& bound = pipeline.ops[o];
            if (bound.spec->reads_text) read_later.insert(bound.binding.text_column);
            read_later.insert(bound.binding.field_columns.begin(), bound.binding.field_columns.end());
        }
        for (const FieldUse& use : uses) {
            const std::size_t column = pipeline.schema->find(use.path).value();
            if (!use.written && !shown.contains(column) && !read_later.contains(column))
                dead[s].push_back(column);
        }
    }
    return dead;
}

std::unique_ptr<OutputFormat> make_output(const JobSpec& spec, const std::vector<FieldUse>& uses,
                                          const Pipeline& pipeline) {
    OutputOptions options;
    options.kind = spec.output.kind;
    options.fields = uses;
    options.added = pipeline.added;
    options.input_description = pipeline.input->describe();
    if (spec.output.kind.format == FileFormat::parquet) return make_parquet_output(options, *pipeline.schema);
    return make_jsonl_output(options, *pipeline.schema);
}

std::size_t count_input_segments(const Pipeline& pipeline) {
    for (std::size_t s = 0; s < pipeline.segments.size(); ++s) {
        const Segment& segment = pipeline.segments[s];
        if (segment.ends_dataset_wide && pipeline.ops[segment.end_op].spec->shape == OpShape::order_by_key)
            return s + 1;
    }
    return pipeline.segments.size();
}

}  // namespace

Pipeline make_pipeline(const JobSpec& spec, const OpCatalog& catalog, FileSystem& files,
                       const std::filesystem::path& first_file, const std::string& input_description) {
    Pipeline pipeline;
    pipeline.ops = make_ops(spec, catalog, files);
    // An operator that does nothing with these parameters must not cost a pass over the data.
    std::vector<OpCall> calls = spec.ops;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        if (pipeline.ops[i].spec->shape == OpShape::order_by_key && !pipeline.ops[i].op->reorders()) {
            calls[i].dataset_wide = false;
        }
    }
    pipeline.segments = plan_segments(calls);
    pipeline.fields = collect_uses(spec, pipeline.ops);
    const std::vector<FieldUse>& uses = pipeline.fields;
    pipeline.input_segments = count_input_segments(pipeline);
    InputOptions input_options;
    input_options.fields = uses;
    input_options.repair_utf8 = spec.repair_utf8;
    input_options.dropped_keys = keys_to_drop(spec, pipeline.ops);
    pipeline.input = spec.input_kind.format == FileFormat::parquet
                         ? make_parquet_input(std::move(input_options), first_file, input_description)
                         : make_jsonl_input(std::move(input_options));
    auto schema = std::make_shared<BatchSchema>();
    pipeline.input->add_columns(*schema);
    bind_fields(pipeline.ops, *schema, pipeline, spec);
    pipeline.schema = schema;
    pipeline.dead_after = find_dead_columns(pipeline, uses);
    pipeline.output = make_output(spec, uses, pipeline);
    if (!pipeline.stats_added.empty()) {
        pipeline.stats_output = make_stats_output(pipeline.stats_added, *pipeline.schema);
    }
    return pipeline;
}

}  // namespace dj
