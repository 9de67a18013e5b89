// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/chunked_array.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>

#include "format/arrow_result.hpp"
#include "format/arrow_row_bytes.hpp"
#include "format/arrow_rows.hpp"
#include "format/parquet_footer.hpp"

namespace dj {
namespace {

constexpr std::string_view kWhat = "cannot write parquet";
// Parquet readers expect a name and a version of three parts.
constexpr const char* kCreatedBy = "dj-mpi version 0.1.0";
constexpr int kZstdLevel = 3;
// The writer looks at page sizes after each batch of rows. Chunks of the same size keep the pages, and so the bytes,
// independent of the pieces that a block came in.
constexpr std::int64_t kChunkRows = 1024;

// Bounds the rows of a row group too.
constexpr std::uint64_t kLeastWeight = 256;
constexpr std::uint64_t kMostWeight = std::numeric_limits<std::uint32_t>::max();

/// Rows [begin, end) of pieces that lie one behind the other, as arrays below the 2 GiB that some types can hold.
void append_chunks(arrow::ArrayVector& out, const arrow::ArrayVector& pieces, std::int64_t begin,
                   std::int64_t end) {
    arrow::ArrayVector parts;
    std::int64_t piece_begin = 0;
    for (const auto& piece : pieces) {
        const std::int64_t from = std::max(begin, piece_begin);
        const std::int64_t to = std::min(end, piece_begin + piece->length());
        if (from < to) parts.push_back(piece->Slice(from - piece_begin, to - from));
        piece_begin += piece->length();
    }
    auto chunk = arrow::Concatenate(parts);
    if (!chunk.ok() && end - begin > 1) {
        const std::int64_t middle = begin + (end - begin) / 2;
        append_chunks(out, pieces, begin, middle);
        append_chunks(out, pieces, middle, end);
        return;
    }
    out.push_back(value_of(std::move(chunk), kWhat));
}

class ParquetOutput final : public OutputFormat {
public:
    ParquetOutput(const OutputOptions& options, const BatchSchema& schema)
        : rows_(options, schema), block_bytes_(options.parquet_block_bytes), empty_file_(write_file({})) {
        if (block_bytes_ == 0) throw Bug("a parquet row group without bytes");
    }

    [[nodiscard]] bool blocked() const override { return true; }
    [[nodiscard]] std::uint64_t block_weight() const override { return block_bytes_; }

    [[nodiscard]] EncodedRows encode(const Batch& batch, RowIndices rows) const override {
        EncodedRows out;
        const ArrowBatch values = rows_.assemble(batch, rows);
        out.weights.reserve(rows.size());
        for (std::int64_t row = 0; row < values->num_rows(); ++row) {
            out.weights.push_back(
                static_cast<std::uint32_t>(std::clamp(row_bytes(*values, row), kLeastWeight, kMostWeight)));
        }
        append_ipc(out.bytes, *values);
        return out;
    }

    [[nodiscard]] std::string slice(const EncodedRows& rows, std::size_t first,
                                    std::size_t last) const override {
        if (first == 0 && last == rows.weights.size()) return rows.bytes;
        std::string_view bytes = rows.bytes;
        const ArrowBatch all = take_ipc(bytes);
        std::string out;
        append_ipc(out,
                   *all->Slice(static_cast<std::int64_t>(first), static_cast<std::int64_t>(last - first)));
        return out;
    }

    [[nodiscard]] EncodedBlock encode_block(std::span<const std::string> pieces) const override {
        std::vector<ArrowBatch> batches;
        for (std::string_view piece : pieces) {
            while (!piece.empty()) {
                ArrowBatch batch = take_ipc(piece);
                if (batch->num_rows() > 0) batches.push_back(std::move(batch));
            }
        }
        if (batches.empty()) return {};
        return split_parquet_file(write_file(batches));
    }

    [[nodiscard]] std::string header() const override { return std::string(kParquetMagic); }

    [[nodiscard]] std::string trailer(std::span<const PlacedBlock> blocks) const override {
        return joined_parquet_footer(empty_file_, blocks);
    }

private:
    [[nodiscard]] static std::shared_ptr<arrow::ChunkedArray> column_of(
        const std::vector<ArrowBatch>& batches, int column) {
        arrow::ArrayVector pieces;
        std::int64_t rows = 0;
        for (const ArrowBatch& batch : batches) {
            pieces.push_back(batch->column(column));
            rows += batch->num_rows();
        }
        arrow::ArrayVector chunks;
        for (std::int64_t begin = 0; begin < rows; begin += kChunkRows) {
            append_chunks(chunks, pieces, begin, std::min(begin + kChunkRows, rows));
        }
        return std::make_shared<arrow::ChunkedArray>(std::move(chunks));
    }

    /// A complete file: with one row group, or without batches with none.
    [[nodiscard]] std::string write_file(const std::vector<ArrowBatch>& batches) const {
        try {
            const auto properties = parquet::WriterProperties::Builder()
                                        .created_by(kCreatedBy)
                                        ->compression(parquet::Compression::ZSTD)
                                        ->compression_level(kZstdLevel)
                                        ->write_batch_size(kChunkRows)
                                        // It would lie behind the row group and name places in the file.
                                        ->disable_write_page_index()
                                        ->build();
            const auto arrow_properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
            const auto sink = value_of(arrow::io::BufferOutputStream::Create(), kWhat);
            const auto writer =
                value_of(parquet::arrow::FileWriter::Open(*rows_.schema(), arrow::default_memory_pool(), sink,
                                                          properties, arrow_properties),
                         kWhat);
            if (!batches.empty()) {
                check(writer->NewRowGroup(), kWhat);
                for (int column = 0; column < rows_.schema()->num_fields(); ++column) {
                    check(writer->WriteColumnChunk(column_of(batches, column)), kWhat);
                }
            }
            check(writer->Close(), kWhat);
            return value_of(sink->Finish(), kWhat)->ToString();
        } catch (const parquet::ParquetException& error) {
            throw EnvironmentError(fmt::format("{}: {}", kWhat, error.what()));
        }
    }

    ArrowRows rows_;
    std::uint64_t block_bytes_;
    std::string empty_file_;
};

}  // namespace

std::unique_ptr<OutputFormat> make_parquet_output(const OutputOptions& options, const BatchSchema& schema) {
    return std::make_unique<ParquetOutput>(options, schema);
}

}  // namespace dj
