// SPDX-License-Identifier: Apache-2.0
#include "dj/data/batch.hpp"

#include <cstring>
#include <numeric>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "dj/base/byte_codec.hpp"
#include "dj/base/error.hpp"

namespace dj {
namespace {

using OpaquePointer = std::unique_ptr<OpaqueColumn>;

constexpr std::string_view kBatchName = "a serialised batch";
static_assert(FixedLayout<RowOrigin> && sizeof(RowOrigin) == 40);

ColumnData empty_column(const ColumnSpec& spec, const BatchSchema& schema) {
    switch (spec.kind) {
        case ColumnKind::text: return TextColumn();
        case ColumnKind::json: return JsonColumn();
        case ColumnKind::scalar: return ScalarColumn(spec.scalar);
        case ColumnKind::opaque:
            if (!schema.opaque)
                throw Bug(fmt::format("column {} is opaque, but no format decodes it", spec.name));
            return schema.opaque->empty();
    }
    throw Bug("unknown ColumnKind");
}

std::size_t size_of(const ColumnData& column) {
    return std::visit(
        [](const auto& values) -> std::size_t {
            if constexpr (std::is_same_v<std::decay_t<decltype(values)>, OpaquePointer>) {
                return values->size();
            } else {
                return values.size();
            }
        },
        column);
}

void fill_up(TextColumn& column, std::size_t rows) {
    while (column.size() < rows) column.push_back({});
}
void fill_up(ScalarColumn& column, std::size_t rows) { column.resize(rows); }

void append_rows(OpaquePointer& target, const OpaquePointer& source, RowIndices rows) {
    target = target->size() == 0 ? source->take(rows) : target->appended(*source, rows);
}
template <class Column>
void append_rows(Column& target, const Column& source, RowIndices rows) {
    target.append(source, rows);
}

}  // namespace

std::optional<std::size_t> BatchSchema::find(std::string_view name) const {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].name == name) return i;
    }
    return std::nullopt;
}

std::size_t BatchSchema::find_or_add(ColumnSpec spec) {
    if (const auto found = find(spec.name)) return *found;
    columns.push_back(std::move(spec));
    return columns.size() - 1;
}

Batch::Batch(std::shared_ptr<const BatchSchema> schema) : schema_(std::move(schema)) {
    columns_.reserve(schema_->columns.size());
    for (const auto& spec : schema_->columns) columns_.push_back(empty_column(spec, *schema_));
}

std::size_t Batch::payload_bytes() const {
    std::size_t bytes = origins.size() * sizeof(RowOrigin);
    for (const auto& column : columns_) {
        if (const auto* text = std::get_if<TextColumn>(&column)) {
            bytes += text->payload_bytes() + text->size() * sizeof(std::uint64_t);
        } else if (const auto* json = std::get_if<JsonColumn>(&column)) {
            bytes += json->payload_bytes() + json->size() * sizeof(std::uint64_t);
        } else if (const auto* scalar = std::get_if<ScalarColumn>(&column)) {
            bytes += scalar->size() * (sizeof(std::uint64_t) + sizeof(std::uint8_t));
        } else {
            bytes += std::get<OpaquePointer>(column)->payload_bytes();
        }
    }
    return bytes;
}

std::vector<std::uint64_t> Batch::row_bytes() const {
    std::uint64_t everywhere = sizeof(RowOrigin);
    std::vector<std::uint64_t> bytes(size());
    const auto add = [&](const TextColumn& column) {
        for (std::size_t row = 0; row < column.size(); ++row)
            bytes[row] += column.at(row).size() + sizeof(std::uint64_t);
    };
    for (const auto& column : columns_) {
        if (const auto* text = std::get_if<TextColumn>(&column)) {
            add(*text);
        } else if (const auto* json = std::get_if<JsonColumn>(&column)) {
            add(*json);
        } else if (std::holds_alternative<ScalarColumn>(column)) {
            everywhere += sizeof(std::uint64_t) + sizeof(std::uint8_t);
        } else if (const auto& opaque = std::get<OpaquePointer>(column); opaque && !bytes.empty()) {
            everywhere += opaque->payload_bytes() / bytes.size();
        }
    }
    for (auto& row : bytes) row += everywhere;
    return bytes;
}

const OpaqueColumn& Batch::opaque(std::size_t column) const {
    return *std::get<OpaquePointer>(columns_[column]);
}

void Batch::set_opaque(std::size_t column, std::unique_ptr<OpaqueColumn> values) {
    if (!values) throw Bug("Batch::set_opaque: no column given");
    std::get<OpaquePointer>(columns_[column]) = std::move(values);
}

Batch Batch::take(RowIndices rows) const {
    Batch result(schema_);
    result.append(*this, rows);
    return result;
}

