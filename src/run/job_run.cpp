// SPDX-License-Identifier: Apache-2.0
#include "job_run.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "agreement.hpp"
#include "compute_slots.hpp"
#include "dj/events/job_events.hpp"
#include "dj/mpi/rank_watch.hpp"
#include "dj/plan/memory_shares.hpp"
#include "dj/storage/job_attempt.hpp"
#include "output_files.hpp"
#include "process_facts.hpp"

namespace dj {

namespace {

std::uint64_t share_of(std::uint64_t bytes, double share) {
    return static_cast<std::uint64_t>(static_cast<double>(bytes) * share);
}

bool is_empty(const Segment& segment) {
    return !segment.ends_dataset_wide && segment.first_op == segment.end_op;
}

}  // namespace

JobRun::JobRun(const mpi::Communicator& communicator, const JobSurroundings& surroundings,
               const JobSpec& spec, const JobInput& input)
    : communicator_(communicator),
      files_(surroundings.files),
      spec_(spec),
      input_(input),
      stop_(surroundings.stop),
      claims_(surroundings.claims),
      compute_(surroundings.compute),
      budget_(share_of(spec.memory_bytes, kMorselShare)),
      compute_begun_(compute_ != nullptr ? compute_->seconds() : 0),
      faults_(communicator, files_, spec, input) {
    make_pipeline_everywhere(surroundings.catalog);
    store_.emplace(files_,
                   StageStore::Options{share_of(spec_.memory_bytes, kStageShare), spec_.scratch_folder});
    together(communicator_, [&] {
        if (spec_.intermediate) intermediate_.emplace(files_, *store_, spec_, *pipeline_);
    });
    grid_ = {spec_.output.shard_bytes, pipeline_->output->blocked() ? pipeline_->output->block_weight() : 0};
    checkpoints_.emplace(JobCheckpoints::Context{communicator_, files_, spec_, input_, *pipeline_, *store_});
    if (communicator_.is_root()) {
        coordinator_.emplace(spec_, input_, communicator_.size(), [this](int to, Tag tag, std::string bytes) {
            desk_->send(to, tag, std::move(bytes));
        });
        MappingBook mapping(*pipeline_, input_.partitions.size());
        checkpoints_->hand_over(mapping);
        coordinator_->keep(std::move(mapping));
        checkpoints_->hand_over(*coordinator_);
        board_.emplace(spec_, input_, *coordinator_, communicator_.size());
        resolved_ = checkpoints_->resolved();
        for (const ResolvedOp& resolved : resolved_) board_->note(resolved);
    }
    make_exporter();
    desk_.emplace(communicator_,
                  RankDesk::Routes{[this](mpi::Message&& m) { coordinator_->handle(std::move(m)); },
                                   [this](mpi::Message&& m) { exporter_->handle(std::move(m)); },
                                   [this](int from, Pulse&& p) { board_->take(from, std::move(p)); },
                                   [this](const mpi::Message& m) { on_commit_message(m); }});
    checkpoints_->start(
        {[this](int to, Tag tag, std::string bytes) { desk_->send(to, tag, std::move(bytes)); },
         [this] { exporter_->sync(); }, [this] { check_still_ours(); },
         [this](std::exception_ptr error) { desk_->fail(std::move(error)); }});
    started_ = true;
    started_.notify_all();
    reporter_.emplace(ProgressReporter::Context{spec_, input_, meter_, *desk_, communicator_.processor_name(),
                                                board_ ? &*board_ : nullptr});
}

void JobRun::run(JobResult& result) {
    try {
        const bool complete = run_passes();
        exporter_->stop();
        commit(complete ? CommitReason::end : CommitReason::stop);
        if (complete && exports()) publish(result);
        if (complete && !exports()) settle_kept_states();
    } catch (const OtherRankFailed&) {
        failed_ = true;
    } catch (const std::exception&) {
        failed_ = true;
        error_ = Abandon::of(std::current_exception(), communicator_.rank());
    }
    exporter_->stop();
    commit(CommitReason::failure);
    reporter_->stop();
    try {
        desk_->close();
        if (!reached_) result.quarantined = faults_.keep([this] { check_still_ours(); });
        conclude(result);
    } catch (const mpi::RankLost&) {
        conclude_after_loss(result);
    }
}

void JobRun::make_pipeline_everywhere(const OpCatalog& catalog) {
    std::string description;
    together(communicator_, [&] {
        if (!communicator_.is_root()) return;
        const std::filesystem::path first = input_.files.empty() ? "" : input_.files.front().path;
        pipeline_.emplace(make_pipeline(spec_, catalog, files_, first, {}));
        description = pipeline_->input->describe();
        files_.create_directories(make_output_paths(spec_).folder);
    });
    description = communicator_.broadcast(std::move(description));
    together(communicator_, [&] {
        if (!communicator_.is_root())
            pipeline_.emplace(make_pipeline(spec_, catalog, files_, {}, description));
    });
}

void JobRun::make_exporter() {
    Exporter::Context context;
    context.rank = communicator_.rank();
    context.grid = grid_;
    context.send = [this](int to, Tag tag, std::string bytes) { desk_->send(to, tag, std::move(bytes)); };
    context.fail = [this](std::exception_ptr error) { desk_->fail(std::move(error)); };
    context.retry = spec_.retry;
    context.job_id = spec_.job_id;
    if (spec_.checkpoint.enabled) {
        context.exported = [this](std::uint32_t partition, const ExportedRows& rows) {
            checkpoints_->collector()->exported(partition, rows);
        };
    }
    // Blocks are compressed by the exporter's threads; plain rows are only written.
    context.threads = pipeline_->output->blocked() ? spec_.threads : 1;
    exporter_.emplace(files_, *pipeline_, *store_, make_output_paths(spec_), std::move(context));
}

/// Collective. Rank 0 must know of the pass before any rank can report on it.
void JobRun::begin_pass(std::uint32_t pass, std::uint32_t partitions, std::uint64_t rows) {
    if (coordinator_) {
        std::optional<ExportLedger> ledger;
        if (!pipeline_->segments[pass].ends_dataset_wide && exports())
            ledger.emplace(grid_, pipeline_->output->header().size(), partitions);
        coordinator_->begin_pass(pass, partitions, std::move(ledger));
    }
    meter_.begin_pass(pass, pass_activity(spec_, *pipeline_, pass, pass == first_pass_, rows));
    communicator_.barrier();
}

/// Collective. False if the run was abandoned.
bool JobRun::run_passes() {
    if (checkpoints_->complete()) return true;
    PassContext context{
        spec_, *pipeline_, files_, *store_, *desk_, *exporter_, stop_, meter_, [this] { note_first_rows(); }};
    context.intermediate = intermediate_ ? &*intermediate_ : nullptr;
    context.compute = compute_;
    context.claims = claims_;
    context.budget = &budget_;
    checkpoints_->prepare(context);
    context.tell = [this](Event event) {
        event.rank = communicator_.rank();
        desk_->send(0, Tag::event, serialise(event));
    };
    first_pass_ = context.first_pass;
    std::vector<StagedPartition> staged;
    auto partitions = static_cast<std::uint32_t>(input_.partitions.size());
    std::uint64_t rows = 0;
    for (std::uint32_t pass = first_pass_; pass < pipeline_->segments.size(); ++pass) {
        // States behind the last row plan are that plan and those before it.
        if (!exports() && pass > 0 && is_empty(pipeline_->segments[pass])) return true;
        begin_pass(pass, partitions, rows);
        std::vector<PartitionState> states = run_pass(context, pass, std::exchange(staged, {}));
        add_kept(states);
        const auto complete = desk_->wait_for_pass(pass, [this] {
            if (stop_.requested()) desk_->stop(stop_.reason());
        });
        if (!complete) {
            faults_.take(states, nullptr, pipeline_->segments, *store_);
            return false;
        }
        together(communicator_, [&] {
            faults_.take(states, &*complete, pipeline_->segments, *store_);
            staged = stage(states, *complete);
        });
        if (!pipeline_->segments[pass].ends_dataset_wide) return true;
        const Segment& segment = pipeline_->segments[pass];
        const RowPlanCounts counts = resolve(pipeline_->ops[segment.end_op], staged, complete->total_rows);
        together(communicator_, [&] { checkpoints_->note_row_plan(segment, staged); });
        partitions = counts.partitions;
        rows = counts.rows_out;
    }
    throw Bug("the last segment of a plan must end in the export");
}

void JobRun::note_first_rows() {
    if (first_rows_seen_.exchange(true)) return;
    seconds_to_first_row_ = process_age_seconds();
}

/// Partitions that earlier starts of the job exported count as this pass's.
void JobRun::add_kept(std::vector<PartitionState>& states) {
    for (PartitionState& state : checkpoints_->take_kept()) states.push_back(std::move(state));
    std::sort(states.begin(), states.end(),
              [](const PartitionState& a, const PartitionState& b) { return a.partition < b.partition; });
}

void JobRun::on_commit_message(const mpi::Message& message) {
    started_.wait(false);
    if (static_cast<Tag>(message.tag) == Tag::commit_wanted) {
        checkpoints_->checkpointer()->want();
    } else if (static_cast<Tag>(message.tag) == Tag::rescued) {
        checkpoints_->checkpointer()->rescued(Rescued::unpack(message.bytes));
    } else {
        checkpoints_->checkpointer()->announced(ByteReader(message.bytes).get<CommitRound>());
    }
}

/// Collective.
void JobRun::commit(CommitReason reason) {
    std::string problem = checkpoints_->finish(reason);
    if (!problem.empty()) commit_problem_ = std::move(problem);
}

RowPlanCounts JobRun::resolve(const BoundOp& bound, std::vector<StagedPartition>& staged,
                              std::uint64_t total_rows) {
    const auto begin = std::chrono::steady_clock::now();
    const RowPlanContext context{communicator_,
                                 *store_,
                                 pipeline_->schema,
                                 std::max(share_of(spec_.memory_bytes, kExchangeShare), kLeastExchangeBytes),
                                 meter_,
                                 bound.spec->name};
    const auto resolved = [&] {
        if (bound.spec->shape == OpShape::order_by_key)
            return reorder(context, *bound.op, staged, total_rows);
        const std::uint32_t distance = bound.op->key_distance();
        if (distance > 0) return drop_near_duplicates(context, distance, staged, total_rows);
        const std::uint32_t bands = bound.op->key_bands();
        if (bands > 0) return drop_banded_duplicates(context, bands, staged, total_rows);
        return drop_duplicates(context, staged, total_rows);
    };
    const RowPlanCounts counts = resolved();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    resolved_.push_back({bound.index, counts, seconds});
    if (board_) board_->note(resolved_.back());
    if (input_.events != nullptr && communicator_.is_root())
        record_resolution(*input_.events, spec_, resolved_.back(), *bound.spec);
    return counts;
}

/// Collective. What others are to go on from must be on the disk.
void JobRun::settle_kept_states() {
    together(communicator_, [&] {
        if (!commit_problem_.empty()) throw EnvironmentError(commit_problem_);
    });
    reached_ = true;
}

/// Collective. The output is complete under temporary names: make it durable, then let it appear.
void JobRun::publish(JobResult& result) {
    meter_.begin({"making the output durable"});
    together(communicator_, [&] { exporter_->sync(); });
    result.quarantined = faults_.write();
    together(communicator_, [&] {
        if (!communicator_.is_root()) return;
        check_still_ours();
        result.outputs = publish_output(files_, spec_, *pipeline_, coordinator_->ledger());
        faults_.publish(result.quarantined);
    });
    reached_ = true;
}

/// A later attempt, started with --force-unlock while this one lived, owns the output.
void JobRun::check_still_ours() { require_ownership(files_, spec_.job_folder, spec_.attempt); }

/// Collective. Puts together what every rank knows; on rank 0 the accounts too.
void JobRun::conclude(JobResult& result) {
    result.peak_rss_bytes = communicator_.max(process_use().peak_rss_bytes);
    result.spilled_bytes = communicator_.sum(store_->usage().spilled_bytes);
    result.peak_row_bytes = communicator_.max(store_->usage().peak_memory_bytes + budget_.peak_bytes());
    const double computed = compute_ != nullptr ? compute_->seconds() - compute_begun_ : 0;
    result.compute_seconds =
        static_cast<double>(communicator_.sum(static_cast<std::uint64_t>(computed * 1e6))) * 1e-6;
    const auto first_row_us = static_cast<std::uint64_t>(seconds_to_first_row_ * 1e6);
    constexpr std::uint64_t kNever = ~std::uint64_t{0};
    const std::uint64_t earliest = kNever - communicator_.max(first_rows_seen_ ? kNever - first_row_us : 0);
    result.seconds_to_first_row = earliest == kNever ? 0 : static_cast<double>(earliest) * 1e-6;
    settle_exit(result);
    if (!communicator_.is_root()) return;
    reporter_->record_end();
    fill_counts(result);
    if (reached_ && result.exit != ExitCode::failed && !result.counts_add_up) {
        result.exit = ExitCode::failed;
        result.error =
            "the counts of rows do not add up; this is a defect of dj-mpi. The output has been written, "
            "but do not rely on it.";
    }
    checkpoints_->fill(result);
    result.resumed_partitions = coordinator_->resumed_partitions();
    result.was_complete = checkpoints_->complete();
    if (!reached_ && !checkpoints_->exported_some()) clean_up();
}

/// What this rank knows alone. Ranks that live have committed what they had, or rank 0 knows why not.
void JobRun::conclude_after_loss(JobResult& result) {
    result.exit = reached_ ? ExitCode::done : ExitCode::stopped;
    if (!reached_) result.error = communicator_.lost()->text();
    if (!reached_ && !commit_problem_.empty()) {
        result.exit = ExitCode::failed;
        result.error += fmt::format(
            ". What others had done could not all be committed ({}): what was committed before stands",
            commit_problem_);
    }
    if (!communicator_.is_root()) return;
    reporter_->record_end();
    fill_counts(result);
    checkpoints_->fill(result);
    result.resumed_partitions = coordinator_->resumed_partitions();
}

/// Collective. One exit for all ranks, and the message of the rank that failed.
void JobRun::settle_exit(JobResult& result) {
    // A request to stop that came after the last row was written is too late to matter.
    std::optional<Abandon> reason = reached_ ? std::nullopt : desk_->reason();
    std::string own;
    if (error_) {
        error_->rank = communicator_.rank();
        own = error_->pack();
    }
    const std::vector<std::string> errors = communicator_.gather(own);
    for (const std::string& packed : errors) {
        if (!packed.empty() && !reason) reason = Abandon::unpack(packed);
    }
    ExitCode exit = ExitCode::done;
    if (reason) exit = reason->kind == EndKind::stopped ? ExitCode::stopped : ExitCode::failed;
    if (failed_ && !reason) exit = ExitCode::failed;
    const bool lost = communicator_.max(commit_problem_.empty() ? 0 : 1) != 0;
    if (exit == ExitCode::stopped && lost) exit = ExitCode::failed;
    if (exit == ExitCode::done && coordinator_ && coordinator_->failures().partitions > 0)
        exit = ExitCode::done_with_failures;
    result.exit = static_cast<ExitCode>(communicator_.max(static_cast<std::uint64_t>(exit)));
    if (!reason) return;
    result.error = reason->message;
    if (reason->kind == EndKind::bug) result.error += " (a defect of dj-mpi: please report it)";
    if (!commit_problem_.empty()) {
        result.error +=
            fmt::format(". The last checkpoint could not be written ({}): what was committed before stands",
                        commit_problem_);
    }
    if (communicator_.size() > 1 && reason->kind != EndKind::stopped) {
        result.error += fmt::format(" [rank {}]", reason->rank);
    }
}

void JobRun::clean_up() {
    try {
        remove_leftovers(files_, spec_, false);
    } catch (const std::exception&) {
        // The job has failed already, and for a better reason; leftovers go with the next start.
    }
}

std::uint64_t JobRun::kept_rows() const {
    if (checkpoints_->complete()) return checkpoints_->rows_at_end();
    const bool ends_dataset_wide = !resolved_.empty() && resolved_.back().op_index + 1 == spec_.ops.size();
    return ends_dataset_wide ? resolved_.back().counts.rows_out : coordinator_->tallies().back().rows_out;
}

void JobRun::fill_counts(JobResult& result) {
    result.records_read = coordinator_->records();
    result.partitions = coordinator_->input_partitions();
    if (coordinator_->mapping()) coordinator_->mapping()->fill(result);
    if (reached_) result.exported = exports() ? coordinator_->exported_rows() : kept_rows();
    for (const InputFile& file : input_.files) result.input_bytes += file.size_bytes;
    for (const OutputFile& file : result.outputs) result.output_bytes += file.bytes;
    const Coordinator::Failures failures = coordinator_->failures();
    result.in_failed_partitions = failures.records;
    result.failed_partitions = failures.partitions;
    result.retries = failures.retries;
    if (checkpoints_->complete()) {  // nothing was counted, since nothing was done
        result.counts_add_up = true;
        return;
    }
    add_up(result, spec_, coordinator_->tallies(), resolved_);
    result.counts_add_up = result.counts_add_up && reached_;
}

}  // namespace dj
