// SPDX-License-Identifier: Apache-2.0
/// What a run will need, guessed before it starts: memory, disk, time. Pure arithmetic on the plan; every rate stands in
/// run_estimate.cpp with its reason. Estimates are for people and for refusing what cannot fit, never for results.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dj/plan/execution_plan.hpp"

namespace dj {

/// How the bytes of a file relate to those of its text.
enum class Packing : std::uint8_t { plain, compressed, parquet };

struct EstimateInput {
    std::uint64_t input_bytes = 0;  ///< As they lie on disk.
    Packing input_packing = Packing::plain;
    Packing output_packing = Packing::plain;
    std::uint64_t largest_partition_bytes = 0;
    bool keeps_stats = false;  ///< keep_stats_in_res_ds
};

struct RunEstimate {
    std::uint64_t text_bytes = 0;     ///< Of the input, unpacked.
    std::uint64_t output_bytes = 0;   ///< If no operator drops a row.
    std::uint64_t scratch_bytes = 0;  ///< Whole job; rows that wait between passes and do not fit in memory.
    std::uint64_t memory_bytes_per_rank = 0;        ///< That the run will use of the budget.
    std::uint64_t least_memory_bytes_per_rank = 0;  ///< A smaller budget is refused.
    double seconds = 0;
};

[[nodiscard]] RunEstimate estimate_run(const std::vector<OpCall>& ops, const EstimateInput& input,
                                       const Resources& resources);

/// The estimate of a job with one more branch, which was estimated by itself: with the operators that it adds, from the
/// reading of the input to an output of its own. Branches share threads and memory.
[[nodiscard]] RunEstimate with_branch(RunEstimate job, const RunEstimate& branch);

/// "cheap", "moderate" or "dear": what the operator declares, else by the patterns of its name (`*_deduplicator`,
/// `*_embedding_*`, `*_model_*`, `*_vision_*`, `*_audio_*` are dear; `*_filter`, `clean_*`, `remove_*` cheap).
[[nodiscard]] std::string cost_class_of(const OpCall& op);

/// "3 s", "12 min", "1 h 40 min".
[[nodiscard]] std::string human_seconds(double seconds);

}  // namespace dj
