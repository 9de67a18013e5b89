// SPDX-License-Identifier: Apache-2.0
/// The end that plans of near-duplicates have in common: of rows that are linked, the first stays.
#pragma once

#include <cstdint>
#include <vector>

#include "row_clusters.hpp"
#include "row_plan.hpp"

namespace dj {

/// Frees the keys, where nothing looks at them any more.
void release_keys(std::vector<StagedPartition>& partitions);

/// Collective. Joins the links that the ranks found (none are left), and drops of the rows that still stay those that are not
/// the first of their cluster. Returns how many it dropped on this rank.
[[nodiscard]] std::uint64_t drop_all_but_first(const RowPlanContext& context, RowLinks& links,
                                               std::vector<StagedPartition>& partitions);

}  // namespace dj
