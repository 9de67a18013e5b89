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

#include "input_texts.hpp"
#include "partition_state.hpp"
#include "pipeline.hpp"
#include "row_delta.hpp"

namespace dj {

/// One morsel under way through a segment.
struct ChainRun {
    Batch batch;
    std::vector<std::uint32_t> rows;  ///< Of the batch, ascending; the others hold values that mean nothing.
    std::vector<StepTally>& tallies;  ///< Index: operator + 1. Added to.
    std::vector<RowFault>& faults;    ///< Appended to, in row order per group of operators.
    std::size_t position = 0;         ///< Operators before it have run already.
    std::size_t end = ~std::size_t{0};  ///< Operators from it on are not to run yet.
    bool records = true;                ///< Whether states are recorded.
    DeltaBase base;
    InputTexts inputs{};                  ///< As they were read.
    std::vector<RecordedState> states{};  ///< Recorded on the way.
};

class Chain {
public:
    /// `states` may be null: none is recorded. Both are referred to.
    Chain(const Pipeline& pipeline, const Segment& segment, const StatePlan* states);

    /// Sees a morsel's rows as an operator left them; `rows` are those of `batch` that are still there.
    using Observer = std::function<void(std::size_t op_index, const Batch& batch, RowIndices rows)>;
    /// Called behind each row-wise operator from now on. Each then runs on all rows before the next: the column has the
    /// new text only when all are done.
    void observe(Observer observer) { observer_ = std::move(observer); }

    /// Runs the segment's operators from `run.position` on.
    void run(ChainRun& run);

    /// The keys of the dataset-wide operator that ends the segment, for the surviving rows. A row without a key is
    /// taken out of `run.rows` and becomes a fault.
    void make_keys(ChainRun& run, TextColumn& keys);

private:
    struct Step {
        const BoundOp* bound;
        std::unique_ptr<OpScratch> scratch;
        std::vector<double> stats{};          ///< Filters: of the row at hand.
        std::uint64_t sampled_nanoseconds{};  ///< On the rows of the morsel that were timed.
        const StateLayout* tap{};             ///< The state to record behind the operator, if any.
        bool records{};                       ///< Whether this morsel has the base for that state.
        std::size_t recorded_bytes{};         ///< Texts of that state in the morsel before.
        std::uint32_t written_mask{};         ///< Of the column it writes, in `RowOrigin::written`.
    };

    void split_rows(Step& step, ChainRun& run);
    void run_group(std::span<Step> group, ChainRun& run);
    void turn_to(const BoundOp& bound, const Batch& batch, std::uint32_t row);
    bool run_row(std::span<Step> group, ChainRun& run, std::uint32_t row);
    bool passes(Step& step, ChainRun& run, std::uint32_t row, StepTally& tally);
    bool rewrites(Step& step, ChainRun& run, std::uint32_t row, StepTally& tally);
    template <class Call>
    bool guarded(const Step& step, ChainRun& run, std::uint32_t row, Call call);
    void open_states(std::span<Step> group, ChainRun& run);
    void finish_states(std::span<Step> group, ChainRun& run);
    [[nodiscard]] Step make_step(const BoundOp& bound, const StatePlan* states) const;

    std::vector<Step> steps_;
    Step key_step_{};
    Observer observer_;
    SampleOutput output_;
    TextColumn row_pieces_;
    std::vector<std::uint32_t> kept_;
    std::string key_;
    TextFacts facts_;                 ///< Of the row at hand, with its text as the operators so far left it.
    std::string row_text_;            ///< That text, if one of them wrote it.
    bool row_rewritten_ = false;      ///< Whether one did.
    std::ptrdiff_t open_states_ = 0;  ///< How many states the group at hand records.
    bool times_steps_ = false;        ///< While operators look at a row that is a sample for their times.
};

}  // namespace dj
