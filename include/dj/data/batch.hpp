// SPDX-License-Identifier: Apache-2.0
/// A morsel's rows as named columns. The names and kinds are one `BatchSchema`, made once per run and shared;
/// a `Batch` is owned by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dj/data/column.hpp"

namespace dj {

enum class ColumnKind : std::uint8_t { text, json, scalar, opaque };

struct ColumnSpec {
    std::string name;
    ColumnKind kind = ColumnKind::text;
    ScalarType scalar = ScalarType::int64;
};

/// Restores an opaque column from bytes that its `serialise` wrote; given by the format that made it.
class OpaqueDecoder {
public:
    virtual ~OpaqueDecoder() = default;
    [[nodiscard]] virtual std::unique_ptr<OpaqueColumn> deserialise(std::string_view& in) const = 0;
    [[nodiscard]] virtual std::unique_ptr<OpaqueColumn> empty() const = 0;
};

/// The columns of every batch of a run, by position. Positions never change once a batch has been made.
struct BatchSchema {
    std::vector<ColumnSpec> columns;
    std::shared_ptr<const OpaqueDecoder> opaque;  ///< Null where no column is opaque.

    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
    /// The position of `spec.name`, added if it is not there.
    std::size_t find_or_add(ColumnSpec spec);
};

/// Where a row was read. Rows made from a row keep its origin.
struct RowOrigin {
    std::uint64_t offset = 0;     ///< Byte offset in the (decompressed) file; row number for parquet.
    std::uint64_t row = 0;        ///< Position among the records of its partition, quarantined ones included.
    std::uint32_t file = 0;       ///< Index into the plan's list of input files.
    std::uint32_t partition = 0;  ///< Input partition that read it.

    // What a stored state of the partition needs to know of the row; see `RowDelta` in src/run/row_delta.hpp.
    std::uint32_t input_row = 0;  ///< Position among the rows of the morsel that it was read in.
    std::uint32_t base_row = 0;   ///< The same when the morsel's state was last recorded; `input_row` before.
    std::uint32_t written =
        0;  ///< Bit i: an operator has written the i-th of the texts that operators write.
    std::uint32_t written_since_base = 0;
};

using ColumnData = std::variant<TextColumn, JsonColumn, ScalarColumn, std::unique_ptr<OpaqueColumn>>;

/// Every column has either one value per row or, as long as nothing has filled it, none at all; a column without values
/// stays so through all verbs, and is filled up with empty or null values where it meets a filled one.
class Batch {
public:
    explicit Batch(std::shared_ptr<const BatchSchema> schema);

    [[nodiscard]] const BatchSchema& schema() const { return *schema_; }
    [[nodiscard]] const std::shared_ptr<const BatchSchema>& shared_schema() const { return schema_; }
    [[nodiscard]] std::size_t size() const { return origins.size(); }
    /// Bytes of all values: what a memory budget counts.
    [[nodiscard]] std::size_t payload_bytes() const;
    /// The same for each row; opaque values count with their average.
    [[nodiscard]] std::vector<std::uint64_t> row_bytes() const;

    [[nodiscard]] TextColumn& text(std::size_t column) { return std::get<TextColumn>(columns_[column]); }
    [[nodiscard]] const TextColumn& text(std::size_t column) const {
        return std::get<TextColumn>(columns_[column]);
    }
    [[nodiscard]] JsonColumn& json(std::size_t column) { return std::get<JsonColumn>(columns_[column]); }
    [[nodiscard]] const JsonColumn& json(std::size_t column) const {
        return std::get<JsonColumn>(columns_[column]);
    }
    [[nodiscard]] ScalarColumn& scalar(std::size_t column) {
        return std::get<ScalarColumn>(columns_[column]);
    }
    [[nodiscard]] const ScalarColumn& scalar(std::size_t column) const {
        return std::get<ScalarColumn>(columns_[column]);
    }
    [[nodiscard]] const OpaqueColumn& opaque(std::size_t column) const;
    void set_opaque(std::size_t column, std::unique_ptr<OpaqueColumn> values);

    /// A new batch of the given rows, in the given order; a row may be taken more than once.
    [[nodiscard]] Batch take(RowIndices rows) const;
    /// The same, for a copy in which `except` (a text column) is left empty for the caller to fill.
    [[nodiscard]] Batch take_without(RowIndices rows, std::size_t except) const;
    /// Adds rows of a batch of the same schema.
    void append(const Batch& other, RowIndices rows);
    /// Forgets the values of a column that no later step reads (its rows become empty or null).
    void drop_values(std::size_t column);

    void serialise(std::string& out) const;
    [[nodiscard]] static Batch deserialise(std::string_view& in, std::shared_ptr<const BatchSchema> schema);

    std::vector<RowOrigin> origins;  ///< One per row.

private:
    void append_except(const Batch& other, RowIndices rows, std::size_t except);
    void append_column(std::size_t column, const ColumnData& other, RowIndices rows, std::size_t before);

    std::shared_ptr<const BatchSchema> schema_;
    std::vector<ColumnData> columns_;
};

}  // namespace dj
