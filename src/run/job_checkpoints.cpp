// SPDX-License-Identifier: Apache-2.0
#include "job_checkpoints.hpp"

#include <fmt/format.h>

#include "agreement.hpp"
#include "checkpoint_events.hpp"
#include "dj/events/job_events.hpp"
#include "output_files.hpp"

namespace dj {

namespace {

/// Operators behind which a state is recorded at once. What `every_n_ops` asks for within a pass is outlived by the
/// partition's own end, which comes with the same morsels: it would never be read.
std::vector<bool> recorded_positions(const JobSpec& spec, const Pipeline& pipeline) {
    const CheckpointStrategy strategy = spec.checkpoint.strategy;
    std::vector<bool> wanted(spec.ops.size(), false);
    if (strategy == CheckpointStrategy::every_op || strategy == CheckpointStrategy::manual)
        wanted = spec.checkpoint.taps;
    wanted.resize(spec.ops.size(), false);
    // Blocks of the output cannot be gone on with: the rows that they are made of are kept instead.
    if (pipeline.output->blocked() && strategy != CheckpointStrategy::automatic && !wanted.empty())
        wanted.back() = true;
    return wanted;
}

/// An edited recipe may have fewer operators than the one that a state was made by.
std::string last_op_of(const JobSpec& spec, const StateHead& state) {
    if (state.position == 0 || state.position > spec.ops.size()) return "read";
    return spec.ops[state.position - 1].name;
}

std::vector<Digest128> hashes_of(const JobSpec& spec) { return ops_hashes(ops_identity(spec), spec.ops); }

std::uint64_t told_generation(const JobCheckpoints::Context& context) {
    const auto told = context.input.told_generations.find(context.spec.node);
    return told == context.input.told_generations.end() ? 0 : told->second;
}

}  // namespace

JobCheckpoints::JobCheckpoints(const Context& context) : context_(context) {
    const JobSpec& spec = context.spec;
    if (!spec.checkpoint.enabled) {
        together(context.communicator, [&] {
            if (!context_.communicator.is_root()) return;
            remove_leftovers(context_.files, context_.spec, false);
            prepare_output();
        });
        return;
    }
    plan_ = plan_states(context.pipeline,
                        {recorded_positions(spec, context.pipeline), spec.goal == RunGoal::keep_states});
    const std::vector<Digest128> hashes = hashes_of(spec);
    export_hash_ = xxh3_128(to_hex(hashes.back()) + spec.output_identity);
    earlier_ = find_earlier_work({context.communicator, context.files, spec, context.pipeline, context.store,
                                  static_cast<std::uint32_t>(context.input.partitions.size()), hashes,
                                  export_hash_, told_generation(context)});
    together(context.communicator, [&] {
        if (!context_.communicator.is_root()) return;
        remove_leftovers(context_.files, context_.spec, !earlier_.adopted.empty());
        prepare_output();
        context_.files.create_directories(context_.spec.checkpoint.folder);
        (void)remove_unfinished_generations(context_.files, context_.spec.checkpoint.folder,
                                            context_.spec.attempt);
        if (context_.input.events == nullptr) return;
        for (const std::string& problem : earlier_.problems)
            context_.input.events->record(warning_event(problem));
        tell_recovered();
    });
}

void JobCheckpoints::prepare_output() const {
    if (!context_.pipeline.output) return;
    std::uint64_t bytes = 0;
    for (const InputFile& file : context_.input.files) bytes += file.size_bytes;
    prepare_striped_output(context_.spec, bytes, context_.communicator.size());
}

/// A kill between a generation's line in the manifest and its events.
void JobCheckpoints::tell_recovered() {
    EventSink& events = *context_.input.events;
    for (const StateRef& state : std::exchange(earlier_.untold_states, {})) {
        events.record(
            as_recovered(checkpoint_save_event(state.head, state.generation, state.file->filename().string(),
                                               last_op_of(context_.spec, state.head))));
    }
    for (const GenerationRecord& record : earlier_.untold_generations)
        events.record(as_recovered(generation_committed_event(record)));
}

void JobCheckpoints::hand_over(Coordinator& coordinator) const {
    if (!context_.spec.checkpoint.enabled) return;
    coordinator.take_over({earlier_.first_pass, earlier_.adopted, [this](std::uint32_t partition) {
                               return reach(context_.pipeline, earlier_.states, partition,
                                            earlier_.first_pass);
                           }});
}

void JobCheckpoints::hand_over(MappingBook& mapping) const {
    for (const EarlierDecision& decided : earlier_.decided)
        mapping.take_over(decided.op_index, decided.partitions);
}

std::vector<ResolvedOp> JobCheckpoints::resolved() const {
    std::vector<ResolvedOp> resolved;
    for (const EarlierDecision& decided : earlier_.decided) {
        RowPlanCounts counts;
        counts.rows_in = decided.rows_in;
        counts.rows_out = decided.rows_out;
        resolved.push_back({decided.op_index, counts, 0});
    }
    return resolved;
}

void JobCheckpoints::start(Surroundings surroundings) {
    if (!context_.spec.checkpoint.enabled) return;
    collector_.emplace(
        StateCollector::Context{context_.spec, context_.pipeline, plan_, context_.store, export_hash_,
                                [send = surroundings.send] { send(0, Tag::commit_wanted, {}); }});
    Checkpointer::Context context{
        context_.spec,
        context_.pipeline,
        *collector_,
        context_.files,
        context_.store,
        std::move(surroundings.send),
        std::move(surroundings.make_output_durable),
        std::move(surroundings.check_still_ours),
        [this] {
            if (context_.input.events != nullptr) context_.input.events->make_durable();
        },
        [this](const GenerationRecord& record, const std::vector<StateHead>& states) {
            record_commit(record, states);
        },
        std::move(surroundings.fail)};
    checkpointer_.emplace(context_.communicator, std::move(context), earlier_.last_generation + 1);
}

void JobCheckpoints::record_commit(const GenerationRecord& record,
                                   const std::vector<StateHead>& states) const {
    if (context_.input.events == nullptr) return;
    for (const StateHead& state : states) {
        context_.input.events->record(
            checkpoint_save_event(state, record.number, record.file, last_op_of(context_.spec, state)));
    }
    context_.input.events->record(generation_committed_event(record));
}

void JobCheckpoints::prepare(PassContext& context) {
    context.first_pass = earlier_.first_pass;
    if (!context_.spec.checkpoint.enabled) return;
    context.states = &plan_;
    context.collector = collector();
}

void JobCheckpoints::note_row_plan(const Segment& segment, const std::vector<StagedPartition>& staged) {
    const bool keeps_or_drops = context_.pipeline.ops[segment.end_op].spec->shape == OpShape::group_by_key;
    if (!checkpointer_ || !keeps_or_drops) return;
    if (segment.first_op > context_.pipeline.segments[context_.pipeline.input_segments - 1].first_op) return;
    for (const StagedPartition& partition : staged)
        collector_->row_plan(partition, static_cast<std::uint32_t>(segment.end_op));
}

std::string JobCheckpoints::finish(CommitReason reason) {
    return checkpointer_ ? checkpointer_->finish(reason) : std::string();
}

bool JobCheckpoints::exported_some() const {
    return checkpointer_ && (checkpointer_->totals().exported > 0 || !earlier_.adopted.empty());
}

void JobCheckpoints::fill(JobResult& result) const {
    if (!checkpointer_) return;
    const CommitTotals totals = checkpointer_->totals();
    result.generations = totals.generations;
    result.checkpoint_bytes = totals.bytes;
    result.checkpoint_raw_bytes = totals.raw_bytes;
}

}  // namespace dj
