// SPDX-License-Identifier: Apache-2.0
/// Columns that operators fill later are as long as those of the format from the start.
#pragma once

#include <vector>

#include "dj/data/batch.hpp"

namespace dj {

/// Makes every column that is not marked in `filled` as long as the batch: numbers null, text and JSON empty.
void fill_other_columns(Batch& batch, const std::vector<bool>& filled);

}  // namespace dj
