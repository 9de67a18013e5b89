// SPDX-License-Identifier: Apache-2.0
#include "format/parquet_layout.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <arrow/type.h>
#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "format/arrow_batches.hpp"

namespace dj {
namespace {

bool is_text(const arrow::DataType& type) {
    return type.id() == arrow::Type::STRING || type.id() == arrow::Type::LARGE_STRING ||
           type.id() == arrow::Type::STRING_VIEW;
}

/// As in jsonl: the column "a.b" before the member "b" of the struct "a".
std::optional<ArrowPath> find_path(const arrow::Schema& schema, std::string_view path) {
    ArrowPath found;
    const arrow::FieldVector* fields = &schema.fields();
    for (bool top = true;; top = false) {
        const auto index_of = [&](std::string_view name) {
            const auto at = std::find_if(fields->begin(), fields->end(),
                                         [&](const auto& f) { return f->name() == name; });
            return at == fields->end() ? -1 : static_cast<int>(at - fields->begin());
        };
        const auto step_into = [&](int n) {
            if (top) {
                found.column = n;
            } else {
                found.children.push_back(n);
            }
            found.type = without_dictionaries((*fields)[static_cast<std::size_t>(n)]->type());
        };
        if (const int whole = index_of(path); whole >= 0) {
            step_into(whole);
            return found;
        }
        const std::size_t dot = path.find('.');
        const int head = dot == std::string_view::npos ? -1 : index_of(path.substr(0, dot));
        if (head < 0) return std::nullopt;
        step_into(head);
        if (found.type->id() != arrow::Type::STRUCT) return std::nullopt;
        fields = &found.type->fields();
        path.remove_prefix(dot + 1);
    }
}

std::string names_of(const arrow::Schema& schema) {
    std::string names;
    for (const auto& name : schema.field_names())
        names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
    return names;
}

}  // namespace

ParquetLayout::ParquetLayout(std::shared_ptr<arrow::Schema> schema, const std::vector<FieldUse>& uses)
    : schema_(std::move(schema)) {
    std::set<int> replaced;
    for (const FieldUse& use : uses) {
        Field field{use, false, {}};
        if (auto path = find_path(*schema_, use.path)) {
            field.found = true;
            field.path = std::move(*path);
        }
        if (use.kind == ColumnKind::text && !field.found) {
            throw UserError(fmt::format(
                "the parquet input has no field '{}', which the recipe uses as text; its columns are: {}",
                use.path, names_of(*schema_)));
        }
        if (use.kind == ColumnKind::text && !is_text(*field.path.type)) {
            throw UserError(
                fmt::format("field '{}' of the parquet input is of type {}, the recipe uses it as text",
                            use.path, field.path.type->ToString()));
        }
        if (field.replaces_column()) replaced.insert(field.path.column);
        fields_.push_back(std::move(field));
    }
    arrow::FieldVector kept;
    for (int column = 0; column < schema_->num_fields(); ++column) {
        if (replaced.contains(column)) continue;
        carried_.push_back(column);
        kept.push_back(without_dictionaries(schema_->field(column)));
    }
    carrier_schema_ = arrow::schema(std::move(kept));
}

std::shared_ptr<arrow::Schema> kept_schema(const arrow::Schema& schema, const InputOptions& options) {
    arrow::FieldVector fields;
    for (const auto& field : schema.fields()) {
        const bool dropped = std::find(options.dropped_keys.begin(), options.dropped_keys.end(),
                                       field->name()) != options.dropped_keys.end();
        const bool used = std::any_of(options.fields.begin(), options.fields.end(), [&](const FieldUse& use) {
            return use.path == field->name() || use.path.starts_with(field->name() + ".");
        });
        if (!dropped || used) fields.push_back(field);
    }
    return arrow::schema(std::move(fields), schema.metadata());
}

void check_same_fields(const arrow::Schema& expected, const arrow::Schema& found, const std::string& file) {
    for (const auto& field : expected.fields()) {
        const auto there = found.GetFieldByName(field->name());
        if (there == nullptr) {
            throw UserError(fmt::format(
                "'{}' lacks the column '{}' that the first input file has (or has it twice): all files of "
                "a parquet input must have one schema",
                file, field->name()));
        }
        if (!there->Equals(*field, false)) {
            throw UserError(fmt::format(
                "column '{}' is {} in '{}' and {} in the first input file: all files of a parquet input "
                "must have one schema",
                field->name(), there->ToString(), file, field->ToString()));
        }
    }
    for (const auto& field : found.fields()) {
        if (expected.GetFieldIndex(field->name()) < 0) {
            throw UserError(fmt::format(
                "'{}' has a column '{}' that the first input file has not: all files of a parquet input "
                "must have one schema",
                file, field->name()));
        }
    }
}

}  // namespace dj
