// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>
#include <new>
#include <optional>
#include <stdexcept>

#include <arrow/array.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/message.h>
#include <arrow/ipc/options.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <roaring/roaring.hh>

#include "dj/base/error.hpp"
#include "dj/data/short_code.hpp"
#include "dj/storage/checkpoint_store.hpp"
#include "storage/arrow_status.hpp"
#include "storage/checkpoint_frames.hpp"
#include "storage/checkpoint_schema.hpp"

namespace dj {

struct StoredState::Parts {
    std::string payload;
    PayloadFrames frames;  ///< Into `payload`: head, morsels, end.
    std::shared_ptr<arrow::Schema> schema;
    StateColumns columns;
    nlohmann::json about;
};

namespace {

constexpr std::string_view kWhat = "checkpoint state";

/// A damaged size ends in a refusal, not in a program without memory.
template <class Work>
auto refusing(Work work) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        corrupt_state("a size in it is beyond this machine's memory");
    } catch (const std::length_error&) {
        corrupt_state("a size in it is beyond this machine's memory");
    }
}

/// The only message in `bytes`, which it owns.
std::unique_ptr<arrow::ipc::Message> message_of(std::string bytes) {
    const auto size = static_cast<std::int64_t>(bytes.size());
    arrow::io::BufferReader stream(arrow::Buffer::FromString(std::move(bytes)));
    auto message = arrow_value(arrow::ipc::ReadMessage(&stream), kWhat);
    if (arrow_value(stream.Tell(), kWhat) != size) corrupt_state("a frame holds more than a message");
    return message;
}

void read_head(const arrow::Schema& schema, StateColumns& columns, nlohmann::json& about) {
    columns = columns_of(schema);
    const auto& metadata = schema.metadata();
    if (metadata == nullptr) corrupt_state("its schema says nothing about the partition");
    const auto format = metadata->Get("dj.format").ValueOr("?");
    if (format != std::to_string(kCheckpointFormatVersion))
        corrupt_state(
            fmt::format("its format is {}, this version reads {}", format, kCheckpointFormatVersion));
    about = nlohmann::json::parse(metadata->Get("dj.partition").ValueOr(""), nullptr, false);
    if (about.is_discarded()) corrupt_state("what it says about the partition is no JSON");
}

/// Ascending row numbers below `limit`. The bytes come from a disk: only the iterator is trusted to stay inside them.
std::vector<std::uint32_t> rows_of_bitmap(const arrow::Array& array, std::uint64_t limit) {
    const auto& binary = static_cast<const arrow::BinaryArray&>(array);
    if (binary.IsNull(0)) corrupt_state("a bitmap is missing");
    const auto bytes = binary.GetView(0);
    // Looks at the same headers as the reading that follows, which would complain on standard error.
    if (bytes.empty() || roaring_bitmap_portable_deserialize_size(bytes.data(), bytes.size()) != bytes.size())
        corrupt_state("a bitmap is torn");
    const std::unique_ptr<roaring_bitmap_t, void (*)(const roaring_bitmap_t*)> bitmap(
        roaring_bitmap_portable_deserialize_safe(bytes.data(), bytes.size()), &roaring_bitmap_free);
    if (bitmap == nullptr) corrupt_state("a bitmap is torn");
    std::vector<std::uint32_t> rows;
    roaring_uint32_iterator_t it{};
    for (roaring_init_iterator(bitmap.get(), &it); it.has_value; roaring_advance_uint32_iterator(&it)) {
        const std::uint32_t row = it.current_value;
        if (row >= limit || (!rows.empty() && row <= rows.back()))
            corrupt_state("a bitmap has rows that there are not");
        rows.push_back(row);
    }
    return rows;
}

/// The values of a list column's only row; null: none.
std::shared_ptr<arrow::Array> values_of(const arrow::Array& array) {
    const auto& list = static_cast<const arrow::ListArray&>(array);
    return list.IsNull(0) ? nullptr : list.value_slice(0);
}

/// Where there are numbers, they say how many rows there can be.
std::uint64_t most_rows_of(const arrow::RecordBatch& batch, const StateColumns& columns) {
    if (columns.scalars.empty()) return std::numeric_limits<std::uint32_t>::max();
    const auto first = kFirstColumnField + kTextFields * static_cast<int>(columns.texts.size());
    const auto values = values_of(*batch.column(first));
    return values == nullptr ? 0 : static_cast<std::uint64_t>(values->length());
}

