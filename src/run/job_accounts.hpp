// SPDX-License-Identifier: Apache-2.0
/// The accounts of a finished run: what each step did with rows, and whether the counts obey the law of promise 1.
#pragma once

#include <cstddef>
#include <vector>

#include "dj/run/job.hpp"
#include "partition_state.hpp"
#include "row_plan.hpp"

namespace dj {

/// What a dataset-wide operator did in its exchange.
struct ResolvedOp {
    std::size_t op_index = 0;
    RowPlanCounts counts;
    double seconds = 0;
};

/// Read, then the operators in order: what each did so far. `tallies`: index operator + 1.
[[nodiscard]] std::vector<StepCount> count_steps(const JobSpec& spec, const std::vector<StepTally>& tallies,
                                                 const std::vector<ResolvedOp>& resolved);

/// Fills `steps`, `quarantined` and `counts_add_up` from `records_read`, `exported` and the tallies (index: operator + 1).
void add_up(JobResult& result, const JobSpec& spec, const std::vector<StepTally>& tallies,
            const std::vector<ResolvedOp>& resolved);

/// An `op_start` and an `op_complete` for what the operator's exchange did and how long that took.
void record_resolution(EventSink& events, const JobSpec& spec, const ResolvedOp& resolved, const OpSpec& op);

}  // namespace dj
