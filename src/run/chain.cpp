// SPDX-License-Identifier: Apache-2.0
#include "chain.hpp"

#include <chrono>

namespace dj {

namespace {

std::uint64_t text_bytes(const BoundOp& bound, const Batch& batch, const std::vector<std::uint32_t>& rows) {
    if (!bound.spec->reads_text) return 0;
    const TextColumn& text = batch.text(bound.binding.text_column);
    if (rows.size() == batch.size()) return text.payload_bytes();
    std::uint64_t bytes = 0;
    for (const std::uint32_t row : rows) bytes += text.at(row).size();
    return bytes;
}

class Stopwatch {
public:
    explicit Stopwatch(StepTally& tally) : tally_(tally), begin_(std::chrono::steady_clock::now()) {}
    ~Stopwatch() {
        tally_.nanoseconds += static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin_)
                .count());
    }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

private:
    StepTally& tally_;
    std::chrono::steady_clock::time_point begin_;
};

}  // namespace

Chain::Chain(const Pipeline& pipeline, const Segment& segment) {
    for (std::size_t i = segment.first_op; i < segment.end_op; ++i) {
        const BoundOp& bound = pipeline.ops[i];
        if (bound.spec->dataset_wide()) continue;  // one that leaves the data as it is
        steps_.push_back({&bound, bound.op->make_scratch()});
    }
    if (segment.ends_dataset_wide) {
        const BoundOp& bound = pipeline.ops[segment.end_op];
        key_step_ = {&bound, bound.op->make_scratch()};
    }
}

/// Calls an operator on one row; false if the row went to the quarantine.
template <class Call>
bool Chain::guarded(const Step& step, const Batch& batch, std::uint32_t row, std::vector<RowFault>& faults,
                    Call call) {
    output_.reset();
    const Sample sample(batch, step.bound->binding, row, output_);
    try {
        call(sample);
    } catch (const std::exception& error) {
        sample.fail(error.what());
    }
    if (!sample.failed()) return true;
    RowFault fault;
    fault.origin = batch.origins[row];
    fault.step = static_cast<std::int32_t>(step.bound->index);
    fault.reason = output_.fault;
    if (step.bound->spec->reads_text) {
        const std::string_view text = sample.text();
        fault.size_bytes = text.size();
        fault.excerpt = text.substr(0, 200);
    }
    faults.push_back(std::move(fault));
    return false;
}

void Chain::run(Batch& batch, std::vector<std::uint32_t>& rows, std::vector<StepTally>& tallies,
                std::vector<RowFault>& faults) {
    for (Step& step : steps_) {
        StepTally& tally = tallies[step.bound->index + 1];
        const Stopwatch stopwatch(tally);
        const std::size_t faults_before = faults.size();
        tally.rows_in += rows.size();
        tally.bytes_in += text_bytes(*step.bound, batch, rows);
        switch (step.bound->spec->shape) {
            case OpShape::map_row: map_rows(step, batch, rows, faults); break;
            case OpShape::split_row: split_rows(step, batch, rows, tally, faults); break;
            default: filter_rows(step, batch, rows, tally, faults); break;
        }
        tally.rows_out += rows.size();
        tally.quarantined += faults.size() - faults_before;
    }
}

void Chain::map_rows(Step& step, Batch& batch, std::vector<std::uint32_t>& rows,
                     std::vector<RowFault>& faults) {
    TextColumn& text = batch.text(step.bound->binding.text_column);
    TextColumn mapped;
    bool changed = false;
    kept_.clear();
    std::uint32_t next = 0;
    // The new column is begun at the first row that changes: most rows of most mappers stay as they are.
    const auto begin_copy = [&](std::uint32_t upto) {
        mapped.reserve(batch.size(), text.payload_bytes());
        for (; next < upto; ++next) mapped.push_back(text.at(next));
        changed = true;
    };
    for (const std::uint32_t row : rows) {
        if (!guarded(step, batch, row, faults,
                     [&](const Sample& sample) { step.bound->op->map(sample, step.scratch.get()); })) {
            continue;
        }
        kept_.push_back(row);
        if (!output_.text_written) continue;
        if (!changed) {
            begin_copy(row);
        } else {
            for (; next < row; ++next) mapped.push_back(text.at(next));
        }
        mapped.push_back(output_.text);
        next = row + 1;
    }
    if (changed) {
        for (; next < batch.size(); ++next) mapped.push_back(text.at(next));
        text = std::move(mapped);
    }
    rows.swap(kept_);
}

