// SPDX-License-Identifier: Apache-2.0
#include "format/arrow_row_bytes.hpp"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

namespace dj {
namespace {

constexpr std::uint64_t kLengthBytes = 4;

template <typename ArrayType>
std::uint64_t string_bytes(const arrow::Array& values, std::int64_t row) {
    return kLengthBytes + static_cast<const ArrayType&>(values).GetView(row).size();
}

std::uint64_t range_bytes(const arrow::Array& values, std::int64_t begin, std::int64_t count) {
    const int bits = values.type()->bit_width();
    if (bits > 0) return static_cast<std::uint64_t>(count) * static_cast<std::uint64_t>((bits + 7) / 8);
    std::uint64_t bytes = 0;
    for (std::int64_t n = 0; n < count; ++n) bytes += value_bytes(values, begin + n);
    return bytes;
}

template <typename ListType>
std::uint64_t list_bytes(const arrow::Array& values, std::int64_t row) {
    const auto& list = static_cast<const ListType&>(values);
    return kLengthBytes + range_bytes(*list.values(), list.value_offset(row), list.value_length(row));
}

}  // namespace

std::uint64_t value_bytes(const arrow::Array& values, std::int64_t row) {
    if (values.IsNull(row)) return 1;
    switch (values.type_id()) {
        case arrow::Type::STRING: return string_bytes<arrow::StringArray>(values, row);
        case arrow::Type::LARGE_STRING: return string_bytes<arrow::LargeStringArray>(values, row);
        case arrow::Type::STRING_VIEW: return string_bytes<arrow::StringViewArray>(values, row);
        case arrow::Type::BINARY: return string_bytes<arrow::BinaryArray>(values, row);
        case arrow::Type::LARGE_BINARY: return string_bytes<arrow::LargeBinaryArray>(values, row);
        case arrow::Type::BINARY_VIEW: return string_bytes<arrow::BinaryViewArray>(values, row);
        case arrow::Type::LIST: return list_bytes<arrow::ListArray>(values, row);
        case arrow::Type::LARGE_LIST: return list_bytes<arrow::LargeListArray>(values, row);
        case arrow::Type::FIXED_SIZE_LIST: return list_bytes<arrow::FixedSizeListArray>(values, row);
        case arrow::Type::MAP: return list_bytes<arrow::MapArray>(values, row);
        case arrow::Type::STRUCT: {
            std::uint64_t bytes = 0;
            for (const auto& member : static_cast<const arrow::StructArray&>(values).fields()) {
                bytes += value_bytes(*member, row);
            }
            return bytes;
        }
        default: break;
    }
    const int bits = values.type()->bit_width();
    return bits > 0 ? static_cast<std::uint64_t>((bits + 7) / 8) : 1;
}

std::uint64_t row_bytes(const arrow::RecordBatch& batch, std::int64_t row) {
    std::uint64_t bytes = 0;
    for (const auto& column : batch.columns()) bytes += value_bytes(*column, row);
    return bytes;
}

}  // namespace dj
