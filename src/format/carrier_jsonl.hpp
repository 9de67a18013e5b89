// SPDX-License-Identifier: Apache-2.0
/// Rows from parquet as lines of JSON.
#pragma once

#include <memory>

#include "dj/format/output.hpp"

namespace dj {

/// Throws UserError naming a column whose type JSON cannot show.
[[nodiscard]] std::unique_ptr<OutputFormat> make_carrier_jsonl_output(const OutputOptions& options,
                                                                      const BatchSchema& schema);

}  // namespace dj
