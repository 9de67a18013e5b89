// SPDX-License-Identifier: Apache-2.0
#include "chain.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace dj {

namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t text_bytes(const BoundOp& bound, const Batch& batch, const std::vector<std::uint32_t>& rows) {
    if (!bound.spec->reads_text) return 0;
    const TextColumn& text = batch.text(bound.binding.text_column);
    if (rows.size() == batch.size()) return text.payload_bytes();
    std::uint64_t bytes = 0;
    for (const std::uint32_t row : rows) bytes += text.at(row).size();
    return bytes;
}

std::uint64_t nanoseconds_between(Clock::time_point begin, Clock::time_point end) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(end - begin).count());
}

class Stopwatch {
public:
    explicit Stopwatch(StepTally& tally) : tally_(tally) {}
    ~Stopwatch() { tally_.nanoseconds += nanoseconds_between(begin_, Clock::now()); }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

private:
    StepTally& tally_;
    Clock::time_point begin_ = Clock::now();
};

bool is_filter(const BoundOp& bound) { return bound.spec->shape == OpShape::filter_row; }

bool splits(const BoundOp& bound) { return bound.spec->shape == OpShape::split_row; }

/// Whether two operators that follow each other may look at a row together. The column has the new text only when all
/// rows are done, so none of them may read it as a field.
bool share_rows(const BoundOp& a, const BoundOp& b) {
    const auto& fields = b.binding.field_columns;
    return !splits(a) && !splits(b) && a.spec->reads_text == b.spec->reads_text &&
           a.binding.text_column == b.binding.text_column &&
           std::find(fields.begin(), fields.end(), a.binding.text_column) == fields.end();
}

/// The text column as a group of operators leaves it. It is made anew from the first row on that changes: most rows of
/// most recipes stay as they are.
class RewrittenColumn {
public:
    RewrittenColumn(const TextColumn& column, std::size_t rows) : column_(column), rows_(rows) {}

    /// Rows come in ascending order. A row that is left out keeps its text, or has none if it was dropped.
    void set(std::uint32_t row, std::string_view text) {
        if (!begun_) rewritten_.reserve(rows_, column_.payload_bytes());
        begun_ = true;
        copy_up_to(row);
        rewritten_.push_back(text);
        ++next_;
    }
    void drop(std::uint32_t row) {
        if (!begun_) return;
        copy_up_to(row);
        rewritten_.push_back({});
        ++next_;
    }
    /// nullopt: as it was.
    [[nodiscard]] std::optional<TextColumn> finish() {
        if (!begun_) return std::nullopt;
        copy_up_to(rows_);
        return std::move(rewritten_);
    }

private:
    void copy_up_to(std::size_t row) {
        for (; next_ < row; ++next_) rewritten_.push_back(column_.at(next_));
    }

    const TextColumn& column_;
    TextColumn rewritten_;
    std::size_t rows_;
    std::size_t next_ = 0;
    bool begun_ = false;
};

}  // namespace

Chain::Chain(const Pipeline& pipeline, const Segment& segment, const StatePlan* states) {
    for (std::size_t i = segment.first_op; i < segment.end_op; ++i) {
        const BoundOp& bound = pipeline.ops[i];
        if (bound.spec->dataset_wide()) continue;  // one that leaves the data as it is
        steps_.push_back(make_step(bound, states));
    }
    if (segment.ends_dataset_wide) {
        key_step_ = make_step(pipeline.ops[segment.end_op], nullptr);
        const auto& column = key_step_.bound->hash_column;
        if (states != nullptr && column) key_step_.written_mask = dj::written_mask(*states, *column);
    }
}

Chain::Step Chain::make_step(const BoundOp& bound, const StatePlan* states) const {
    Step step{&bound, bound.op->make_scratch()};
    if (states != nullptr) {
        const Tap& tap = states->taps[bound.index];
        step.tap = tap ? &*tap : nullptr;
        if (bound.spec->writes_text())
            step.written_mask = dj::written_mask(*states, bound.binding.text_column);
    }
    return step;
}

/// Calls an operator on one row; false if the row went to the quarantine.
template <class Call>
bool Chain::guarded(const Step& step, ChainRun& run, std::uint32_t row, Call call) {
    output_.reset();
    const Sample sample(run.batch, step.bound->binding, row, output_, facts_);
    try {
        call(sample);
    } catch (const std::exception& error) {
        sample.fail(error.what());
    }
    if (!sample.failed()) return true;
    RowFault fault;
    fault.origin = run.batch.origins[row];
    fault.step = static_cast<std::int32_t>(step.bound->index);
    fault.reason = output_.fault;
    if (step.bound->spec->reads_text) {
        const std::string_view text = sample.text();
        fault.size_bytes = text.size();
        fault.excerpt = text.substr(0, 200);
    }
    run.faults.push_back(std::move(fault));
    return false;
}

void Chain::turn_to(const BoundOp& bound, const Batch& batch, std::uint32_t row) {
    row_rewritten_ = false;
    facts_.reset(bound.spec->reads_text ? batch.text(bound.binding.text_column).at(row) : std::string_view());
}

