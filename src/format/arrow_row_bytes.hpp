// SPDX-License-Identifier: Apache-2.0
/// How large a row is, told from its values alone: what row groups and shards are cut by.
#pragma once

#include <cstdint>

#include <arrow/type_fwd.h>

namespace dj {

/// Bytes of one value: as wide as its type, plus what strings and lists hold. Dictionaries are decoded before.
[[nodiscard]] std::uint64_t value_bytes(const arrow::Array& values, std::int64_t row);

/// Of all columns.
[[nodiscard]] std::uint64_t row_bytes(const arrow::RecordBatch& batch, std::int64_t row);

}  // namespace dj
