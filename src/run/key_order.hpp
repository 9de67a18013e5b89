// SPDX-License-Identifier: Apache-2.0
/// A distributed sample sort of row keys: every row that is selected learns its position in the new order.
#pragma once

#include <cstdint>
#include <vector>

#include "row_plan.hpp"

namespace dj {

struct PlacedRow {
    std::uint64_t row_id = 0;
    std::uint64_t position = 0;
};

/// Collective. Positions of this rank's rows among the first `selected` in key order (ties by row id); rows that are
/// not selected are absent. Sorted by row id.
[[nodiscard]] std::vector<PlacedRow> order_rows(const RowPlanContext& context, bool descending,
                                                const std::vector<StagedPartition>& partitions,
                                                std::uint64_t total_rows, std::uint64_t selected);

}  // namespace dj
