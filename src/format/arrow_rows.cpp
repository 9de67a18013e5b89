// SPDX-License-Identifier: Apache-2.0
#include "format/arrow_rows.hpp"

#include <algorithm>
#include <span>

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "dj/data/short_code.hpp"
#include "format/arrow_carrier.hpp"
#include "format/arrow_result.hpp"

namespace dj {
namespace {

using ArrayPointer = std::shared_ptr<arrow::Array>;

template <typename Builder, typename Append>
ArrayPointer build(Builder& builder, RowIndices rows, const Append& append) {
    check(builder.Reserve(static_cast<std::int64_t>(rows.size())), "Arrow");
    for (const std::uint32_t row : rows) check(append(row), "Arrow");
    return value_of(builder.Finish(), "Arrow");
}

bool are_all(RowIndices rows, std::size_t count) {
    if (rows.size() != count) return false;
    for (std::size_t n = 0; n < count; ++n) {
        if (rows[n] != n) return false;
    }
    return true;
}

ArrayPointer text_array(const TextColumn& column, RowIndices rows) {
    arrow::LargeStringBuilder builder;
    return build(builder, rows, [&](std::uint32_t row) { return builder.Append(column.at(row)); });
}

ArrayPointer scalar_array(const ScalarColumn& column, RowIndices rows) {
    if (column.type() == ScalarType::float64) {
        arrow::DoubleBuilder builder;
        return build(builder, rows, [&](std::uint32_t row) {
            return column.valid(row) ? builder.Append(column.float64_at(row)) : builder.AppendNull();
        });
    }
    if (column.type() == ScalarType::boolean) {
        arrow::BooleanBuilder builder;
        return build(builder, rows, [&](std::uint32_t row) {
            return column.valid(row) ? builder.Append(column.int64_at(row) != 0) : builder.AppendNull();
        });
    }
    if (column.type() == ScalarType::code) {
        arrow::StringBuilder builder;
        return build(builder, rows, [&](std::uint32_t row) {
            return column.valid(row) ? builder.Append(ShortCode::of_stat(column.float64_at(row)).text())
                                     : builder.AppendNull();
        });
    }
    arrow::Int64Builder builder;
    return build(builder, rows, [&](std::uint32_t row) {
        return column.valid(row) ? builder.Append(column.int64_at(row)) : builder.AppendNull();
    });
}

ArrayPointer added_array(const Batch& batch, std::size_t column, RowIndices rows) {
    const ColumnKind kind = batch.schema().columns[column].kind;
    if (kind == ColumnKind::text) return text_array(batch.text(column), rows);
    if (kind == ColumnKind::json) return text_array(batch.json(column), rows);
    return scalar_array(batch.scalar(column), rows);
}

std::shared_ptr<arrow::DataType> added_type(const ColumnSpec& spec) {
    if (spec.kind == ColumnKind::opaque) throw Bug("an opaque column cannot be an added one");
    if (spec.kind != ColumnKind::scalar || spec.scalar == ScalarType::code) return arrow::utf8();
    if (spec.scalar == ScalarType::float64) return arrow::float64();
    return spec.scalar == ScalarType::boolean ? arrow::boolean() : arrow::int64();
}

/// A text in a struct was read from rows in which none of the structs around it is null.
ArrayPointer with_member(const ArrayPointer& values, std::span<const int> children,
                         const ArrayPointer& text) {
    if (children.empty()) return text;
    const auto& structure = static_cast<const arrow::StructArray&>(*values);
    arrow::ArrayVector members = structure.fields();
    arrow::FieldVector fields = structure.type()->fields();
    const auto place = static_cast<std::size_t>(children.front());
    members[place] = with_member(members[place], children.subspan(1), text);
    fields[place] = fields[place]->WithType(members[place]->type());
    return value_of(arrow::StructArray::Make(members, fields), "Arrow");
}

std::shared_ptr<arrow::DataType> with_large_text(const std::shared_ptr<arrow::DataType>& type,
                                                 std::span<const int> children) {
    if (children.empty()) return arrow::large_utf8();
    arrow::FieldVector fields = type->fields();
    auto& field = fields[static_cast<std::size_t>(children.front())];
    field = field->WithType(with_large_text(field->type(), children.subspan(1)));
    return arrow::struct_(fields);
}

}  // namespace

ArrowRows::ArrowRows(const OutputOptions& options, const BatchSchema& schema)
    : added_(options.added), specs_(schema.columns) {
    const auto carrier = schema.find(kCarrierColumn);
    if (options.input_description.empty() || !carrier) {
        throw UserError(
            "an export to .parquet needs a .parquet input, whose columns and types it takes over: "
            "export jsonl input to .jsonl, .jsonl.gz or .jsonl.zst");
    }
    carrier_column_ = *carrier;
    layout_ = std::make_unique<ParquetLayout>(schema_from_bytes(options.input_description), options.fields);
    carried_at_.assign(static_cast<std::size_t>(layout_->schema()->num_fields()), -1);
    for (std::size_t n = 0; n < layout_->carried().size(); ++n) {
        carried_at_[static_cast<std::size_t>(layout_->carried()[n])] = static_cast<int>(n);
    }
    for (const auto& field : layout_->fields()) {
        if (!field.use.written) continue;
        const auto column = schema.find(field.use.path);
        if (!column)
            throw Bug(fmt::format("the batch schema lacks the column '{}' of the output", field.use.path));
        written_.push_back({field.path, *column});
    }
    plan_columns(options.added);
}

void ArrowRows::plan_columns(const std::vector<AddedField>& added) {
    arrow::FieldVector fields;
    arrow::FieldVector plain;
    for (int column = 0; column < layout_->schema()->num_fields(); ++column) {
        const auto& field = layout_->schema()->field(column);
        const bool replaced = std::any_of(added.begin(), added.end(),
                                          [&](const AddedField& f) { return f.name == field->name(); });
        if (replaced) continue;
        kept_.push_back(column);
        fields.push_back(field);
        auto type = without_dictionaries(field->type());
        for (const Written& written : written_) {
            if (written.path.column == column) type = with_large_text(type, written.path.children);
        }
        plain.push_back(field->WithType(type));
    }
    for (const AddedField& field : added) {
        arrow::FieldVector members;
        for (const auto& member : field.members)
            members.push_back(arrow::field(member.name, added_type(specs_[member.column])));
        const auto type = field.members.empty() ? added_type(specs_[field.column]) : arrow::struct_(members);
        fields.push_back(arrow::field(field.name, type));
        plain.push_back(fields.back());
    }
    schema_ = arrow::schema(fields, layout_->schema()->metadata());
    plain_schema_ = arrow::schema(plain);
}

ArrowBatch ArrowRows::assemble(const Batch& batch, RowIndices rows) const {
    ArrowBatch carried = carried_rows(batch.opaque(carrier_column_));
    if (!are_all(rows, batch.size())) carried = take_rows(carried, rows);
    arrow::ArrayVector columns;
    for (const int column : kept_) {
        const int place = carried_at_[static_cast<std::size_t>(column)];
        auto values = place < 0 ? nullptr : carried->column(place);
        for (const Written& written : written_) {
            if (written.path.column != column) continue;
            values = with_member(values, written.path.children, text_array(batch.text(written.column), rows));
        }
        columns.push_back(std::move(values));
    }
    for (const AddedField& field : added_) {
        if (field.members.empty()) {
            columns.push_back(added_array(batch, field.column, rows));
            continue;
        }
        arrow::ArrayVector members;
        std::vector<std::string> names;
        for (const auto& member : field.members) {
            members.push_back(added_array(batch, member.column, rows));
            names.push_back(member.name);
        }
        columns.push_back(value_of(arrow::StructArray::Make(members, names), "Arrow"));
    }
    arrow::FieldVector fields;
    for (std::size_t n = 0; n < columns.size(); ++n) {
        fields.push_back(plain_schema_->field(static_cast<int>(n))->WithType(columns[n]->type()));
    }
    return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), static_cast<std::int64_t>(rows.size()),
                                    std::move(columns));
}

}  // namespace dj
