// SPDX-License-Identifier: Apache-2.0
/// Which columns of a parquet input go where: the columns that are written leave the carrier, used fields are found by
/// their path. Made from the input's schema by reader and writer alike. Const and shared by threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "dj/format/input.hpp"

namespace dj {

/// Where a field's values are: a column, and inside it the members of structs.
struct ArrowPath {
    int column = 0;             ///< In the schema.
    std::vector<int> children;  ///< Empty for a column itself.
    std::shared_ptr<arrow::DataType> type;
};

class ParquetLayout {
public:
    struct Field {
        FieldUse use;
        bool found = false;  ///< Always for text.
        ArrowPath path;
        /// A written column is not carried: its values are in the text column alone.
        [[nodiscard]] bool replaces_column() const { return use.written && path.children.empty(); }
    };

    /// `schema`: all columns of the rows, in their order. Throws UserError for a text field that is missing or no text.
    ParquetLayout(std::shared_ptr<arrow::Schema> schema, const std::vector<FieldUse>& uses);

    [[nodiscard]] const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
    [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
    /// Columns of `schema` that are carried, and their schema (without dictionaries, without metadata).
    [[nodiscard]] const std::vector<int>& carried() const { return carried_; }
    [[nodiscard]] const std::shared_ptr<arrow::Schema>& carrier_schema() const { return carrier_schema_; }

private:
    std::shared_ptr<arrow::Schema> schema_;
    std::vector<Field> fields_;
    std::vector<int> carried_;
    std::shared_ptr<arrow::Schema> carrier_schema_;
};

/// Without the columns in `dropped`, except those that a field's path leads through.
[[nodiscard]] std::shared_ptr<arrow::Schema> kept_schema(const arrow::Schema& schema,
                                                         const InputOptions& options);

/// Throws UserError naming `file` and the first field of `expected` that `found` has not, or has with another type.
void check_same_fields(const arrow::Schema& expected, const arrow::Schema& found, const std::string& file);

}  // namespace dj
