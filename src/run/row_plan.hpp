// SPDX-License-Identifier: Apache-2.0
/// The decision of a dataset-wide operator, made by all ranks together: keys travel to owners in bounded rounds, and
/// come back as a row plan (which rows stay, or where each row goes). Rows themselves move only if the order changes.
///
/// Memory: keys lie in the stage store; each round loads a share of the key space that fits `memory_bytes`.
#pragma once

#include <cstdint>
#include <vector>

#include "dj/mpi/communicator.hpp"
#include "dj/ops/op.hpp"
#include "dj/plan/execution_plan.hpp"
#include "staged_partition.hpp"
#include "work_meter.hpp"

namespace dj {

struct RowPlanContext {
    const mpi::Communicator& communicator;
    StageStore& store;
    std::shared_ptr<const BatchSchema> schema;
    std::uint64_t memory_bytes = 0;  ///< For keys and buffers of one round on this rank.
    WorkMeter& meter;
    const std::string& op_name;
};

/// What the operator did, over all ranks.
struct RowPlanCounts {
    std::uint64_t rows_in = 0;
    std::uint64_t rows_out = 0;
    std::uint32_t partitions = 0;  ///< Of the coming pass.
};

/// Collective. Rows with equal keys: the one with the smallest row id stays. Sets `keep` of the partitions.
[[nodiscard]] RowPlanCounts drop_duplicates(const RowPlanContext& context,
                                            std::vector<StagedPartition>& partitions,
                                            std::uint64_t total_rows);

/// Collective. Keys are fingerprints of 64 bits. Rows whose fingerprints differ in at most `distance` bits are linked;
/// of rows that are linked, directly or by others, the one with the smallest row id stays. Sets `keep` of the
/// partitions. What it needs of memory beyond `memory_bytes`: docs/adr/0019.
[[nodiscard]] RowPlanCounts drop_near_duplicates(const RowPlanContext& context, std::uint32_t distance,
                                                 std::vector<StagedPartition>& partitions,
                                                 std::uint64_t total_rows);

/// Collective. Keys are `bands` digests of 16 bytes each. Rows that have one in common are linked, whichever it is; of rows that are
/// linked, directly or by others, the one with the smallest row id stays. Sets `keep` of the partitions. What it needs of
/// memory beyond `memory_bytes`: docs/adr/0019.
[[nodiscard]] RowPlanCounts drop_banded_duplicates(const RowPlanContext& context, std::uint32_t bands,
                                                   std::vector<StagedPartition>& partitions,
                                                   std::uint64_t total_rows);

/// Collective. Orders all rows by key (ties by row id), keeps the first `op.select_count`, and moves them so that each
/// rank holds a stretch of the new order, cut into partitions. Throws UserError (on all ranks) if keys of different
/// kinds meet.
[[nodiscard]] RowPlanCounts reorder(const RowPlanContext& context, const Op& op,
                                    std::vector<StagedPartition>& partitions, std::uint64_t total_rows);

}  // namespace dj
