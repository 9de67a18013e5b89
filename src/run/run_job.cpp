// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "agreement.hpp"
#include "assembler.hpp"
#include "coordinator.hpp"
#include "dj/events/job_events.hpp"
#include "dj/plan/memory_shares.hpp"
#include "dj/run/job.hpp"
#include "dj/storage/job_summary.hpp"
#include "job_accounts.hpp"
#include "output_files.hpp"
#include "pass.hpp"
#include "process_facts.hpp"
#include "progress_board.hpp"
#include "progress_reporter.hpp"
#include "quarantine_file.hpp"
#include "rank_desk.hpp"
#include "row_plan.hpp"

namespace dj {

namespace {

std::uint64_t share_of(std::uint64_t bytes, double share) {
    return static_cast<std::uint64_t>(static_cast<double>(bytes) * share);
}

/// Everything one rank holds during a job; the members' order is the order of their making.
class JobRun {
public:
    JobRun(const mpi::Communicator& communicator, const JobSurroundings& surroundings, const JobSpec& spec,
           const JobInput& input)
        : communicator_(communicator),
          files_(surroundings.files),
          spec_(spec),
          input_(input),
          stop_(surroundings.stop),
          layout_(JobLayout::at(spec.job_folder)),
          quarantine_(files_, layout_, spec.attempt) {
        make_pipeline_everywhere(surroundings.catalog);
        store_.emplace(files_,
                       StageStore::Options{share_of(spec_.memory_bytes, kStageShare), spec_.scratch_folder});
        together(communicator_, [&] {
            if (spec_.intermediate) intermediate_.emplace(files_, *store_, spec_, *pipeline_);
        });
        grid_ = {spec_.output.shard_bytes,
                 pipeline_->output->blocked() ? pipeline_->output->block_weight() : 0};
        if (communicator_.is_root()) {
            coordinator_.emplace(
                spec_, input_, communicator_.size(),
                [this](int to, Tag tag, std::string bytes) { desk_->send(to, tag, std::move(bytes)); });
            coordinator_->keep(MappingBook(*pipeline_, input_.partitions.size()));
            board_.emplace(spec_, input_, *coordinator_, communicator_.size());
        }
        make_exporter();
        desk_.emplace(communicator_,
                      RankDesk::Routes{[this](mpi::Message&& m) { coordinator_->handle(std::move(m)); },
                                       [this](mpi::Message&& m) { exporter_->handle(std::move(m)); },
                                       [this](int from, Pulse&& p) { board_->take(from, std::move(p)); }});
        reporter_.emplace(ProgressReporter::Context{
            spec_, input_, meter_, *desk_, communicator_.processor_name(), board_ ? &*board_ : nullptr});
    }

    void run(JobResult& result) {
        try {
            const bool complete = run_passes();
            exporter_->stop();
            if (complete) publish(result);
        } catch (const OtherRankFailed&) {
            failed_ = true;
        } catch (const std::exception&) {
            failed_ = true;
            error_ = Abandon::of(std::current_exception(), communicator_.rank());
        }
        exporter_->stop();
        reporter_->stop();
        desk_->close();
        if (!published_) keep_quarantine(result);
        conclude(result);
    }

private:
    void make_pipeline_everywhere(const OpCatalog& catalog) {
        std::string description;
        together(communicator_, [&] {
            if (!communicator_.is_root()) return;
            const std::filesystem::path first = input_.files.empty() ? "" : input_.files.front().path;
            pipeline_.emplace(make_pipeline(spec_, catalog, first, {}));
            description = pipeline_->input->describe();
            files_.create_directories(make_output_paths(spec_).folder);
            remove_leftovers(files_, spec_);
        });
        description = communicator_.broadcast(std::move(description));
        together(communicator_, [&] {
            if (!communicator_.is_root()) pipeline_.emplace(make_pipeline(spec_, catalog, {}, description));
        });
    }

    void make_exporter() {
        Exporter::Context context;
        context.rank = communicator_.rank();
        context.grid = grid_;
        context.send = [this](int to, Tag tag, std::string bytes) { desk_->send(to, tag, std::move(bytes)); };
        context.fail = [this](std::exception_ptr error) { desk_->fail(std::move(error)); };
        // Blocks are compressed by the exporter's threads; plain rows are only written.
        context.threads = pipeline_->output->blocked() ? spec_.threads : 1;
        exporter_.emplace(files_, *pipeline_, *store_, make_output_paths(spec_), std::move(context));
    }

    /// Collective. Rank 0 must know of the pass before any rank can report on it.
    void begin_pass(std::uint32_t pass, std::uint32_t partitions, std::uint64_t rows) {
        if (coordinator_) {
            std::optional<ExportLedger> ledger;
            if (!pipeline_->segments[pass].ends_dataset_wide) {
                ledger.emplace(grid_, pipeline_->output->header().size(), partitions);
            }
            coordinator_->begin_pass(pass, partitions, std::move(ledger));
        }
        meter_.begin_pass(pass, pass_activity(pass, rows));
        communicator_.barrier();
    }

