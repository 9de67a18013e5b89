// SPDX-License-Identifier: Apache-2.0
#include "dj/format/table_file.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include <arrow/buffer.h>
#include <arrow/ipc/writer.h>
#include <arrow/json/options.h>
#include <arrow/json/reader.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/compression.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>

#include "dj/base/error.hpp"
#include "dj/format/input.hpp"
#include "format/arrow_batches.hpp"
#include "format/arrow_output_file.hpp"
#include "format/arrow_result.hpp"
#include "format/block_compression.hpp"
#include "format/json_types.hpp"

namespace dj {
namespace {

constexpr std::uint64_t kBatchBytes = 64ULL << 20;

arrow::Compression::type codec_of(TableCompression compression, TableFormat format) {
    switch (compression) {
        case TableCompression::none: return arrow::Compression::UNCOMPRESSED;
        case TableCompression::snappy: return arrow::Compression::SNAPPY;
        case TableCompression::gzip: return arrow::Compression::GZIP;
        case TableCompression::zstd: return arrow::Compression::ZSTD;
        case TableCompression::lz4: break;
    }
    return format == TableFormat::arrow ? arrow::Compression::LZ4_FRAME : arrow::Compression::LZ4;
}

/// A file of batches: one row group or record batch for each.
class BatchFile {
public:
    BatchFile(FileSystem& files, const std::filesystem::path& path, const TableOptions& options,
              const std::shared_ptr<arrow::Schema>& schema)
        : what_("cannot write " + path.string()), out_(std::make_shared<ArrowOutputFile>(files, path)) {
        const auto codec = codec_of(options.compression, options.format);
        if (options.format == TableFormat::parquet) {
            const auto properties = parquet::WriterProperties::Builder()
                                        .compression(codec)
                                        ->max_row_group_length(std::numeric_limits<std::int64_t>::max())
                                        ->build();
            const auto arrow_properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
            parquet_ = value_of(parquet::arrow::FileWriter::Open(*schema, arrow::default_memory_pool(), out_,
                                                                 properties, arrow_properties),
                                what_);
            return;
        }
        auto ipc = arrow::ipc::IpcWriteOptions::Defaults();
        ipc.use_threads = false;
        if (codec != arrow::Compression::UNCOMPRESSED)
            ipc.codec = value_of(arrow::util::Codec::Create(codec), what_);
        ipc_ = value_of(arrow::ipc::MakeFileWriter(out_, schema, ipc), what_);
    }

    void write(const arrow::RecordBatch& batch) {
        if (ipc_) {
            check(ipc_->WriteRecordBatch(batch), what_);
            return;
        }
        check(parquet_->NewBufferedRowGroup(), what_);
        check(parquet_->WriteRecordBatch(batch), what_);
    }

    void close() {
        check(ipc_ ? ipc_->Close() : parquet_->Close(), what_);
        out_->sync();
    }

private:
    std::string what_;
    std::shared_ptr<ArrowOutputFile> out_;
    std::unique_ptr<parquet::arrow::FileWriter> parquet_;
    std::shared_ptr<arrow::ipc::RecordBatchWriter> ipc_;
};

/// Batches of the sizes that were asked for, from batches of any size.
class BatchCutter {
public:
    BatchCutter(BatchFile& file, std::uint64_t rows)
        : file_(file),
          rows_(rows == 0 ? std::numeric_limits<std::int64_t>::max() : static_cast<std::int64_t>(rows)) {}

    void add(const ArrowBatch& batch) {
        for (std::int64_t begin = 0; begin < batch->num_rows();) {
            const auto length = std::min(batch->num_rows() - begin, rows_ - waiting_rows_);
            waiting_.push_back(batch->Slice(begin, length));
            waiting_rows_ += length;
            waiting_bytes_ += referenced_bytes(*waiting_.back());
            begin += length;
            if (waiting_rows_ == rows_ || waiting_bytes_ >= kBatchBytes) flush();
        }
    }