void Chain::run(ChainRun& run) {
    for (std::size_t first = 0; first < steps_.size();) {
        if (steps_[first].bound->index < run.position) {
            ++first;
            continue;
        }
        if (steps_[first].bound->index >= run.end) return;
        std::size_t end = first + 1;
        while (!observer_ && end < steps_.size() && steps_[end].bound->index < run.end &&
               share_rows(*steps_[first].bound, *steps_[end].bound))
            ++end;
        if (splits(*steps_[first].bound)) {
            split_rows(steps_[first], run);
        } else {
            run_group(std::span(steps_).subspan(first, end - first), run);
        }
        if (observer_) observer_(steps_[first].bound->index, run.batch, run.rows);
        first = end;
    }
}

void Chain::split_rows(Step& step, ChainRun& run) {
    StepTally& tally = run.tallies[step.bound->index + 1];
    const Stopwatch stopwatch(tally);
    const std::size_t faults_before = run.faults.size();
    tally.rows_in += run.rows.size();
    tally.bytes_in += text_bytes(*step.bound, run.batch, run.rows);
    const std::size_t column = step.bound->binding.text_column;
    TextColumn pieces;
    pieces.reserve(run.rows.size(), run.batch.text(column).payload_bytes());
    std::vector<std::uint32_t> sources;
    for (const std::uint32_t row : run.rows) {
        turn_to(*step.bound, run.batch, row);
        row_pieces_.clear();  // apart from `pieces`: a row that fails half-way must leave nothing behind
        TextSink sink(row_pieces_);
        if (!guarded(step, run, row, [&](const Sample& sample) {
                step.bound->op->split(sample, sink, step.scratch.get());
            })) {
            continue;
        }
        for (std::size_t i = 0; i < row_pieces_.size(); ++i) {
            pieces.push_back(row_pieces_.at(i));
            sources.push_back(row);
        }
        if (row_pieces_.size() == 0) ++tally.dropped;
        if (row_pieces_.size() > 1) tally.made += row_pieces_.size() - 1;
    }
    run.inputs.keep_all(run.batch);
    Batch made = run.batch.take_without(sources, column);
    made.text(column) = std::move(pieces);
    for (RowOrigin& origin : made.origins) {
        origin.written |= step.written_mask;
        origin.written_since_base |= step.written_mask;
    }
    run.batch = std::move(made);
    run.rows.resize(run.batch.size());
    for (std::uint32_t i = 0; i < run.rows.size(); ++i) run.rows[i] = i;
    tally.rows_out += run.rows.size();
    tally.quarantined += run.faults.size() - faults_before;
    if (run.records && step.tap != nullptr && serves(run.base, *step.tap)) {
        RecordedState state(*step.tap);
        for (const std::uint32_t row : run.rows) state.add(run.batch, row, run.inputs);
        state.finish(run.batch, run.base);
        run.states.push_back(std::move(state));
    }
}

bool Chain::passes(Step& step, ChainRun& run, std::uint32_t row, StepTally& tally) {
    const BoundOp& bound = *step.bound;
    bool keep = false;
    const bool sound = guarded(step, run, row, [&](const Sample& sample) {
        if (bound.stats.empty()) {
            keep = bound.op->keeps(sample, step.scratch.get());
            return;
        }
        if (bound.computes_stats) {
            bound.op->compute(sample, step.stats, step.scratch.get());
        } else {
            for (std::size_t i = 0; i < step.stats.size(); ++i)
                step.stats[i] = run.batch.scalar(bound.stat_columns[i]).float64_at(row);
        }
        keep = bound.op->keep(step.stats);
    });
    if (!sound) {
        ++tally.quarantined;
        return false;
    }
    if (bound.computes_stats) {
        for (std::size_t i = 0; i < step.stats.size(); ++i) {
            ScalarColumn& column = run.batch.scalar(bound.stat_columns[i]);
            if (column.type() == ScalarType::int64) {
                column.set(row, static_cast<std::int64_t>(step.stats[i]));
            } else {
                column.set(row, step.stats[i]);
            }
        }
    }
    ++(keep ? tally.rows_out : tally.dropped);
    return keep;
}

bool Chain::rewrites(Step& step, ChainRun& run, std::uint32_t row, StepTally& tally) {
    if (!guarded(step, run, row,
                 [&](const Sample& sample) { step.bound->op->map(sample, step.scratch.get()); })) {
        ++tally.quarantined;
        return false;
    }
    ++tally.rows_out;
    if (output_.text_written) {
        row_text_.swap(output_.text);
        facts_.reset(row_text_);
        row_rewritten_ = true;
        run.batch.origins[row].written |= step.written_mask;
        run.batch.origins[row].written_since_base |= step.written_mask;
    }
    return true;
}

