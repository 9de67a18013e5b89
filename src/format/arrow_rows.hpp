// SPDX-License-Identifier: Apache-2.0
/// Puts rows that came from parquet together again: carried columns, written texts at their old places, added columns
/// at the end. Const and shared by threads.
#pragma once

#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "dj/format/output.hpp"
#include "format/arrow_batches.hpp"
#include "format/parquet_layout.hpp"

namespace dj {

class ArrowRows {
public:
    /// Throws UserError if `options.input_description` is not of a parquet input.
    ArrowRows(const OutputOptions& options, const BatchSchema& schema);

    /// Of the output; dictionaries and the input's kinds of string are as they were read.
    [[nodiscard]] const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
    /// The same columns as `assemble` gives them: without dictionaries, written text as large_string.
    [[nodiscard]] const std::shared_ptr<arrow::Schema>& plain_schema() const { return plain_schema_; }

    [[nodiscard]] ArrowBatch assemble(const Batch& batch, RowIndices rows) const;

private:
    struct Written {
        ArrowPath path;
        std::size_t column = 0;  // of the batch
    };
    void plan_columns(const std::vector<AddedField>& added);

    std::unique_ptr<ParquetLayout> layout_;
    std::vector<Written> written_;
    std::vector<AddedField> added_;
    std::vector<int> kept_;  // columns of the layout that are not replaced by added ones of the same name
    std::vector<int> carried_at_;    // per column of the layout: its place in the carrier, -1 if written
    std::vector<ColumnSpec> specs_;  // of the batch
    std::size_t carrier_column_ = 0;
    std::shared_ptr<arrow::Schema> schema_;
    std::shared_ptr<arrow::Schema> plain_schema_;
};

}  // namespace dj