    [[nodiscard]] Activity pass_activity(std::uint32_t pass, std::uint64_t rows) const {
        if (pass == 0) return {"reading the input", WorkUnit::bytes, 0};
        const Segment& segment = pipeline_->segments[pass];
        const std::size_t end = segment.end_op + (segment.ends_dataset_wide ? 1 : 0);
        if (segment.first_op == end) return {"writing the output", WorkUnit::rows, rows};
        const std::string& first = spec_.ops[segment.first_op].name;
        const std::string& last = spec_.ops[end - 1].name;
        return {first == last ? first : fmt::format("{} to {}", first, last), WorkUnit::rows, rows};
    }

    /// Collective. False if the run was abandoned.
    bool run_passes() {
        const PassContext context{spec_,
                                  *pipeline_,
                                  files_,
                                  *store_,
                                  *desk_,
                                  *exporter_,
                                  stop_,
                                  meter_,
                                  [this] { note_first_rows(); },
                                  intermediate_ ? &*intermediate_ : nullptr};
        std::vector<StagedPartition> staged;
        auto partitions = static_cast<std::uint32_t>(input_.partitions.size());
        std::uint64_t rows = 0;
        for (std::uint32_t pass = 0; pass < pipeline_->segments.size(); ++pass) {
            begin_pass(pass, partitions, rows);
            std::vector<PartitionState> states = run_pass(context, pass, std::exchange(staged, {}));
            const auto complete = desk_->wait_for_pass(pass, [this] {
                if (stop_.requested()) desk_->stop(stop_.reason());
            });
            if (!complete) {
                keep_faults(states, nullptr);
                return false;
            }
            together(communicator_, [&] {
                keep_faults(states, &*complete);
                staged = stage(states, *complete);
            });
            if (!pipeline_->segments[pass].ends_dataset_wide) return true;
            const RowPlanCounts counts =
                resolve(pipeline_->ops[pipeline_->segments[pass].end_op], staged, complete->total_rows);
            partitions = counts.partitions;
            rows = counts.rows_out;
        }
        throw Bug("the last segment of a plan must end in the export");
    }

    void note_first_rows() {
        if (first_rows_seen_.exchange(true)) return;
        seconds_to_first_row_ = process_age_seconds();
    }

    /// Without `complete`, in a pass that did not get to its end, rows are numbered from their partition's first.
    void keep_faults(std::vector<PartitionState>& states, const PassComplete* complete) {
        for (std::size_t i = 0; i < states.size(); ++i) {
            if (states[i].fault_count == 0) continue;
            const std::uint64_t base =
                states[i].pass == 0 && complete != nullptr ? complete->bases[i].record : 0;
            faults_.push_back({states[i].pass, states[i].partition, base, states[i].fault_count,
                               std::move(states[i].faults)});
        }
    }

    RowPlanCounts resolve(const BoundOp& bound, std::vector<StagedPartition>& staged,
                          std::uint64_t total_rows) {
        const auto begin = std::chrono::steady_clock::now();
        const RowPlanContext context{
            communicator_,
            *store_,
            pipeline_->schema,
            std::max(share_of(spec_.memory_bytes, kExchangeShare), kLeastExchangeBytes),
            meter_,
            bound.spec->name};
        const RowPlanCounts counts = bound.spec->shape == OpShape::group_by_key
                                         ? drop_duplicates(context, staged, total_rows)
                                         : reorder(context, *bound.op, staged, total_rows);
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        resolved_.push_back({bound.index, counts, seconds});
        if (board_) board_->note(resolved_.back());
        if (input_.events != nullptr && communicator_.is_root())
            record_resolution(*input_.events, spec_, resolved_.back(), *bound.spec);
        return counts;
    }

    /// Collective. The output is complete under temporary names: make it durable, then let it appear.
    void publish(JobResult& result) {
        meter_.begin({"making the output durable"});
        together(communicator_, [&] { exporter_->sync(); });
        result.quarantined = write_faults();
        together(communicator_, [&] {
            if (!communicator_.is_root()) return;
            check_still_ours();
            result.outputs = publish_output(files_, spec_, *pipeline_, coordinator_->ledger());
            quarantine_.publish(result.quarantined);
        });
        published_ = true;
    }

    /// Collective. Writes the rows set aside under a temporary name; returns their number.
    std::uint64_t write_faults() {
        FaultNames names{spec_.ops, {}};
        for (const InputFile& file : input_.files) names.files.push_back(file.path);
        return quarantine_.write(communicator_, names, faults_);
    }

    /// Collective. Of a job that ended early, the rows that were set aside are often the reason: they are kept as far as
    /// they are known, if the disk still takes them.
    void keep_quarantine(JobResult& result) {
        try {
            const auto rows = write_faults();
            together(communicator_, [&] {
                if (!communicator_.is_root()) return;
                check_still_ours();
                quarantine_.keep(rows);
            });
            result.quarantined = rows;
        } catch (const std::exception&) {
            result.quarantined = 0;  // the job has failed for a reason that is told
        }
    }