bool Chain::run_row(std::span<Step> group, ChainRun& run, std::uint32_t row) {
    turn_to(*group.front().bound, run.batch, row);
    Clock::time_point begin;
    if (times_steps_) begin = Clock::now();
    auto state = run.states.end() - open_states_;
    for (Step& step : group) {
        StepTally& tally = run.tallies[step.bound->index + 1];
        ++tally.rows_in;
        tally.bytes_in += facts_.text().size();
        const bool stays =
            is_filter(*step.bound) ? passes(step, run, row, tally) : rewrites(step, run, row, tally);
        if (times_steps_) {
            const auto end = Clock::now();
            step.sampled_nanoseconds += nanoseconds_between(begin, end);
            begin = end;
        }
        if (!stays) return false;
        if (step.records)
            (state++)->add(run.batch, row, run.inputs, {step.bound->binding.text_column, facts_.text()});
    }
    return true;
}

void Chain::open_states(std::span<Step> group, ChainRun& run) {
    open_states_ = 0;
    DeltaBase base = run.base;
    for (Step& step : group) {
        step.records = run.records && step.tap != nullptr && serves(base, *step.tap);
        if (!step.records) continue;
        run.states.emplace_back(*step.tap, run.rows.size(), step.recorded_bytes + step.recorded_bytes / 8);
        base.position = step.tap->position;
        ++open_states_;
    }
}

void Chain::finish_states(std::span<Step> group, ChainRun& run) {
    auto state = run.states.end() - open_states_;
    for (Step& step : group) {
        if (!step.records) continue;
        state->finish(run.batch, run.base);
        step.recorded_bytes = state->text_bytes();
        ++state;
    }
}

void Chain::run_group(std::span<Step> group, ChainRun& run) {
    // The time of the group is measured as a whole and shared out as a few rows say: reading the clock for each operator
    // and row would cost as much as a cheap operator does.
    constexpr std::size_t kRowsPerSample = 8;
    constexpr std::size_t kFirstSamples = 16;  // a morsel of long texts has few rows
    const auto begin = Clock::now();
    Batch& batch = run.batch;
    for (Step& step : group) {
        step.sampled_nanoseconds = 0;
        step.stats.assign(step.bound->stat_columns.size(), 0.0);
        if (!step.bound->computes_stats) continue;
        for (const std::size_t column : step.bound->stat_columns) batch.scalar(column).resize(batch.size());
    }
    open_states(group, run);
    const BoundOp& any = *group.front().bound;
    TextColumn no_text;
    RewrittenColumn text(any.spec->reads_text ? batch.text(any.binding.text_column) : no_text, batch.size());
    kept_.clear();
    for (std::size_t i = 0; i < run.rows.size(); ++i) {
        const std::uint32_t row = run.rows[i];
        times_steps_ = i < kFirstSamples || i % kRowsPerSample == 0;
        if (!run_row(group, run, row)) {
            text.drop(row);
            continue;
        }
        kept_.push_back(row);
        if (row_rewritten_) text.set(row, row_text_);
    }
    if (auto made = text.finish()) run.inputs.replace(batch, any.binding.text_column, std::move(*made));
    run.rows.swap(kept_);
    finish_states(group, run);
    const std::uint64_t whole = nanoseconds_between(begin, Clock::now());
    std::uint64_t sampled = 0;
    for (const Step& step : group) sampled += step.sampled_nanoseconds;
    for (const Step& step : group) {
        const double share =
            sampled == 0 ? 0 : static_cast<double>(step.sampled_nanoseconds) / static_cast<double>(sampled);
        run.tallies[step.bound->index + 1].nanoseconds +=
            static_cast<std::uint64_t>(static_cast<double>(whole) * share);
    }
}

void Chain::make_keys(ChainRun& run, TextColumn& keys) {
    const BoundOp& bound = *key_step_.bound;
    StepTally& tally = run.tallies[bound.index + 1];
    const Stopwatch stopwatch(tally);
    tally.bytes_in += text_bytes(bound, run.batch, run.rows);
    TextColumn hashes;
    kept_.clear();
    std::uint32_t next = 0;
    for (const std::uint32_t row : run.rows) {
        turn_to(bound, run.batch, row);
        key_.clear();
        const auto make_key = [&](const Sample& sample) {
            if (bound.computes_hash) {
                bound.op->key(sample, key_, key_step_.scratch.get());
            } else {
                bound.op->key_of_hash(run.batch.text(*bound.hash_column).at(row), key_);
            }
        };
        if (!guarded(key_step_, run, row, make_key)) {
            // Counted here, because the rest of the operator runs on keys: it never sees this row.
            ++tally.rows_in;
            ++tally.quarantined;
            continue;
        }
        kept_.push_back(row);
        keys.push_back(key_);
        if (bound.hash_column && bound.computes_hash) {
            for (; next < row; ++next) hashes.push_back({});
            hashes.push_back(bound.op->hash_text(key_));
            run.batch.origins[row].written |= key_step_.written_mask;
            run.batch.origins[row].written_since_base |= key_step_.written_mask;
            next = row + 1;
        }
    }
    if (bound.hash_column && bound.computes_hash) {
        for (; next < run.batch.size(); ++next) hashes.push_back({});
        run.inputs.replace(run.batch, *bound.hash_column, std::move(hashes));
    }
    run.rows.swap(kept_);
}

}  // namespace dj