std::vector<std::uint32_t> sources_of(const arrow::RecordBatch& batch, std::uint64_t base_rows,
                                      std::uint64_t most_rows) {
    auto distinct = rows_of_bitmap(*batch.column(kSurvivorsField), base_rows);
    const auto copies = values_of(*batch.column(kCopiesField));
    if (copies == nullptr) return distinct;
    const auto& counts = static_cast<const arrow::UInt32Array&>(*copies);
    if (counts.length() != static_cast<std::int64_t>(distinct.size()) || counts.null_count() != 0)
        corrupt_state("its copies do not match its rows");
    std::uint64_t total = 0;
    for (std::int64_t i = 0; i < counts.length(); ++i) total += counts.Value(i);
    if (total > most_rows) corrupt_state("its copies do not match its rows");
    std::vector<std::uint32_t> sources;
    sources.reserve(total);
    for (std::size_t i = 0; i < distinct.size(); ++i) {
        const auto count = counts.Value(static_cast<std::int64_t>(i));
        if (count == 0) corrupt_state("its copies do not match its rows");
        sources.insert(sources.end(), count, distinct[i]);
    }
    return sources;
}

/// Values of some rows, and which. `Array`: of 64-bit offsets.
template <class Array>
void read_rows(const arrow::RecordBatch& batch, int field, std::uint64_t limit, TextColumn& column,
               std::vector<std::uint32_t>& rows) {
    const auto values = values_of(*batch.column(field));
    if (values == nullptr) return;
    rows = rows_of_bitmap(*batch.column(field + 1), limit);
    const auto& texts = static_cast<const Array&>(*values);
    if (texts.length() != static_cast<std::int64_t>(rows.size()) || texts.null_count() != 0)
        corrupt_state("a text column has not one value per row");
    column.reserve(rows.size(), static_cast<std::size_t>(texts.total_values_length()));
    for (std::int64_t i = 0; i < texts.length(); ++i) column.push_back(texts.GetView(i));
}

/// nullopt: none has changed.
std::optional<MorselDelta::Text> text_of(const arrow::RecordBatch& batch, int field, std::uint32_t column,
                                         std::uint64_t rows) {
    MorselDelta::Text text{.column = column};
    read_rows<arrow::LargeStringArray>(batch, field, rows, text.values, text.rows);
    read_rows<arrow::LargeBinaryArray>(batch, field + 2, rows, text.edits, text.edited_rows);
    if (text.rows.empty() && text.edited_rows.empty()) return std::nullopt;
    return text;
}

template <class Array, class Value>
void fill(const arrow::Array& values, ScalarColumn& column) {
    const auto& numbers = static_cast<const Array&>(values);
    for (std::int64_t i = 0; i < numbers.length(); ++i) {
        if (numbers.IsNull(i)) {
            column.push_null();
        } else {
            column.push_back(static_cast<Value>(numbers.Value(i)));
        }
    }
}

void fill_codes(const arrow::Array& values, ScalarColumn& column) {
    const auto& codes = static_cast<const arrow::StringArray&>(values);
    for (std::int64_t i = 0; i < codes.length(); ++i) {
        if (codes.IsNull(i)) {
            column.push_null();
            continue;
        }
        if (!ShortCode::fits(codes.GetView(i))) corrupt_state("a code is longer than codes are");
        column.push_back(ShortCode(codes.GetView(i)).stat());
    }
}

ScalarColumn scalar_of(const arrow::Array& array, ScalarType type, std::size_t rows) {
    const auto values = values_of(array);
    if (values == nullptr || values->length() != static_cast<std::int64_t>(rows))
        corrupt_state("a column of numbers has not one value per row");
    ScalarColumn column(type);
    switch (type) {
        case ScalarType::float64: fill<arrow::DoubleArray, double>(*values, column); break;
        case ScalarType::boolean: fill<arrow::BooleanArray, std::int64_t>(*values, column); break;
        case ScalarType::code: fill_codes(*values, column); break;
        case ScalarType::int64: fill<arrow::Int64Array, std::int64_t>(*values, column); break;
    }
    return column;
}

