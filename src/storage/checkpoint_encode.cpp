// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/builder.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>
#include <arrow/util/key_value_metadata.h>
#include <roaring/roaring.hh>

#include "dj/base/error.hpp"
#include "dj/data/short_code.hpp"
#include "dj/storage/checkpoint_store.hpp"
#include "storage/arrow_status.hpp"
#include "storage/checkpoint_frames.hpp"
#include "storage/checkpoint_schema.hpp"

namespace dj {
namespace {

constexpr std::string_view kWhat = "cannot encode a checkpoint state";

template <class Builder>
std::shared_ptr<arrow::Array> finished(Builder& builder) {
    return arrow_value(builder.Finish(), kWhat);
}

template <class Builder, class Value>
std::shared_ptr<arrow::Array> single(const Value& value) {
    Builder builder;
    arrow_check(builder.Append(value), kWhat);
    return finished(builder);
}

std::shared_ptr<arrow::Array> nothing(const std::shared_ptr<arrow::DataType>& type) {
    return arrow_value(arrow::MakeArrayOfNull(type, 1), kWhat);
}

/// A list column's only value.
std::shared_ptr<arrow::Array> list_of(const std::shared_ptr<arrow::DataType>& type,
                                      const std::shared_ptr<arrow::Array>& values) {
    if (values->length() > std::numeric_limits<std::int32_t>::max())
        throw Bug("a morsel of a checkpoint has more than 2^31 values");
    arrow::Int32Builder offsets;
    arrow_check(offsets.AppendValues({0, static_cast<std::int32_t>(values->length())}), kWhat);
    return arrow_value(arrow::ListArray::FromArrays(type, *finished(offsets), *values), kWhat);
}

std::shared_ptr<arrow::Array> bitmap_of(const std::vector<std::uint32_t>& rows) {
    Roaring bitmap(rows.size(), rows.data());
    bitmap.runOptimize();
    std::string bytes(bitmap.getSizeInBytes(), '\0');
    bitmap.write(bytes.data());
    return single<arrow::BinaryBuilder>(bytes);
}

struct Sources {
    std::vector<std::uint32_t> distinct;
    std::vector<std::uint32_t> copies;
};

Sources counted(const MorselDelta& delta) {
    Sources found;
    for (const auto source : delta.sources) {
        if (!found.distinct.empty() && source == found.distinct.back()) {
            ++found.copies.back();
            continue;
        }
        if ((!found.distinct.empty() && source < found.distinct.back()) || source >= delta.base_rows)
            throw Bug("the source rows of a checkpoint's morsel do not ascend within its base");
        found.distinct.push_back(source);
        found.copies.push_back(1);
    }
    return found;
}

std::shared_ptr<arrow::Array> copies_of(const Sources& sources, std::size_t rows,
                                        const std::shared_ptr<arrow::DataType>& type) {
    if (sources.distinct.size() == rows) return nothing(type);
    arrow::UInt32Builder builder;
    arrow_check(builder.AppendValues(sources.copies), kWhat);
    return list_of(type, finished(builder));
}

std::shared_ptr<arrow::Buffer> borrowed(std::string_view bytes) {
    return std::make_shared<arrow::Buffer>(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                           static_cast<std::int64_t>(bytes.size()));
}

/// Refers to the column's bytes. `Array`: of 64-bit offsets.
template <class Array>
std::shared_ptr<arrow::Array> texts_of(const TextColumn& column) {
    const auto ends = column.row_ends();
    std::vector<std::int64_t> offsets{0};
    offsets.insert(offsets.end(), ends.begin(), ends.end());
    return std::make_shared<Array>(static_cast<std::int64_t>(column.size()),
                                   arrow::Buffer::FromVector(std::move(offsets)), borrowed(column.payload()));
}

template <class Builder, class ValueAt>
std::shared_ptr<arrow::Array> numbers_of(const ScalarColumn& column, ValueAt value_at) {
    Builder builder;
    arrow_check(builder.Reserve(static_cast<std::int64_t>(column.size())), kWhat);
    for (std::size_t row = 0; row < column.size(); ++row) {
        if (column.valid(row)) {
            builder.UnsafeAppend(value_at(row));
        } else {
            builder.UnsafeAppendNull();
        }
    }
    return finished(builder);
}

std::shared_ptr<arrow::Array> codes_of(const ScalarColumn& column) {
    arrow::StringBuilder builder;
    for (std::size_t row = 0; row < column.size(); ++row) {
        arrow_check(column.valid(row) ? builder.Append(ShortCode::of_stat(column.float64_at(row)).text())
                                      : builder.AppendNull(),
                    kWhat);
    }
    return finished(builder);
}

std::shared_ptr<arrow::Array> numbers_of(const ScalarColumn& column) {
    switch (column.type()) {
        case ScalarType::float64:
            return numbers_of<arrow::DoubleBuilder>(column,
                                                    [&](std::size_t row) { return column.float64_at(row); });
        case ScalarType::boolean:
            return numbers_of<arrow::BooleanBuilder>(
                column, [&](std::size_t row) { return column.int64_at(row) != 0; });
        case ScalarType::code: return codes_of(column);
        case ScalarType::int64: break;
    }
    return numbers_of<arrow::Int64Builder>(column, [&](std::size_t row) { return column.int64_at(row); });
}

/// Values of some rows, and which; nulls if there are none.
template <class Array>
void add_rows(const TextColumn& values, const std::vector<std::uint32_t>& rows, const arrow::Schema& schema,
              arrow::ArrayVector& arrays) {
    if (rows.size() != values.size())
        throw Bug("a text column of a checkpoint's morsel has not one value per row");
    const auto& type = schema.field(static_cast<int>(arrays.size()))->type();
    if (rows.empty()) {
        arrays.push_back(nothing(type));
        arrays.push_back(nothing(arrow::binary()));
        return;
    }
    arrays.push_back(list_of(type, texts_of<Array>(values)));
    arrays.push_back(bitmap_of(rows));
}

void add_texts(const MorselDelta& delta, const arrow::Schema& schema, std::size_t columns,
               arrow::ArrayVector& arrays) {
    const MorselDelta::Text unchanged;
    std::size_t next = 0;
    for (std::size_t column = 0; column < columns; ++column) {
        const bool changed = next < delta.texts.size() && delta.texts[next].column == column;
        const MorselDelta::Text& text = changed ? delta.texts[next++] : unchanged;
        add_rows<arrow::LargeStringArray>(text.values, text.rows, schema, arrays);
        add_rows<arrow::LargeBinaryArray>(text.edits, text.edited_rows, schema, arrays);
    }
    if (next != delta.texts.size()) throw Bug("the text columns of a checkpoint's morsel are not in order");
}

void add_scalars(const MorselDelta& delta, const StateColumns& columns, const arrow::Schema& schema,
                 arrow::ArrayVector& arrays) {
    if (delta.scalars.size() != columns.scalars.size())
        throw Bug("a checkpoint's morsel has not all columns of numbers");
    for (std::size_t i = 0; i < delta.scalars.size(); ++i) {
        const auto& column = delta.scalars[i];
        if (column.size() != delta.sources.size() || column.type() != columns.scalars[i].second)
            throw Bug("a column of numbers does not fit a checkpoint's morsel");
        arrays.push_back(list_of(schema.field(static_cast<int>(arrays.size()))->type(), numbers_of(column)));
    }
}

std::string_view bytes_of(const arrow::Buffer& buffer) {
    return {reinterpret_cast<const char*>(buffer.data()), static_cast<std::size_t>(buffer.size())};
}

}  // namespace

struct StateEncoder::Tools {
    FrameCompressor compressor;
    std::string message;  ///< Room for one, reused.
    struct KnownSchema {
        StateColumns columns;
        std::shared_ptr<arrow::Schema> schema;
    };
    std::vector<KnownSchema> schemas;  ///< A recipe has a few; making one takes as long as a small morsel.

