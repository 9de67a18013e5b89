// SPDX-License-Identifier: Apache-2.0
#include "mapping_book.hpp"

#include <algorithm>

namespace dj {

MappingBook::MappingBook(const Pipeline& pipeline, std::size_t partitions)
    : ops_(pipeline.ops.size()), left_(partitions), exported_(partitions) {
    for (const Segment& segment : pipeline.segments) {
        passes_.push_back({segment.first_op, segment.end_op, segment.ends_dataset_wide});
        exports_ = !segment.ends_dataset_wide;
        if (!exports_ && pipeline.ops[segment.end_op].spec->shape != OpShape::group_by_key) break;
    }
    if (partitions * ops_ <= kMostPairs) op_rows_.resize(partitions * ops_);
}

void MappingBook::add(std::uint32_t pass, const PartitionDone& done) {
    if (pass >= passes_.size() || done.partition >= left_.size()) return;
    if (!op_rows_.empty()) {
        add_ops(passes_[pass], done);
        if (pass > 0) add_row_plan(pass, done);
    }
    left_[done.partition] = done.rows;
    if (exports_ && pass + 1 == passes_.size()) exported_[done.partition] = done.rows;
}

void MappingBook::take_over(std::size_t op_index, const std::vector<EarlierRows>& decisions) {
    if (op_rows_.empty()) return;
    for (const EarlierRows& decision : decisions) {
        rows_of(decision.partition, op_index) = {
            true,
            decision.rows_in,
            decision.rows_out,
            decision.rows_in - std::min(decision.rows_out, decision.rows_in),
            0,
            0};
    }
}

void MappingBook::add_ops(const Pass& pass, const PartitionDone& done) {
    for (std::size_t op = 0; op < ops_ && op + 1 < done.tallies.size(); ++op) {
        const StepTally& tally = done.tallies[op + 1];
        OpRows& rows = rows_of(done.partition, op);
        if (op < pass.first_op && is_dataset_wide(op)) {
            // Decided before this pass; what an earlier start has counted of it are the rows without a key.
            if (!rows.known || tally.quarantined <= rows.quarantined) continue;
            rows.rows_in += tally.quarantined - rows.quarantined;
            rows.quarantined = tally.quarantined;
        } else if (pass.ends_dataset_wide && op == pass.end_op) {
            // The tally has only rows without a key; what became of the others the next pass will tell.
            rows = {false, done.rows + tally.quarantined, 0, 0, 0, tally.quarantined};
        } else if (tally.rows_in > 0 || (op >= pass.first_op && op < pass.end_op)) {
            rows = {true, tally.rows_in, tally.rows_out, tally.dropped, tally.made, tally.quarantined};
        }
    }
}

bool MappingBook::is_dataset_wide(std::size_t op) const {
    return std::ranges::any_of(
        passes_, [op](const Pass& pass) { return pass.ends_dataset_wide && pass.end_op == op; });
}

/// How many rows the operator between this pass and the one before let through: those with which this pass began.
void MappingBook::add_row_plan(std::uint32_t pass, const PartitionDone& done) {
    const Pass& now = passes_[pass];
    std::uint64_t gone = 0;
    std::uint64_t made = 0;
    const std::size_t end = now.end_op + (now.ends_dataset_wide ? 1 : 0);
    for (std::size_t op = now.first_op; op < end && op + 1 < done.tallies.size(); ++op) {
        const StepTally& tally = done.tallies[op + 1];
        gone += tally.dropped + tally.quarantined;
        made += tally.made;
    }
    OpRows& plan = rows_of(done.partition, passes_[pass - 1].end_op);
    const auto left = left_[done.partition];
    if (!left) return;  // in an earlier start of the job
    plan.known = true;
    plan.rows_out = done.rows + gone - made;
    plan.dropped = *left - std::min(plan.rows_out, *left);
}

void MappingBook::fill(JobResult& result) const {
    for (std::size_t i = 0; i < result.partitions.size() && i < exported_.size(); ++i)
        result.partitions[i].exported = exported_[i];
    result.op_rows = op_rows_;
}

}  // namespace dj
