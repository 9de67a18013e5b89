// SPDX-License-Identifier: Apache-2.0
#include "dj/data/sample.hpp"

#include "dj/base/error.hpp"
#include "dj/data/python_json.hpp"
#include "dj/data/short_code.hpp"

namespace dj {
namespace {

std::string_view scalar_json(const ScalarColumn& column, std::size_t row, std::string& buffer) {
    if (row >= column.size() || !column.valid(row)) return {};
    buffer.clear();
    switch (column.type()) {
        case ScalarType::int64: append_json_int(buffer, column.int64_at(row)); break;
        case ScalarType::float64: append_json_float(buffer, column.float64_at(row)); break;
        case ScalarType::code:
            append_json_string(buffer, ShortCode::of_stat(column.float64_at(row)).text());
            break;
        case ScalarType::boolean: buffer = column.int64_at(row) != 0 ? "true" : "false"; break;
    }
    return buffer;
}

}  // namespace

std::string_view Sample::field_json(std::size_t n, std::string& buffer) const {
    const std::size_t column = binding_->field_columns[n];
    switch (batch_->schema().columns[column].kind) {
        case ColumnKind::json: {
            const auto& values = batch_->json(column);
            return row_ < values.size() ? values.at(row_) : std::string_view();
        }
        case ColumnKind::scalar: return scalar_json(batch_->scalar(column), row_, buffer);
        case ColumnKind::text: {
            buffer.clear();
            append_json_string(buffer, batch_->text(column).at(row_));
            return buffer;
        }
        case ColumnKind::opaque: break;
    }
    throw Bug("an operator asked for a column that only its format can read");
}

}  // namespace dj
