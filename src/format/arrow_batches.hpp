// SPDX-License-Identifier: Apache-2.0
/// What we do with Arrow record batches: pick rows, join, decode dictionaries, to bytes and back. Stateless.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "dj/data/column.hpp"

namespace dj {

using ArrowBatch = std::shared_ptr<arrow::RecordBatch>;

/// The given rows in the given order, compact.
[[nodiscard]] ArrowBatch take_rows(const ArrowBatch& batch, RowIndices rows);
/// Batches of one schema, one behind the other.
[[nodiscard]] ArrowBatch joined(const std::vector<ArrowBatch>& batches);
/// The same values without dictionaries, at any depth.
[[nodiscard]] std::shared_ptr<arrow::Array> without_dictionaries(const std::shared_ptr<arrow::Array>& values);
[[nodiscard]] std::shared_ptr<arrow::DataType> without_dictionaries(
    const std::shared_ptr<arrow::DataType>& type);
[[nodiscard]] std::shared_ptr<arrow::Field> without_dictionaries(const std::shared_ptr<arrow::Field>& field);
/// Bytes of the values that the batch refers to.
[[nodiscard]] std::size_t referenced_bytes(const arrow::RecordBatch& batch);

/// An Arrow IPC stream of one batch, behind its size (64 bits, little-endian).
void append_ipc(std::string& out, const arrow::RecordBatch& batch);
/// Takes what `append_ipc` wrote off the front of `in`. Throws EnvironmentError if the bytes are damaged.
[[nodiscard]] ArrowBatch take_ipc(std::string_view& in);

/// A schema as bytes, metadata included, and back.
[[nodiscard]] std::string schema_to_bytes(const arrow::Schema& schema);
[[nodiscard]] std::shared_ptr<arrow::Schema> schema_from_bytes(std::string_view bytes);

}  // namespace dj
