// SPDX-License-Identifier: Apache-2.0
/// A file of rows for people and their tools to look into: parquet, Arrow IPC or JSON lines, made from rows that come in
/// pieces, so that memory holds a few pieces at a time. Not for the output of a job: see output.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "dj/base/file_system.hpp"

namespace dj {

enum class TableFormat : std::uint8_t { parquet, arrow, jsonl };
enum class TableCompression : std::uint8_t { none, snappy, gzip, zstd, lz4 };

struct TableOptions {
    TableFormat format = TableFormat::parquet;
    TableCompression compression = TableCompression::none;
    /// A row group or record batch has at most so many rows, and about 64 MiB. 0: the bytes alone count.
    std::uint64_t batch_rows = 0;
    /// Arrow IPC: for readers that map the file into memory and use its buffers in place: not compressed.
    bool mappable = false;
};

/// What the format can do of what was asked for: Arrow IPC has lz4 for snappy and zstd for gzip, lines are plain where
/// the compression is not one of files (gzip, zstd).
[[nodiscard]] TableOptions feasible(TableOptions options);
/// "parquet", "arrow", "jsonl", "jsonl.gz", "jsonl.zst"
[[nodiscard]] std::string table_ending(const TableOptions& options);

struct TablePieces {
    enum class Form : std::uint8_t {
        json_lines,    ///< Objects, one a line.
        arrow_batches  ///< As parquet output encodes rows; the schema is that of the first piece.
    };
    Form form = Form::json_lines;
    std::size_t count = 0;
    /// The bytes of a piece. Each is asked for in order, JSON lines twice where columns need types.
    std::function<std::string(std::size_t)> read;
};

struct TableOutcome {
    /// Why these rows cannot be written in this format; what stands in the file is then worth nothing. Empty: it is fine.
    std::string unsuited{};
    /// Columns whose values have no common type: they hold the values' JSON, as strings.
    std::vector<std::string> text_columns{};
};

/// Replaces `path`, and makes it durable (not its name). Columns of JSON lines have the types of their values over all
/// rows: boolean, int64, double, string (nothing else is guessed from a string's look), list, struct. Throws
/// EnvironmentError.
TableOutcome write_table_file(FileSystem& files, const std::filesystem::path& path,
                              const TableOptions& options, const TablePieces& pieces);

}  // namespace dj
