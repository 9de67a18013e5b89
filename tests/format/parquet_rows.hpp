// SPDX-License-Identifier: Apache-2.0
/// Short cuts for tests: Arrow tables as parquet files in memory, and back.
#pragma once

#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/chunked_array.h>
#include <arrow/io/memory.h>
#include <arrow/json/from_string.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>

#include "dj/format/output.hpp"
#include "format/arrow_batches.hpp"
#include "format/arrow_result.hpp"
#include "format/memory_files.hpp"

namespace dj {

/// A table of one column per field, given as a JSON list each.
[[nodiscard]] inline std::shared_ptr<arrow::Table> table_of(const arrow::FieldVector& fields,
                                                            const std::vector<std::string>& columns) {
    arrow::ArrayVector arrays;
    for (std::size_t n = 0; n < fields.size(); ++n) {
        arrays.push_back(
            value_of(arrow::json::ArrayFromJSONString(fields[n]->type(), columns[n]), fields[n]->name()));
    }
    return arrow::Table::Make(arrow::schema(fields), arrays);
}

[[nodiscard]] inline std::string parquet_of(const arrow::Table& table, std::int64_t rows_per_group) {
    const auto sink = value_of(arrow::io::BufferOutputStream::Create(), "test");
    check(parquet::arrow::WriteTable(table, arrow::default_memory_pool(), sink, rows_per_group,
                                     parquet::default_writer_properties(),
                                     parquet::ArrowWriterProperties::Builder().store_schema()->build()),
          "test");
    return value_of(sink->Finish(), "test")->ToString();
}

[[nodiscard]] inline std::unique_ptr<parquet::arrow::FileReader> reader_of(const std::string& file) {
    const auto input = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(file));
    return value_of(parquet::arrow::OpenFile(input, arrow::default_memory_pool()), "test");
}

[[nodiscard]] inline std::shared_ptr<arrow::Table> table_of(const std::string& file) {
    const auto table = value_of(reader_of(file)->ReadTable(), "test");
    check(table->ValidateFull(), "test");
    return value_of(table->CombineChunks(), "test");
}

/// Whether two tables hold the same values; dictionaries may differ, the values in them not.
[[nodiscard]] inline bool same_values(const arrow::Table& a, const arrow::Table& b) {
    if (a.num_columns() != b.num_columns()) return false;
    for (int column = 0; column < a.num_columns(); ++column) {
        arrow::ArrayVector left;
        arrow::ArrayVector right;
        for (const auto& chunk : a.column(column)->chunks()) left.push_back(without_dictionaries(chunk));
        for (const auto& chunk : b.column(column)->chunks()) right.push_back(without_dictionaries(chunk));
        if (left.empty() || right.empty()) return left.empty() && right.empty();
        if (!arrow::ChunkedArray(left).Equals(arrow::ChunkedArray(right))) return false;
    }
    return true;
}

/// A parquet input "in.parquet" with its schema and a parser.
struct ParquetRows {
    MemoryFiles files;
    InputOptions options;
    std::unique_ptr<InputFormat> format;
    std::shared_ptr<BatchSchema> schema = std::make_shared<BatchSchema>();

    ParquetRows(std::string file, InputOptions given) : options(given) {
        files.contents["in.parquet"] = std::move(file);
        format = make_parquet_input(std::move(given), files, "in.parquet");
        format->add_columns(*schema);
    }

    [[nodiscard]] std::vector<ParsedMorsel> read(FileRange range = {0, 0, 1000},
                                                 std::size_t morsel_bytes = 1 << 20) {
        const auto source =
            format->open(files, "in.parquet", {FileFormat::parquet, Compression::none}, range, morsel_bytes);
        const auto parser = format->make_parser(schema);
        std::vector<ParsedMorsel> parsed;
        RawMorsel morsel;
        while (source->next(morsel)) parsed.push_back(parser->parse(morsel));
        return parsed;
    }

    [[nodiscard]] std::unique_ptr<OutputFormat> output(std::vector<AddedField> added = {},
                                                       std::uint64_t block_bytes = 64ULL << 20) {
        OutputOptions out{
            {FileFormat::parquet, Compression::none}, options.fields, std::move(added), format->describe()};
        out.parquet_block_bytes = block_bytes;
        return make_parquet_output(out, *schema);
    }
};

[[nodiscard]] inline std::vector<std::uint32_t> all_rows(const Batch& batch) {
    std::vector<std::uint32_t> rows(batch.size());
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

/// What the engine does: cuts encoded rows into blocks at fixed positions and puts them into one file.
[[nodiscard]] inline std::string file_of(const OutputFormat& output,
                                         const std::vector<EncodedRows>& encoded) {
    std::vector<std::vector<std::string>> blocks;
    std::uint64_t position = 0;
    for (const EncodedRows& rows : encoded) {
        for (std::size_t first = 0; first < rows.weights.size();) {
            const std::uint64_t block = position / output.block_weight();
            std::size_t last = first;
            while (last < rows.weights.size() && position / output.block_weight() == block)
                position += rows.weights[last++];
            blocks.resize(block + 1);
            blocks.back().push_back(output.slice(rows, first, last));
            first = last;
        }
    }
    std::string file = output.header();
    std::vector<OutputFormat::PlacedBlock> placed;
    for (const auto& pieces : blocks) {
        EncodedBlock block = output.encode_block(pieces);
        placed.push_back({file.size(), std::move(block.trailer_part)});
        file += block.bytes;
    }
    return file + output.trailer(placed);
}

}  // namespace dj