    /// A later attempt, started with --force-unlock while this one lived, owns the output.
    void check_still_ours() {
        if (const auto later = later_attempt(files_, layout_.summary(), spec_.attempt)) {
            throw EnvironmentError(fmt::format(
                "job {} was taken over by attempt {}: this one, attempt {}, leaves the output alone",
                spec_.job_id, *later, spec_.attempt));
        }
    }

    /// Collective. Puts together what every rank knows; on rank 0 the accounts too.
    void conclude(JobResult& result) {
        result.peak_rss_bytes = communicator_.max(process_use().peak_rss_bytes);
        result.spilled_bytes = communicator_.sum(store_->usage().spilled_bytes);
        const auto first_row_us = static_cast<std::uint64_t>(seconds_to_first_row_ * 1e6);
        constexpr std::uint64_t kNever = ~std::uint64_t{0};
        const std::uint64_t earliest =
            kNever - communicator_.max(first_rows_seen_ ? kNever - first_row_us : 0);
        result.seconds_to_first_row = earliest == kNever ? 0 : static_cast<double>(earliest) * 1e-6;
        settle_exit(result);
        if (!communicator_.is_root()) return;
        reporter_->record_end();
        fill_counts(result);
        if (published_ && result.exit == ExitCode::done && !result.counts_add_up) {
            result.exit = ExitCode::failed;
            result.error =
                "the counts of rows do not add up; this is a defect of dj-mpi. The output has been written, "
                "but do not rely on it.";
        }
        if (!published_) clean_up();
    }

    /// Collective. One exit for all ranks, and the message of the rank that failed.
    void settle_exit(JobResult& result) {
        // A request to stop that came after the last row was written is too late to matter.
        std::optional<Abandon> reason = published_ ? std::nullopt : desk_->reason();
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
        result.exit = static_cast<ExitCode>(communicator_.max(static_cast<std::uint64_t>(exit)));
        if (!reason) return;
        result.error = reason->message;
        if (reason->kind == EndKind::bug) result.error += " (a defect of dj-mpi: please report it)";
        if (communicator_.size() > 1 && reason->kind != EndKind::stopped) {
            result.error += fmt::format(" [rank {}]", reason->rank);
        }
    }

    void clean_up() {
        try {
            remove_leftovers(files_, spec_);
        } catch (const std::exception&) {
            // The job has failed already, and for a better reason; leftovers go with the next start.
        }
    }

    void fill_counts(JobResult& result) {
        result.records_read = coordinator_->records();
        result.partitions = coordinator_->input_partitions();
        if (coordinator_->mapping()) coordinator_->mapping()->fill(result);
        result.exported = published_ ? coordinator_->exported_rows() : 0;
        for (const InputFile& file : input_.files) result.input_bytes += file.size_bytes;
        for (const OutputFile& file : result.outputs) result.output_bytes += file.bytes;
        add_up(result, spec_, coordinator_->tallies(), resolved_);
        result.counts_add_up = result.counts_add_up && published_;
    }

    const mpi::Communicator& communicator_;
    FileSystem& files_;
    const JobSpec& spec_;
    const JobInput& input_;
    const StopRequest& stop_;
    const JobLayout layout_;
    QuarantineFile quarantine_;

    std::optional<Pipeline> pipeline_;
    std::optional<StageStore> store_;
    std::optional<IntermediateStorage> intermediate_;
    GridOptions grid_;
    std::optional<Coordinator> coordinator_;
    std::optional<Exporter> exporter_;
    std::optional<RankDesk> desk_;
    WorkMeter meter_{spec_.ops.size() + 1};
    std::optional<ProgressBoard> board_;
    std::optional<ProgressReporter> reporter_;

    std::vector<FaultBlock> faults_;
    std::vector<ResolvedOp> resolved_;
    std::atomic<bool> first_rows_seen_{false};
    double seconds_to_first_row_ = 0;
    bool failed_ = false;
    bool published_ = false;
    std::optional<Abandon> error_;
};

}  // namespace

void check_job(const JobSpec& spec, const OpCatalog& catalog, const JobInput& input) {
    if (!input.files.empty()) (void)make_pipeline(spec, catalog, input.files.front().path, {});
}

JobResult run_job(const mpi::Communicator& communicator, const JobSurroundings& surroundings,
                  const JobSpec& spec, const JobInput& input) {
    const auto begin = std::chrono::steady_clock::now();
    JobResult result;
    std::optional<JobRun> run;
    std::string error;
    ExitCode exit = ExitCode::failed;
    try {
        run.emplace(communicator, surroundings, spec, input);
    } catch (const UserError& failure) {
        exit = ExitCode::usage;
        error = failure.what();
    } catch (const std::exception& failure) {
        error = failure.what();
    }
    if (run) {
        run->run(result);
    } else {
        // Set-up fails on all ranks together (see `together`): rank 0 gets the words of the first that knows.
        result.exit = static_cast<ExitCode>(communicator.max(static_cast<std::uint64_t>(exit)));
        for (std::string& words : communicator.gather(error)) {
            if (!words.empty() && words != OtherRankFailed().what() && result.error.empty())
                result.error = std::move(words);
        }
    }
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

}  // namespace dj
