// SPDX-License-Identifier: Apache-2.0
#include "format/parquet_footer.hpp"

#include <cstring>
#include <limits>

#include "dj/base/error.hpp"
#include "format/thrift_compact.hpp"

namespace dj {
namespace {

// Field numbers from parquet.thrift of the parquet format, 2.11.
namespace file_metadata {
constexpr std::int16_t kNumRows = 3;
constexpr std::int16_t kRowGroups = 4;
}  // namespace file_metadata
namespace row_group {
constexpr std::int16_t kColumns = 1;
constexpr std::int16_t kNumRows = 3;
constexpr std::int16_t kFileOffset = 5;
constexpr std::int16_t kOrdinal = 7;
}  // namespace row_group
namespace column_chunk {
constexpr std::int16_t kFileOffset = 2;
constexpr std::int16_t kMetaData = 3;
}  // namespace column_chunk
namespace column_metadata {
constexpr std::int16_t kDataPageOffset = 9;
constexpr std::int16_t kIndexPageOffset = 10;
constexpr std::int16_t kDictionaryPageOffset = 11;
constexpr std::int16_t kBloomFilterOffset = 14;
}  // namespace column_metadata

constexpr std::size_t kTailBytes = 8;  // length of the footer, magic

std::string_view footer_of(std::string_view file) {
    std::uint32_t length = 0;
    if (file.size() < kParquetMagic.size() + kTailBytes || !file.ends_with(kParquetMagic)) {
        throw Bug("what should be a parquet file is none");
    }
    std::memcpy(&length, file.data() + file.size() - kTailBytes, sizeof length);
    if (length > file.size() - kTailBytes - kParquetMagic.size())
        throw Bug("a parquet footer is longer than its file");
    return file.substr(file.size() - kTailBytes - length, length);
}

// Writers leave an offset that means nothing at 0.
void shift(ThriftValue& structure, std::int16_t id, std::int64_t by) {
    if (ThriftValue* offset = structure.find(id); offset != nullptr && offset->number != 0)
        offset->number += by;
}

void shift_row_group(ThriftValue& group, std::int64_t by) {
    shift(group, row_group::kFileOffset, by);
    ThriftValue* columns = group.find(row_group::kColumns);
    if (columns == nullptr) throw Bug("a parquet row group without columns");
    for (ThriftValue& chunk : columns->items) {
        shift(chunk, column_chunk::kFileOffset, by);
        ThriftValue* metadata = chunk.find(column_chunk::kMetaData);
        if (metadata == nullptr) throw Bug("a parquet column chunk without metadata");
        for (const std::int16_t id :
             {column_metadata::kDataPageOffset, column_metadata::kIndexPageOffset,
              column_metadata::kDictionaryPageOffset, column_metadata::kBloomFilterOffset}) {
            shift(*metadata, id, by);
        }
    }
}

void set_ordinal(ThriftValue& group, std::size_t position) {
    if (position > static_cast<std::size_t>(std::numeric_limits<std::int16_t>::max())) {
        group.erase(row_group::kOrdinal);  // it is optional, and only encryption needs it
    } else {
        group.find_or_add(row_group::kOrdinal, ThriftType::i16).number = static_cast<std::int64_t>(position);
    }
}

}  // namespace

EncodedBlock split_parquet_file(std::string_view file) {
    std::string_view footer = footer_of(file);
    const std::size_t data_bytes = file.size() - kTailBytes - footer.size() - kParquetMagic.size();
    ThriftValue metadata = read_thrift_struct(footer);
    const ThriftValue* groups = metadata.find(file_metadata::kRowGroups);
    if (groups == nullptr || groups->items.size() != 1) throw Bug("a parquet block is not one row group");
    EncodedBlock block;
    block.bytes = file.substr(kParquetMagic.size(), data_bytes);
    append_thrift_struct(block.trailer_part, groups->items.front());
    return block;
}

std::string joined_parquet_footer(std::string_view empty_file,
                                  std::span<const OutputFormat::PlacedBlock> blocks) {
    std::string_view footer = footer_of(empty_file);
    ThriftValue metadata = read_thrift_struct(footer);
    ThriftValue& groups = metadata.find_or_add(file_metadata::kRowGroups, ThriftType::list);
    groups.item_type = ThriftType::structure;
    std::int64_t rows = 0;
    for (const auto& block : blocks) {
        if (block.trailer_part.empty()) continue;
        std::string_view part = block.trailer_part;
        ThriftValue group = read_thrift_struct(part);
        shift_row_group(
            group, static_cast<std::int64_t>(block.offset) - static_cast<std::int64_t>(kParquetMagic.size()));
        set_ordinal(group, groups.items.size());
        const ThriftValue* group_rows = group.find(row_group::kNumRows);
        if (group_rows == nullptr) throw Bug("a parquet row group without a number of rows");
        rows += group_rows->number;
        groups.items.push_back(std::move(group));
    }
    metadata.find_or_add(file_metadata::kNumRows, ThriftType::i64).number = rows;
    std::string out;
    append_thrift_struct(out, metadata);
    const std::size_t length = out.size();
    if (length > std::numeric_limits<std::uint32_t>::max())
        throw UserError("the parquet file has too many row groups: export shards");
    const auto length32 = static_cast<std::uint32_t>(length);
    out.append(reinterpret_cast<const char*>(&length32), sizeof length32);
    out += kParquetMagic;
    return out;
}

}  // namespace dj
