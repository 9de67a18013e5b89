// SPDX-License-Identifier: Apache-2.0
#include "format/parquet_file.hpp"

#include <set>

#include <arrow/type.h>
#include <fmt/format.h>

#include "format/arrow_result.hpp"
#include "format/parquet_outline.hpp"

namespace dj {
namespace {

// Column chunks are streamed through buffers of this size, so a row group is never in memory as a whole.
constexpr std::int64_t kColumnBufferBytes = 1 << 20;

std::unique_ptr<parquet::arrow::FileReader> make_reader(const std::shared_ptr<ArrowFile>& file,
                                                        const std::string& what) {
    parquet::ReaderProperties properties;
    properties.enable_buffered_stream();
    properties.set_buffer_size(kColumnBufferBytes);
    parquet::ArrowReaderProperties arrow_properties(false);
    arrow_properties.set_pre_buffer(false);
    parquet::arrow::FileReaderBuilder builder;
    check(builder.Open(file, properties), what);
    builder.properties(arrow_properties);
    return value_of(builder.Build(), what);
}

}  // namespace

ParquetFile open_parquet(FileSystem& files, const std::filesystem::path& path) {
    ParquetFile opened;
    const std::string what = fmt::format("parquet file '{}'", path.string());
    opened.file = std::make_shared<ArrowFile>(files, path);
    try {
        opened.reader = make_reader(opened.file, what);
        check(opened.reader->GetSchema(&opened.schema), what);
    } catch (const parquet::ParquetException& error) {
        throw EnvironmentError(fmt::format("{}: {}", what, error.what()));
    }
    std::set<std::string> names;
    for (const std::string& name : opened.schema->field_names()) {
        if (!names.insert(name).second) {
            throw UserError(fmt::format("{} has two columns with the name '{}': rename one", what, name));
        }
    }
    return opened;
}

FileOutline outline_parquet(FileSystem& files, const std::filesystem::path& path, std::uint64_t size_bytes) {
    const ParquetFile file = open_parquet(files, path);
    const auto metadata = file.reader->parquet_reader()->metadata();
    FileOutline outline;
    outline.size_bytes = size_bytes;
    for (int group = 0; group < metadata->num_row_groups(); ++group) {
        const auto row_group = metadata->RowGroup(group);
        std::int64_t bytes = 0;
        for (int column = 0; column < row_group->num_columns(); ++column) {
            bytes += row_group->ColumnChunk(column)->total_compressed_size();
        }
        outline.unit_bytes.push_back(static_cast<std::uint64_t>(bytes));
        outline.unit_rows.push_back(static_cast<std::uint64_t>(row_group->num_rows()));
    }
    return outline;
}

}  // namespace dj