Batch Batch::take_without(RowIndices rows, std::size_t except) const {
    Batch result(schema_);
    result.append_except(*this, rows, except);
    return result;
}

void Batch::append(const Batch& other, RowIndices rows) { append_except(other, rows, columns_.size()); }

void Batch::append_except(const Batch& other, RowIndices rows, std::size_t except) {
    if (other.columns_.size() != columns_.size())
        throw Bug("Batch::append: the batches have different schemas");
    const std::size_t before = size();
    origins.reserve(before + rows.size());
    for (const auto row : rows) origins.push_back(other.origins[row]);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (i != except) append_column(i, other.columns_[i], rows, before);
    }
}

void Batch::append_column(std::size_t column, const ColumnData& other, RowIndices rows, std::size_t before) {
    const bool filled_here = size_of(columns_[column]) != 0;
    const bool filled_there = size_of(other) != 0;
    if (!filled_here && !filled_there) return;
    std::visit(
        [&](auto& target) {
            using Column = std::decay_t<decltype(target)>;
            if constexpr (std::is_same_v<Column, OpaquePointer>) {
                if (filled_here != filled_there && before != 0 && !rows.empty()) {
                    throw Bug(
                        fmt::format("column {} has values in one batch only", schema_->columns[column].name));
                }
                if (filled_there) append_rows(target, std::get<Column>(other), rows);
            } else {
                fill_up(target, before);
                if (filled_there) {
                    append_rows(target, std::get<Column>(other), rows);
                } else {
                    fill_up(target, before + rows.size());
                }
            }
        },
        columns_[column]);
}

void Batch::drop_values(std::size_t column) {
    columns_[column] = empty_column(schema_->columns[column], *schema_);
    if (auto* text = std::get_if<TextColumn>(&columns_[column])) fill_up(*text, size());
    if (auto* json = std::get_if<JsonColumn>(&columns_[column])) fill_up(*json, size());
    if (auto* scalar = std::get_if<ScalarColumn>(&columns_[column])) fill_up(*scalar, size());
}

// Layout: rows u64, columns u32, the origins, then per column its kind u8 and its own layout (opaque: counted bytes).
void Batch::serialise(std::string& out) const {
    append_value(out, static_cast<std::uint64_t>(size()));
    append_value(out, static_cast<std::uint32_t>(columns_.size()));
    out.append(reinterpret_cast<const char*>(origins.data()), origins.size() * sizeof(RowOrigin));
    std::string opaque_bytes;
    for (const auto& column : columns_) {
        append_value(out, static_cast<std::uint8_t>(column.index()));
        std::visit(
            [&](const auto& values) {
                if constexpr (std::is_same_v<std::decay_t<decltype(values)>, OpaquePointer>) {
                    opaque_bytes.clear();
                    values->serialise(opaque_bytes);
                    append_counted(out, opaque_bytes);
                } else {
                    values.serialise(out);
                }
            },
            column);
    }
}

Batch Batch::deserialise(std::string_view& in, std::shared_ptr<const BatchSchema> schema) {
    LayoutReader reader(in, kBatchName);
    Batch result(std::move(schema));
    const auto rows = reader.value<std::uint64_t>();
    const auto columns = reader.value<std::uint32_t>();
    if (rows > in.size() / sizeof(RowOrigin)) reader.corrupt("it announces more rows than there are bytes");
    if (columns != result.columns_.size()) reader.corrupt("it has another number of columns than the schema");
    result.origins.resize(static_cast<std::size_t>(rows));
    const auto origin_bytes = reader.bytes(rows * sizeof(RowOrigin));
    if (rows != 0) std::memcpy(result.origins.data(), origin_bytes.data(), origin_bytes.size());
    for (auto& column : result.columns_) {
        if (reader.value<std::uint8_t>() != column.index())
            reader.corrupt("a column's kind is not the schema's");
        if (std::holds_alternative<JsonColumn>(column)) {
            static_cast<TextColumn&>(std::get<JsonColumn>(column)) = TextColumn::deserialise(in);
        } else if (auto* text = std::get_if<TextColumn>(&column)) {
            *text = TextColumn::deserialise(in);
        } else if (auto* scalar = std::get_if<ScalarColumn>(&column)) {
            auto values = ScalarColumn::deserialise(in);
            if (values.type() != scalar->type()) reader.corrupt("a scalar column's type is not the schema's");
            *scalar = std::move(values);
        } else {
            auto bytes = reader.counted();
            column = result.schema_->opaque->deserialise(bytes);
        }
        const auto values = size_of(column);
        if (values != 0 && values != result.size()) reader.corrupt("a column's length is not the batch's");
    }
    return result;
}

}  // namespace dj