std::vector<std::string> faults_of(const arrow::Array& array) {
    const auto values = values_of(array);
    std::vector<std::string> faults;
    if (values == nullptr) return faults;
    const auto& strings = static_cast<const arrow::StringArray&>(*values);
    for (std::int64_t i = 0; i < strings.length(); ++i) faults.emplace_back(strings.GetView(i));
    return faults;
}

MorselDelta delta_of(const arrow::RecordBatch& batch, const StateColumns& columns) {
    MorselDelta delta;
    const auto& sequence = static_cast<const arrow::UInt32Array&>(*batch.column(kSequenceField));
    const auto& base_rows = static_cast<const arrow::UInt64Array&>(*batch.column(kBaseRowsField));
    if (sequence.IsNull(0) || base_rows.IsNull(0)) corrupt_state("a morsel has no number");
    delta.sequence = sequence.Value(0);
    delta.base_rows = base_rows.Value(0);
    delta.sources = sources_of(batch, delta.base_rows, most_rows_of(batch, columns));
    int field = kFirstColumnField;
    for (std::uint32_t column = 0; column < columns.texts.size(); ++column, field += kTextFields) {
        if (auto text = text_of(batch, field, column, delta.sources.size()))
            delta.texts.push_back(std::move(*text));
    }
    for (const auto& [name, type] : columns.scalars)
        delta.scalars.push_back(scalar_of(*batch.column(field++), type, delta.sources.size()));
    delta.faults = faults_of(*batch.column(field));
    return delta;
}

}  // namespace

std::string_view to_string(StateKind kind) {
    switch (kind) {
        case StateKind::rows: return "rows";
        case StateKind::row_plan: return "row_plan";
        case StateKind::exported: return "exported";
    }
    return "unknown";
}

std::string_view to_string(CheckpointCompression compression) {
    switch (compression) {
        case CheckpointCompression::none: return "none";
        case CheckpointCompression::zstd: return "zstd";
        case CheckpointCompression::lz4: return "lz4";
    }
    return "unknown";
}

StoredState::StoredState(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
StoredState::~StoredState() = default;
StoredState::StoredState(StoredState&&) noexcept = default;
StoredState& StoredState::operator=(StoredState&&) noexcept = default;

StoredState StoredState::decode(std::string payload) {
    return refusing([&payload] {
        auto parts = std::make_unique<Parts>();
        parts->payload = std::move(payload);
        parts->frames = split_frames(parts->payload);
        const auto& frames = parts->frames.frames;
        if (frames.size() < 2) corrupt_state("it has no end");
        const auto compression = parts->frames.compression;
        const auto head = message_of(decompressed_frame(frames.front(), compression));
        if (head == nullptr || head->type() != arrow::ipc::MessageType::SCHEMA)
            corrupt_state("it does not begin with a schema");
        arrow::ipc::DictionaryMemo memo;
        parts->schema = arrow_value(arrow::ipc::ReadSchema(*head, &memo), kWhat);
        read_head(*parts->schema, parts->columns, parts->about);
        if (message_of(decompressed_frame(frames.back(), compression)) != nullptr)
            corrupt_state("it has no end");
        return StoredState(std::move(parts));
    });
}

const nlohmann::json& StoredState::about() const { return parts_->about; }
const StateColumns& StoredState::columns() const { return parts_->columns; }
CheckpointCompression StoredState::compression() const { return parts_->frames.compression; }
std::size_t StoredState::morsels() const { return parts_->frames.frames.size() - 2; }

MorselDelta StoredState::morsel(std::size_t i) const {
    if (i >= morsels()) throw Bug("no such morsel in a checkpoint state");
    return refusing([&] {
        const auto message =
            message_of(decompressed_frame(parts_->frames.frames[i + 1], parts_->frames.compression));
        if (message == nullptr || message->type() != arrow::ipc::MessageType::RECORD_BATCH)
            corrupt_state("a morsel is no record batch");
        auto options = arrow::ipc::IpcReadOptions::Defaults();
        options.use_threads = false;
        const arrow::ipc::DictionaryMemo memo;
        const auto batch =
            arrow_value(arrow::ipc::ReadRecordBatch(*message, parts_->schema, &memo, options), kWhat);
        if (batch->num_rows() != 1) corrupt_state("a morsel has not one line");
        arrow_check(batch->ValidateFull(), kWhat);
        return delta_of(*batch, parts_->columns);
    });
}

}  // namespace dj