    void flush() {
        if (waiting_.empty()) return;
        file_.write(*(waiting_.size() == 1 ? waiting_.front() : joined(waiting_)));
        waiting_.clear();
        waiting_rows_ = 0;
        waiting_bytes_ = 0;
    }

private:
    BatchFile& file_;
    const std::int64_t rows_;
    std::vector<ArrowBatch> waiting_;
    std::int64_t waiting_rows_ = 0;
    std::uint64_t waiting_bytes_ = 0;
};

std::string padded(std::string bytes) {
    bytes.reserve(bytes.size() + kMorselPadding);
    return bytes;
}

/// Null, and `why`, if Arrow refuses the rows.
ArrowBatch parse(std::string lines, const std::shared_ptr<arrow::Schema>& schema, std::string& why) {
    arrow::json::ParseOptions options;
    options.explicit_schema = schema;
    options.unexpected_field_behavior = arrow::json::UnexpectedFieldBehavior::Error;
    auto batch = arrow::json::ParseOne(options, arrow::Buffer::FromString(std::move(lines)));
    if (batch.ok()) return *std::move(batch);
    why = batch.status().message();
    return nullptr;
}

TableOutcome write_json_columns(FileSystem& files, const std::filesystem::path& path,
                                const TableOptions& options, const TablePieces& pieces) {
    JsonTypes types;
    for (std::size_t i = 0; i < pieces.count; ++i) {
        const std::string lines = padded(pieces.read(i));
        if (!types.learn(lines)) return {.unsuited = types.why()};
    }
    TableOutcome outcome{.text_columns = types.text_columns()};
    const auto schema = types.schema();
    BatchFile file(files, path, options, schema);
    BatchCutter cutter(file, options.batch_rows);
    for (std::size_t i = 0; i < pieces.count; ++i) {
        std::string lines = padded(pieces.read(i));
        if (lines.empty()) continue;
        if (!outcome.text_columns.empty()) lines = types.with_texts(lines).value_or(std::string());
        const ArrowBatch batch = parse(std::move(lines), schema, outcome.unsuited);
        if (batch == nullptr) return outcome;
        cutter.add(batch);
    }
    cutter.flush();
    file.close();
    return outcome;
}

void write_batches(FileSystem& files, const std::filesystem::path& path, const TableOptions& options,
                   const TablePieces& pieces) {
    std::optional<BatchFile> file;
    std::optional<BatchCutter> cutter;
    const auto open = [&](const std::shared_ptr<arrow::Schema>& schema) {
        file.emplace(files, path, options, schema);
        cutter.emplace(*file, options.batch_rows);
    };
    for (std::size_t i = 0; i < pieces.count; ++i) {
        const std::string bytes = pieces.read(i);
        for (std::string_view rest = bytes; !rest.empty();) {
            const ArrowBatch batch = take_ipc(rest);
            if (!file) open(batch->schema());
            cutter->add(batch);
        }
    }
    if (!file) open(arrow::schema(arrow::FieldVector()));
    cutter->flush();
    file->close();
}

void write_lines(FileSystem& files, const std::filesystem::path& path, const TableOptions& options,
                 const TablePieces& pieces) {
    const auto compression = options.compression == TableCompression::gzip   ? Compression::gzip
                             : options.compression == TableCompression::zstd ? Compression::zstd
                                                                             : Compression::none;
    const auto file = files.open(path, OpenMode::create);
    std::uint64_t offset = 0;
    const auto write = [&](std::string lines) {
        const std::string bytes = compressed_block(std::move(lines), compression);
        file->write_at(bytes, offset);
        offset += bytes.size();
    };
    for (std::size_t i = 0; i < pieces.count; ++i) {
        std::string lines = pieces.read(i);
        if (!lines.empty()) write(std::move(lines));
    }
    if (offset == 0 && compression != Compression::none) write({});  // no bytes are no compressed file
    file->sync();
}

}  // namespace

TableOptions feasible(TableOptions options) {
    if (options.format == TableFormat::arrow) {
        if (options.compression == TableCompression::snappy) options.compression = TableCompression::lz4;
        if (options.compression == TableCompression::gzip) options.compression = TableCompression::zstd;
        if (options.mappable) options.compression = TableCompression::none;
        return options;
    }
    options.mappable = false;
    if (options.format == TableFormat::jsonl && options.compression != TableCompression::gzip &&
        options.compression != TableCompression::zstd) {
        options.compression = TableCompression::none;
    }
    return options;
}

std::string table_ending(const TableOptions& options) {
    const TableOptions real = feasible(options);
    if (real.format == TableFormat::parquet) return "parquet";
    if (real.format == TableFormat::arrow) return "arrow";
    if (real.compression == TableCompression::gzip) return "jsonl.gz";
    return real.compression == TableCompression::zstd ? "jsonl.zst" : "jsonl";
}

TableOutcome write_table_file(FileSystem& files, const std::filesystem::path& path,
                              const TableOptions& options, const TablePieces& pieces) {
    const TableOptions real = feasible(options);
    try {
        if (real.format == TableFormat::jsonl) {
            if (pieces.form != TablePieces::Form::json_lines) throw Bug("lines can be made from lines only");
            write_lines(files, path, real, pieces);
            return {};
        }
        if (pieces.form == TablePieces::Form::json_lines)
            return write_json_columns(files, path, real, pieces);
        write_batches(files, path, real, pieces);
        return {};
    } catch (const parquet::ParquetException& error) {
        throw EnvironmentError(fmt::format("cannot write {}: {}", path.string(), error.what()));
    }
}

}  // namespace dj
