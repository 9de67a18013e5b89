// SPDX-License-Identifier: Apache-2.0
#include "morsel_worker.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

#include <fmt/format.h>

#include "dj/base/byte_stream.hpp"
#include "dj/base/error.hpp"

namespace dj {

namespace {

std::vector<std::uint32_t> every_row(const Batch& batch) {
    std::vector<std::uint32_t> rows(batch.size());
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

Batch load(StagedPartition::Part& part, const Pipeline& pipeline) {
    const std::string bytes = part.batch->take();
    std::string_view in = bytes;
    Batch batch = Batch::deserialise(in, pipeline.schema);
    for (RowOrigin& origin : batch.origins) origin.row += part.record_base;
    return batch;
}

/// The rows of a partition that arrived in any order, in the order of their positions.
Batch gather_in_order(StagedPartition& partition, const Pipeline& pipeline) {
    Batch all(pipeline.schema);
    std::vector<std::uint64_t> positions;
    for (StagedPartition::Part& part : partition.parts) {
        const Batch batch = load(part, pipeline);
        all.append(batch, every_row(batch));
        positions.insert(positions.end(), part.positions.begin(), part.positions.end());
    }
    std::vector<std::uint32_t> order = every_row(all);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return positions[a] < positions[b]; });
    return all.take(order);
}

/// The step behind which the texts were largest: the reading, or an operator.
std::string largest_behind(const std::vector<StepTally>& tallies, const Pipeline& pipeline) {
    std::size_t largest = 0;
    for (std::size_t step = 1; step < tallies.size(); ++step) {
        if (tallies[step].bytes_in > tallies[largest].bytes_in) largest = step;
    }
    // A step's bytes are what the one before it left.
    return largest < 2 ? "the reading of the input" : "operator " + pipeline.ops[largest - 2].spec->name;
}

}  // namespace

std::uint64_t bytes_of(const MorselTask& task) {
    if (task.raw) return task.raw->payload_bytes();
    if (task.part) return task.part->batch->size_bytes();
    std::uint64_t bytes = 0;
    for (const StagedPartition::Part& part : task.scattered->parts) bytes += part.batch->size_bytes();
    return bytes;
}

MorselWorker::MorselWorker(const PassContext& context, std::uint32_t pass, Assembler& assembler)
    : context_(context),
      pass_(pass),
      segment_(context.pipeline.segments[pass]),
      assembler_(assembler),
      morsel_{pass},
      chains_(context.pipeline.segments.size()),
      dead_columns_(context.pipeline.dead_after[pass]),
      encoder_(context.spec.checkpoint.compression),
      tallies_(context.pipeline.ops.size() + 1) {
    if (pass == context.first_pass) parser_ = context.pipeline.input->make_parser(context.pipeline.schema);
}

Chain& MorselWorker::chain_of(std::size_t segment) {
    if (!chains_[segment]) {
        chains_[segment] =
            std::make_unique<Chain>(context_.pipeline, context_.pipeline.segments[segment], context_.states);
        if (context_.intermediate != nullptr) {
            chains_[segment]->observe([this](std::size_t op, const Batch& batch, RowIndices rows) {
                context_.intermediate->keep(morsel_, op, batch, rows);
            });
        }
    }
    return *chains_[segment];
}

void MorselWorker::process(MorselTask&& task) {
    std::fill(tallies_.begin(), tallies_.end(), StepTally{});
    MorselRows result;
    result.sequence = task.sequence;
    const std::uint64_t bytes = bytes_of(task);
    ChainRun run{Batch(context_.pipeline.schema), {}, tallies_, result.faults};
    task.raw ? read(task, run, result) : take_stored(task, run);
    const std::uint64_t rows_begun = task.raw ? result.records : run.rows.size();
    morsel_.partition = task.partition;
    morsel_.sequence = task.sequence;
    if (task.restored) restore(task, run);
    if (context_.intermediate != nullptr)
        context_.intermediate->begin(morsel_, run.position, run.batch, run.rows);
    check_memory(task, run, bytes);
    chain_of(pass_).run(run);
    check_memory(task, run, bytes);
    segment_.ends_dataset_wide ? store_rows(run, result) : encode_rows(run, result);
    encode_states(run, result);
    result.base = run.base;
    context_.on_first_rows();
    context_.meter.add(tallies_, rows_begun, bytes);
    assembler_.add(task.ticket, std::move(result), tallies_);
}