void Chain::split_rows(Step& step, Batch& batch, std::vector<std::uint32_t>& rows, StepTally& tally,
                       std::vector<RowFault>& faults) {
    const std::size_t column = step.bound->binding.text_column;
    TextColumn pieces;
    pieces.reserve(rows.size(), batch.text(column).payload_bytes());
    std::vector<std::uint32_t> sources;
    for (const std::uint32_t row : rows) {
        row_pieces_.clear();  // apart from `pieces`: a row that fails half-way must leave nothing behind
        TextSink sink(row_pieces_);
        if (!guarded(step, batch, row, faults, [&](const Sample& sample) {
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
    Batch made = batch.take_without(sources, column);
    made.text(column) = std::move(pieces);
    batch = std::move(made);
    rows.resize(batch.size());
    for (std::uint32_t i = 0; i < rows.size(); ++i) rows[i] = i;
}

void Chain::filter_rows(Step& step, Batch& batch, std::vector<std::uint32_t>& rows, StepTally& tally,
                        std::vector<RowFault>& faults) {
    const BoundOp& bound = *step.bound;
    stats_.assign(bound.stat_columns.size(), 0.0);
    kept_.clear();
    if (bound.computes_stats) {
        for (const std::size_t column : bound.stat_columns) batch.scalar(column).resize(batch.size());
    }
    for (const std::uint32_t row : rows) {
        bool keep = false;
        const bool sound = guarded(step, batch, row, faults, [&](const Sample& sample) {
            if (bound.computes_stats) {
                bound.op->compute(sample, stats_, step.scratch.get());
            } else {
                for (std::size_t i = 0; i < stats_.size(); ++i) {
                    stats_[i] = batch.scalar(bound.stat_columns[i]).float64_at(row);
                }
            }
            keep = bound.op->keep(stats_);
        });
        if (!sound) continue;
        if (bound.computes_stats) {
            for (std::size_t i = 0; i < stats_.size(); ++i) {
                ScalarColumn& column = batch.scalar(bound.stat_columns[i]);
                if (column.type() == ScalarType::int64) {
                    column.set(row, static_cast<std::int64_t>(stats_[i]));
                } else {
                    column.set(row, stats_[i]);
                }
            }
        }
        if (keep) {
            kept_.push_back(row);
        } else {
            ++tally.dropped;
        }
    }
    rows.swap(kept_);
}

void Chain::make_keys(Batch& batch, std::vector<std::uint32_t>& rows, TextColumn& keys,
                      std::vector<StepTally>& tallies, std::vector<RowFault>& faults) {
    const BoundOp& bound = *key_step_.bound;
    StepTally& tally = tallies[bound.index + 1];
    const Stopwatch stopwatch(tally);
    tally.bytes_in += text_bytes(bound, batch, rows);
    TextColumn hashes;
    kept_.clear();
    std::uint32_t next = 0;
    for (const std::uint32_t row : rows) {
        key_.clear();
        const auto make_key = [&](const Sample& sample) {
            if (bound.computes_hash) {
                bound.op->key(sample, key_, key_step_.scratch.get());
            } else {
                key_.assign(batch.text(*bound.hash_column).at(row));
            }
        };
        if (!guarded(key_step_, batch, row, faults, make_key)) {
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
            next = row + 1;
        }
    }
    if (bound.hash_column && bound.computes_hash) {
        for (; next < batch.size(); ++next) hashes.push_back({});
        batch.text(*bound.hash_column) = std::move(hashes);
    }
    rows.swap(kept_);
}

}  // namespace dj
