// SPDX-License-Identifier: Apache-2.0
/// Reading a corpus: cut a file into ranges, read a range as raw morsels (one reader thread), parse morsels into
/// batches (any number of threads).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dj/base/file_range.hpp"
#include "dj/base/file_system.hpp"
#include "dj/data/batch.hpp"

namespace dj {

enum class FileFormat : std::uint8_t { jsonl, parquet };
enum class Compression : std::uint8_t { none, gzip, zstd };

struct FileKind {
    FileFormat format = FileFormat::jsonl;
    Compression compression = Compression::none;
    /// Whether ranges of the file can be read independently.
    [[nodiscard]] bool divisible() const { return compression == Compression::none; }
};

/// From the name: .jsonl, .json (lines), .jsonl.gz, .jsonl.zst, .parquet. Throws UserError naming what is supported.
[[nodiscard]] FileKind file_kind_of(const std::filesystem::path& path);

/// A field that the recipe's operators touch, by dotted path ("text", "meta.text").
struct FieldUse {
    std::string path;
    ColumnKind kind =
        ColumnKind::text;  ///< text: must be a string in every record; json: any value, or absent.
    bool written = false;  ///< An operator may write it: it is re-encoded on output, else copied verbatim.
};

/// Bytes of complete records (jsonl), or values that only the format understands (parquet).
struct RawMorsel {
    std::uint32_t file = 0;
    std::uint64_t offset = 0;  ///< Of the first byte, in the decompressed file; first row for parquet.
    std::string bytes;         ///< With kMorselPadding readable bytes of padding behind (capacity, not size).
    std::shared_ptr<const void> values;
    std::size_t values_bytes = 0;  ///< Memory that `values` takes.
    [[nodiscard]] std::size_t payload_bytes() const { return bytes.size() + values_bytes; }
};

inline constexpr std::size_t kMorselPadding = 64;

/// Why a record could not become a row.
struct RecordFault {
    std::uint32_t index = 0;  ///< Position among the morsel's records, faulty ones included.
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = 0;
    std::string reason;
    std::string excerpt;  ///< The record's first bytes, as they are.
};

struct ParsedMorsel {
    Batch batch;  ///< `origins[i].row` counts from 0 within the morsel, faulty records included.
    std::vector<RecordFault> faults;  ///< In order.
    std::uint64_t records = 0;        ///< Rows and faults together. Empty lines are not records.
};

/// Reads the records of one range in order. Used by one thread.
class MorselSource {
public:
    virtual ~MorselSource() = default;
    /// The next morsel; false at the end. Throws EnvironmentError (I/O, a corrupt compressed stream, named by file and
    /// offset). A truncated or corrupt compressed stream ends the job: its tail cannot be told from lost records.
    virtual bool next(RawMorsel& morsel) = 0;
    /// XXH3-128 of the bytes (decompressed) read so far, for partition identity.
    [[nodiscard]] virtual std::string content_hash() const = 0;
};

/// How one input (all files of one format) is read. Const and shared by threads.
class InputFormat {
public:
    virtual ~InputFormat() = default;
    /// Adds the format's columns (fields used, the record frame, opaque carriers) to `schema`.
    virtual void add_columns(BatchSchema& schema) const = 0;
    [[nodiscard]] virtual std::unique_ptr<MorselSource> open(FileSystem& files,
                                                             const std::filesystem::path& path,
                                                             const FileKind& kind, const FileRange& range,
                                                             std::size_t morsel_bytes) const = 0;
    /// Thread-local parser state lives in the parser: one per thread.
    class Parser {
    public:
        virtual ~Parser() = default;
        virtual ParsedMorsel parse(const RawMorsel& morsel) = 0;
    };
    [[nodiscard]] virtual std::unique_ptr<Parser> make_parser(
        std::shared_ptr<const BatchSchema> schema) const = 0;
    /// What every rank must know about the input's schema beyond the fields (parquet: serialised Arrow schema).
    [[nodiscard]] virtual std::string describe() const { return {}; }
};

struct InputOptions {
    std::vector<FieldUse> fields;
    /// "quarantine": a record with invalid UTF-8 goes to the quarantine. "repair": U+FFFD replaces the bytes.
    bool repair_utf8 = false;
    /// Top-level keys (columns) that are left out of the rows, because the output adds its own under the same name. A
    /// key that a field's path leads through is kept.
    std::vector<std::string> dropped_keys;
};

[[nodiscard]] std::unique_ptr<InputFormat> make_jsonl_input(InputOptions options);
/// `description` is `describe()` of another rank's object, or empty: then the schema of `first_file` is read.
[[nodiscard]] std::unique_ptr<InputFormat> make_parquet_input(InputOptions options,
                                                              const std::filesystem::path& first_file,
                                                              const std::string& description);

/// The same with a file system of the caller's, for the rank that reads the schema.
[[nodiscard]] std::unique_ptr<InputFormat> make_parquet_input(InputOptions options, FileSystem& files,
                                                              const std::filesystem::path& first_file);

/// What planning needs to know of one file. Parquet: units are row groups with their rows and bytes.
struct FileOutline {
    std::uint64_t size_bytes = 0;
    std::vector<std::uint64_t> unit_bytes;  ///< Empty for jsonl: any byte is a legal cut.
    std::vector<std::uint64_t> unit_rows;
};
[[nodiscard]] FileOutline outline_file(FileSystem& files, const std::filesystem::path& path,
                                       const FileKind& kind);

}  // namespace dj