void MorselWorker::check_memory(MorselTask& task, const ChainRun& run, std::uint64_t bytes) const {
    if (context_.budget == nullptr) return;
    const std::uint64_t used = bytes + run.batch.payload_bytes();
    task.charge.grow_to(used);
    if (!context_.spec.memory_is_limit || used <= context_.budget->limit_bytes()) return;
    throw UserError(fmt::format(
        "{} rows of partition {} need {:.1f} MB behind {}; {:.1f} MB of the {:.0f} MB of memory that "
        "branch {} may use are for rows under way. Raise its resources.memory_mb",
        run.rows.size(), task.partition, static_cast<double>(used) / 1e6,
        largest_behind(tallies_, context_.pipeline),
        static_cast<double>(context_.budget->limit_bytes()) / 1e6,
        static_cast<double>(context_.spec.memory_bytes) / 1e6, context_.spec.node));
}

void MorselWorker::read(const MorselTask& task, ChainRun& run, MorselRows& result) {
    const auto begin = std::chrono::steady_clock::now();
    ParsedMorsel parsed = parser_->parse(*task.raw);
    run.batch = std::move(parsed.batch);
    for (std::uint32_t row = 0; row < run.batch.size(); ++row) {
        RowOrigin& origin = run.batch.origins[row];
        origin.partition = task.partition;
        origin.input_row = origin.base_row = row;
    }
    run.rows = every_row(run.batch);
    run.base = {0, run.batch.size(), run.batch.size()};
    if (context_.states != nullptr) run.inputs = InputTexts(context_.states->written_texts);
    for (RecordFault& fault : parsed.faults) {
        RowFault record;
        record.origin.offset = fault.offset;
        record.origin.row = fault.index;
        record.origin.file = task.raw->file;
        record.origin.partition = task.partition;
        record.size_bytes = fault.size_bytes;
        record.reason = std::move(fault.reason);
        record.excerpt = std::move(fault.excerpt);
        result.faults.push_back(std::move(record));
    }
    result.records = parsed.records;
    StepTally& tally = tallies_[0];
    tally.rows_in = parsed.records;
    tally.rows_out = run.batch.size();
    tally.quarantined = result.faults.size();
    tally.bytes_in = task.raw->payload_bytes();
    tally.nanoseconds = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin)
            .count());
}

/// What earlier starts of the job know of the morsel is not found out again.
void MorselWorker::restore(const MorselTask& task, ChainRun& run) {
    run.records = false;
    for (const RestoredPartition::Step& step : task.restored->steps) {
        reach_base(step.head, run);
        apply_delta(step.state.morsel(task.sequence), step.state.columns(), *context_.states,
                    {run.batch, run.rows, run.inputs});
        run.position = step.head.position;
        // What is recorded behind a row plan counts in the state before it, as it does in a run without a stop.
        if (step.head.kind != StateKind::row_plan) count_from(step.head.position, run);
    }
    run.records = true;
}

/// Runs the operators between the position reached and the one that the state counts from.
void MorselWorker::reach_base(const StateHead& state, ChainRun& run) {
    if (state.base_position == 0) return;
    const auto& segments = context_.pipeline.segments;
    const auto segment = std::find_if(segments.begin(), segments.end(),
                                      [&](const Segment& s) { return run.position <= s.end_op; });
    Chain& chain = chain_of(static_cast<std::size_t>(segment - segments.begin()));
    const bool ends_segment = segment->ends_dataset_wide && segment->end_op == state.base_position;
    const bool runs = run.position < state.base_position;
    if (runs) {
        run.end = state.base_position;
        chain.run(run);
        run.end = ~std::size_t{0};
        run.position = state.base_position;
    }
    // Rows without keys left in the making of keys; where it fills a column, that is part of the rows.
    if (ends_segment && (runs || context_.pipeline.ops[segment->end_op].hash_is_used)) {
        TextColumn keys;
        chain.make_keys(run, keys);
    }
    if (runs) count_from(state.base_position, run);
}

