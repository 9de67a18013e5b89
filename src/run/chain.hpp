// SPDX-License-Identifier: Apache-2.0
/// Runs all row-wise operators of a segment on one morsel. One `Chain` per thread: it owns the operators' scratch.
/// Operators that follow each other on the same text look at a row one after the other, until one drops it, then at the
/// next row: its text is in the core's nearest cache, and what one of them found out about it, the others find at hand.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "partition_state.hpp"
#include "pipeline.hpp"

namespace dj {

class Chain {
public:
    Chain(const Pipeline& pipeline, const Segment& segment);

    /// Sees a morsel's rows as an operator left them; `rows` are those of `batch` that are still there.
    using Observer = std::function<void(std::size_t op_index, const Batch& batch, RowIndices rows)>;
    /// Called behind each row-wise operator from now on. Each then runs on all rows before the next: the column has the
    /// new text only when all are done.
    void observe(Observer observer) { observer_ = std::move(observer); }

    /// Runs the segment on `batch`. On return `rows` are the surviving rows of `batch`, ascending; the batch's other
    /// rows hold values that mean nothing. Tallies are added to (index: operator + 1), faults appended in row order
    /// per group of operators.
    void run(Batch& batch, std::vector<std::uint32_t>& rows, std::vector<StepTally>& tallies,
             std::vector<RowFault>& faults);

    /// The keys of the dataset-wide operator that ends the segment, for the surviving rows. A row without a key is
    /// taken out of `rows` and becomes a fault.
    void make_keys(Batch& batch, std::vector<std::uint32_t>& rows, TextColumn& keys,
                   std::vector<StepTally>& tallies, std::vector<RowFault>& faults);

private:
    struct Step {
        const BoundOp* bound;
        std::unique_ptr<OpScratch> scratch;
        std::vector<double> stats{};          ///< Filters: of the row at hand.
        std::uint64_t sampled_nanoseconds{};  ///< On the rows of the morsel that were timed.
    };

    void split_rows(Step& step, Batch& batch, std::vector<std::uint32_t>& rows, StepTally& tally,
                    std::vector<RowFault>& faults);
    void run_group(std::span<Step> group, Batch& batch, std::vector<std::uint32_t>& rows,
                   std::vector<StepTally>& tallies, std::vector<RowFault>& faults);
    void turn_to(const BoundOp& bound, const Batch& batch, std::uint32_t row);
    bool run_row(std::span<Step> group, Batch& batch, std::uint32_t row, std::vector<StepTally>& tallies,
                 std::vector<RowFault>& faults);
    bool passes(Step& step, Batch& batch, std::uint32_t row, StepTally& tally, std::vector<RowFault>& faults);
    bool rewrites(Step& step, Batch& batch, std::uint32_t row, StepTally& tally,
                  std::vector<RowFault>& faults);
    template <class Call>
    bool guarded(const Step& step, const Batch& batch, std::uint32_t row, std::vector<RowFault>& faults,
                 Call call);

    std::vector<Step> steps_;
    Step key_step_{};
    Observer observer_;
    SampleOutput output_;
    TextColumn row_pieces_;
    std::vector<std::uint32_t> kept_;
    std::string key_;
    TextFacts facts_;             ///< Of the row at hand, with its text as the operators so far left it.
    std::string row_text_;        ///< That text, if one of them wrote it.
    bool row_rewritten_ = false;  ///< Whether one did.
    bool times_steps_ = false;    ///< While operators look at a row that is a sample for their times.
};

}  // namespace dj