    const std::shared_ptr<arrow::Schema>& schema_of(const StateColumns& columns) {
        for (const KnownSchema& known : schemas) {
            if (known.columns == columns) return known.schema;
        }
        schemas.push_back({columns, state_schema(columns)});
        return schemas.back().schema;
    }
    std::string_view serialise(const arrow::RecordBatch& batch) {
        const auto options = arrow::ipc::IpcWriteOptions::Defaults();
        std::int64_t size = 0;
        arrow_check(arrow::ipc::GetRecordBatchSize(batch, options, &size), kWhat);
        if (message.size() < static_cast<std::size_t>(size)) message.resize(static_cast<std::size_t>(size));
        arrow::io::FixedSizeBufferWriter stream(
            std::make_shared<arrow::MutableBuffer>(reinterpret_cast<std::uint8_t*>(message.data()), size));
        arrow_check(arrow::ipc::SerializeRecordBatch(batch, options, &stream), kWhat);
        return std::string_view(message).substr(0, static_cast<std::size_t>(size));
    }
    std::string framed(std::string_view bytes, std::uint64_t& raw_bytes) {
        raw_bytes += bytes.size();
        return compressor.frame(bytes);
    }
};

StateEncoder::StateEncoder(CheckpointCompression compression)
    : tools_(std::make_unique<Tools>(Tools{FrameCompressor(compression), {}, {}})) {}
StateEncoder::~StateEncoder() = default;

std::string StateEncoder::head(const StateColumns& columns, const nlohmann::json& about,
                               std::uint64_t& raw_bytes) {
    const auto text = about.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    const auto schema = tools_->schema_of(columns)->WithMetadata(arrow::key_value_metadata(
        {"dj.format", "dj.partition"}, {std::to_string(kCheckpointFormatVersion), text}));
    return tools_->framed(bytes_of(*arrow_value(arrow::ipc::SerializeSchema(*schema), kWhat)), raw_bytes);
}

std::string StateEncoder::morsel(const StateColumns& columns, const MorselDelta& delta,
                                 std::uint64_t& raw_bytes) {
    const auto& schema = tools_->schema_of(columns);
    const auto sources = counted(delta);
    arrow::ArrayVector arrays{single<arrow::UInt32Builder>(delta.sequence),
                              single<arrow::UInt64Builder>(delta.base_rows), bitmap_of(sources.distinct),
                              copies_of(sources, delta.sources.size(), schema->field(kCopiesField)->type())};
    add_texts(delta, *schema, columns.texts.size(), arrays);
    add_scalars(delta, columns, *schema, arrays);
    arrow::StringBuilder faults;
    arrow_check(faults.AppendValues(delta.faults), kWhat);
    arrays.push_back(list_of(schema->fields().back()->type(), finished(faults)));
    const auto batch = arrow::RecordBatch::Make(schema, 1, std::move(arrays));
    return tools_->framed(tools_->serialise(*batch), raw_bytes);
}

std::string StateEncoder::end(std::uint64_t& raw_bytes) {
    constexpr std::string_view kEndOfStream("\xFF\xFF\xFF\xFF\0\0\0\0", 8);
    return tools_->framed(kEndOfStream, raw_bytes);
}

}  // namespace dj