void MorselWorker::count_from(std::uint32_t position, ChainRun& run) {
    rebase(run.batch, run.rows);
    run.base.position = position;
    run.base.rows = run.rows.size();
}

void MorselWorker::take_stored(MorselTask& task, ChainRun& run) {
    run.position = segment_.first_op;
    if (task.scattered) {
        run.batch = gather_in_order(*task.scattered, context_.pipeline);
        run.rows = every_row(run.batch);
        return;
    }
    run.base = task.part->base;
    run.batch = load(*task.part, context_.pipeline);
    run.rows = task.rows ? std::move(*task.rows) : every_row(run.batch);
}

void MorselWorker::record(ChainRun& run, const StateLayout& layout) {
    if (!serves(run.base, layout)) return;
    RecordedState state(layout);
    for (const std::uint32_t row : run.rows) state.add(run.batch, row, run.inputs);
    state.finish(run.batch, run.base);
    run.states.push_back(std::move(state));
}

void MorselWorker::encode_states(ChainRun& run, MorselRows& result) {
    for (RecordedState& state : run.states) {
        state.delta().sequence = result.sequence;
        RecordedPiece piece;
        piece.layout = &state.layout();
        piece.rows = state.rows();
        piece.bytes =
            context_.store.put(encoder_.morsel(state.layout().names, state.delta(), piece.raw_bytes));
        result.states.push_back(std::move(piece));
    }
}

/// Rows that a commit is going to ask for soon are recorded while the texts they were read as are still at hand: edits of
/// these are a small part of what the texts would be.
bool MorselWorker::records_boundary() const {
    if (context_.states == nullptr) return false;
    if (context_.states->boundary_taps[pass_]) return true;
    return context_.collector != nullptr && context_.collector->wants_boundaries();
}

/// Where states are all that is wanted, nobody takes the rows behind the last row plan.
bool MorselWorker::goes_on_to_rows() const {
    const Segment& last = context_.pipeline.segments.back();
    return context_.spec.goal == RunGoal::export_rows || pass_ + 2 < context_.pipeline.segments.size() ||
           last.first_op < last.end_op;
}

void MorselWorker::store_rows(ChainRun& run, MorselRows& result) {
    TextColumn keys;
    chain_of(pass_).make_keys(run, keys);
    const bool go_on = goes_on_to_rows();
    if (records_boundary()) record(run, context_.states->boundaries[pass_]);
    Batch& batch = run.batch;
    for (const std::size_t column : dead_columns_) batch.drop_values(column);
    if (run.rows.size() != batch.size()) batch = batch.take(run.rows);
    std::string bytes;
    if (go_on) {
        bytes.reserve(batch.payload_bytes() + batch.payload_bytes() / 16);
        batch.serialise(bytes);
    }
    result.rows = run.rows.size();
    result.batch = std::make_shared<SharedBlob>(context_.store.put(std::move(bytes)));
    if (context_.pipeline.ops[segment_.end_op].spec->shape == OpShape::order_by_key) {
        ByteWriter sizes;
        sizes.put_all(batch.row_bytes());
        result.sizes = context_.store.put(sizes.take());
    }
    std::string key_bytes;
    keys.serialise(key_bytes);
    result.keys = context_.store.put(std::move(key_bytes));
}

void MorselWorker::encode_rows(ChainRun& run, MorselRows& result) {
    if (context_.states != nullptr && context_.states->boundary_taps[pass_])
        record(run, context_.states->boundaries[pass_]);
    result.rows = run.rows.size();
    if (run.rows.empty() || context_.spec.goal == RunGoal::keep_states) return;
    EncodedRows encoded = context_.pipeline.output->encode(run.batch, run.rows);
    result.weights = std::move(encoded.weights);
    result.encoded = context_.store.put(std::move(encoded.bytes));
    if (context_.pipeline.stats_output) {
        result.stats = context_.store.put(context_.pipeline.stats_output->encode(run.batch, run.rows).bytes);
    }
}

}  // namespace dj
