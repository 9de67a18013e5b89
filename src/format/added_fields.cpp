// SPDX-License-Identifier: Apache-2.0
#include "format/added_fields.hpp"

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/data/python_json.hpp"
#include "dj/data/short_code.hpp"

namespace dj {
namespace {

std::string key_of(std::string_view name) {
    std::string key;
    append_json_string(key, name);
    return key + ": ";
}

void check_column(const BatchSchema& schema, const AddedField& field, std::size_t column) {
    if (column >= schema.columns.size() || schema.columns[column].kind == ColumnKind::opaque) {
        throw Bug(fmt::format("added field '{}' names column {}, which is none that can be printed",
                              field.name, column));
    }
}

}  // namespace

AddedFields::AddedFields(std::vector<AddedField> fields, const BatchSchema& schema)
    : fields_(std::move(fields)) {
    for (const AddedField& field : fields_) {
        keys_.push_back(key_of(field.name));
        auto& members = member_keys_.emplace_back();
        if (field.members.empty()) check_column(schema, field, field.column);
        for (const AddedField::Member& member : field.members) {
            check_column(schema, field, member.column);
            members.push_back(key_of(member.name));
        }
    }
}

void AddedFields::append(std::string& out, const Batch& batch, std::size_t row) const {
    for (std::size_t n = 0; n < fields_.size(); ++n) {
        const AddedField& field = fields_[n];
        if (n > 0) out += ", ";
        out += keys_[n];
        if (field.members.empty()) {
            append_value(out, batch, field.column, row);
            continue;
        }
        out += '{';
        for (std::size_t m = 0; m < field.members.size(); ++m) {
            if (m > 0) out += ", ";
            out += member_keys_[n][m];
            append_value(out, batch, field.members[m].column, row);
        }
        out += '}';
    }
}

void AddedFields::append_value(std::string& out, const Batch& batch, std::size_t column,
                               std::size_t row) const {
    const ColumnSpec& spec = batch.schema().columns[column];
    if (spec.kind == ColumnKind::text) {
        append_json_string(out, batch.text(column).at(row));
    } else if (spec.kind == ColumnKind::json) {
        const std::string_view value = batch.json(column).at(row);
        out += value.empty() ? std::string_view("null") : value;
    } else if (!batch.scalar(column).valid(row)) {
        out += "null";
    } else if (spec.scalar == ScalarType::float64) {
        append_json_float(out, batch.scalar(column).float64_at(row));
    } else if (spec.scalar == ScalarType::code) {
        append_json_string(out, ShortCode::of_stat(batch.scalar(column).float64_at(row)).text());
    } else if (spec.scalar == ScalarType::boolean) {
        out += batch.scalar(column).int64_at(row) != 0 ? "true" : "false";
    } else {
        append_json_int(out, batch.scalar(column).int64_at(row));
    }
}

}  // namespace dj
