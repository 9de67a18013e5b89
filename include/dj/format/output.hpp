// SPDX-License-Identifier: Apache-2.0
/// Writing a result. Rows are encoded by any thread; a file is a header, blocks cut at fixed output positions, and a
/// trailer, so that blocks can be made by different ranks and their bytes do not depend on partitions.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dj/data/batch.hpp"
#include "dj/format/input.hpp"

namespace dj {

/// Rows in their output form. For jsonl the records' text; for parquet a serialised batch.
struct EncodedRows {
    std::string bytes;
    std::vector<std::uint32_t>
        weights;  ///< Per row: its bytes (jsonl) or about its bytes (parquet): the unit of the grid.
};

/// A finished block: its bytes in the file, and what the trailer must know about it.
struct EncodedBlock {
    std::string bytes;
    std::string trailer_part;  ///< Empty except for formats with a footer.
};

/// Keys added behind a record's own, in this order.
struct AddedField {
    std::string name;  ///< "__dj__stats__", "__dj__hash"
    /// Members of an object (stats): name and column. Empty `members`: the value is `column`.
    struct Member {
        std::string name;
        std::size_t column = 0;
    };
    std::vector<Member> members;
    std::size_t column = 0;
};

struct OutputOptions {
    FileKind kind;
    std::vector<FieldUse> fields;  ///< As given to the input.
    std::vector<AddedField> added;
    std::string input_description;  ///< `InputFormat::describe()`: parquet needs the schema.
    /// Bytes of rows, before encoding and compression, in a row group; it is in memory when it is made.
    std::uint64_t parquet_block_bytes = 64ULL << 20;
};

/// Const and shared by threads.
class OutputFormat {
public:
    virtual ~OutputFormat() = default;
    /// False for plain jsonl: there is nothing to gather into blocks, rows are written where they belong.
    [[nodiscard]] virtual bool blocked() const = 0;
    /// Block size in the unit of the weights.
    [[nodiscard]] virtual std::uint64_t block_weight() const = 0;
    /// Encodes the given rows of a batch, in order.
    [[nodiscard]] virtual EncodedRows encode(const Batch& batch, RowIndices rows) const = 0;
    /// The rows [first, last) of `rows` as a piece that can be joined with others in `encode_block`.
    [[nodiscard]] virtual std::string slice(const EncodedRows& rows, std::size_t first,
                                            std::size_t last) const = 0;
    /// No rows give an empty block: a row may be larger than a block, and then none begins in the next.
    [[nodiscard]] virtual EncodedBlock encode_block(std::span<const std::string> pieces) const = 0;
    [[nodiscard]] virtual std::string header() const { return {}; }
    /// `blocks` in order with their offsets; called once per file, also for a file without blocks.
    struct PlacedBlock {
        std::uint64_t offset = 0;
        std::string trailer_part;
    };
    [[nodiscard]] virtual std::string trailer(std::span<const PlacedBlock> blocks) const = 0;
};

/// jsonl plain, .gz (one member per block) or .zst (one frame per block).
[[nodiscard]] std::unique_ptr<OutputFormat> make_jsonl_output(const OutputOptions& options,
                                                              const BatchSchema& schema);
[[nodiscard]] std::unique_ptr<OutputFormat> make_parquet_output(const OutputOptions& options,
                                                                const BatchSchema& schema);

/// One line per row with the added fields only, as Data-Juicer's `{export}_stats.jsonl`.
[[nodiscard]] std::unique_ptr<OutputFormat> make_stats_output(std::vector<AddedField> added,
                                                              const BatchSchema& schema);

}  // namespace dj
