// SPDX-License-Identifier: Apache-2.0
#include "format/arrow_batches.hpp"

#include <cstring>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/compute/api_vector.h>
#include <arrow/datum.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>
#include <arrow/util/byte_size.h>

#include "format/arrow_result.hpp"

namespace dj {
namespace {

std::shared_ptr<arrow::Buffer> aligned_copy(std::string_view bytes) {
    auto buffer = value_of(arrow::AllocateBuffer(static_cast<std::int64_t>(bytes.size())), "Arrow");
    if (!bytes.empty()) std::memcpy(buffer->mutable_data(), bytes.data(), bytes.size());
    return std::shared_ptr<arrow::Buffer>(std::move(buffer));
}

}  // namespace

ArrowBatch take_rows(const ArrowBatch& batch, RowIndices rows) {
    const auto count = static_cast<std::int64_t>(rows.size());
    if (batch->num_columns() == 0)
        return arrow::RecordBatch::Make(batch->schema(), count, arrow::ArrayVector{});
    const auto indices =
        std::make_shared<arrow::UInt32Array>(count, arrow::Buffer::Wrap(rows.data(), rows.size()));
    const auto taken =
        value_of(arrow::compute::Take(arrow::Datum(batch), arrow::Datum(indices)), "cannot pick rows");
    return taken.record_batch();
}

ArrowBatch joined(const std::vector<ArrowBatch>& batches) {
    if (batches.size() == 1) return batches.front();
    std::int64_t rows = 0;
    for (const ArrowBatch& batch : batches) rows += batch->num_rows();
    arrow::ArrayVector columns;
    const auto& schema = batches.front()->schema();
    for (int column = 0; column < schema->num_fields(); ++column) {
        arrow::ArrayVector pieces;
        for (const ArrowBatch& batch : batches) pieces.push_back(batch->column(column));
        columns.push_back(value_of(arrow::Concatenate(pieces), "cannot join rows"));
    }
    return arrow::RecordBatch::Make(schema, rows, std::move(columns));
}

std::shared_ptr<arrow::Field> without_dictionaries(const std::shared_ptr<arrow::Field>& field) {
    return field->WithType(without_dictionaries(field->type()));
}

std::shared_ptr<arrow::DataType> without_dictionaries(const std::shared_ptr<arrow::DataType>& type) {
    const auto child = [&](int n) { return without_dictionaries(type->field(n)); };
    switch (type->id()) {
        case arrow::Type::DICTIONARY:
            return without_dictionaries(static_cast<const arrow::DictionaryType&>(*type).value_type());
        case arrow::Type::STRUCT: {
            arrow::FieldVector fields;
            for (int n = 0; n < type->num_fields(); ++n) fields.push_back(child(n));
            return arrow::struct_(fields);
        }
        case arrow::Type::LIST: return arrow::list(child(0));
        case arrow::Type::LARGE_LIST: return arrow::large_list(child(0));
        case arrow::Type::FIXED_SIZE_LIST:
            return arrow::fixed_size_list(child(0),
                                          static_cast<const arrow::FixedSizeListType&>(*type).list_size());
        case arrow::Type::MAP: {
            const auto& map = static_cast<const arrow::MapType&>(*type);
            return std::make_shared<arrow::MapType>(without_dictionaries(map.key_field()),
                                                    without_dictionaries(map.item_field()),
                                                    map.keys_sorted());
        }
        default: return type;
    }
}

std::shared_ptr<arrow::Array> without_dictionaries(const std::shared_ptr<arrow::Array>& values) {
    const auto type = without_dictionaries(values->type());
    if (type->Equals(*values->type(), true)) return values;
    if (values->type_id() == arrow::Type::DICTIONARY) {
        const auto& encoded = static_cast<const arrow::DictionaryArray&>(*values);
        const auto decoded = value_of(arrow::compute::Take(*encoded.dictionary(), *encoded.indices()),
                                      "cannot decode a dictionary");
        return without_dictionaries(decoded);
    }
    // Nested: the buffers stay, only the children change.
    auto data = values->data()->Copy();
    data->type = type;
    for (auto& child : data->child_data) child = without_dictionaries(arrow::MakeArray(child))->data();
    return arrow::MakeArray(data);
}

std::size_t referenced_bytes(const arrow::RecordBatch& batch) {
    const auto bytes = arrow::util::ReferencedBufferSize(batch);
    return static_cast<std::size_t>(bytes.ok() ? *bytes : arrow::util::TotalBufferSize(batch));
}

void append_ipc(std::string& out, const arrow::RecordBatch& batch) {
    const char* const what = "cannot serialise rows";
    const auto stream = value_of(arrow::io::BufferOutputStream::Create(), what);
    auto options = arrow::ipc::IpcWriteOptions::Defaults();
    options.use_threads = false;
    const auto writer = value_of(arrow::ipc::MakeStreamWriter(stream, batch.schema(), options), what);
    check(writer->WriteRecordBatch(batch), what);
    check(writer->Close(), what);
    const auto bytes = value_of(stream->Finish(), what);
    const auto size = static_cast<std::uint64_t>(bytes->size());
    out.append(reinterpret_cast<const char*>(&size), sizeof size);
    out.append(reinterpret_cast<const char*>(bytes->data()), static_cast<std::size_t>(size));
}

ArrowBatch take_ipc(std::string_view& in) {
    const char* const what = "stored rows are damaged";
    std::uint64_t size = 0;
    if (in.size() < sizeof size) throw EnvironmentError(std::string(what) + ": they end too early");
    std::memcpy(&size, in.data(), sizeof size);
    in.remove_prefix(sizeof size);
    if (in.size() < size) throw EnvironmentError(std::string(what) + ": they end too early");
    // Arrow's arrays point into the buffer, so it is a copy that lives as long as they do, aligned as they need it.
    auto options = arrow::ipc::IpcReadOptions::Defaults();
    options.use_threads = false;
    const auto input = std::make_shared<arrow::io::BufferReader>(aligned_copy(in.substr(0, size)));
    const auto reader = value_of(arrow::ipc::RecordBatchStreamReader::Open(input, options), what);
    ArrowBatch batch;
    check(reader->ReadNext(&batch), what);
    if (batch == nullptr) throw EnvironmentError(std::string(what) + ": the stream holds no batch");
    in.remove_prefix(size);
    return batch;
}

std::string schema_to_bytes(const arrow::Schema& schema) {
    return value_of(arrow::ipc::SerializeSchema(schema), "cannot serialise the schema")->ToString();
}

std::shared_ptr<arrow::Schema> schema_from_bytes(std::string_view bytes) {
    arrow::io::BufferReader input(aligned_copy(bytes));
    arrow::ipc::DictionaryMemo memo;
    return value_of(arrow::ipc::ReadSchema(&input, &memo),
                    "the description of the input's schema is damaged");
}

}  // namespace dj
