// SPDX-License-Identifier: Apache-2.0
/// Turns record batches into our batches: text columns for the text that operators use, a carrier for the rest.
#pragma once

#include <memory>

#include "dj/format/input.hpp"
#include "format/parquet_layout.hpp"

namespace dj {

[[nodiscard]] std::unique_ptr<InputFormat::Parser> make_parquet_parser(
    std::shared_ptr<const ParquetLayout> layout, std::shared_ptr<const BatchSchema> schema, bool repair_utf8);

}  // namespace dj
