// SPDX-License-Identifier: Apache-2.0
#include "cli/run_recipe.hpp"

#include <chrono>
#include <cstdlib>

#include <fmt/format.h>

#include "cli/job_claim.hpp"
#include "cli/prepare_job.hpp"
#include "cli/terminal.hpp"
#include "dj/base/error.hpp"
#include "dj/events/event_log.hpp"
#include "dj/events/job_events.hpp"
#include "dj/report/human_units.hpp"
#include "dj/report/job_views.hpp"
#include "dj/storage/job_index.hpp"

namespace dj {
namespace {

double now_seconds() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

void say(const std::string& text) { (void)write_all(1, text + "\n"); }

void complain(const std::string& text) {
    const ScreenStyle style = screen_style(2);
    (void)write_all(2, painted("dj-mpi: error: ", Paint::red, style) + show_text(text) + "\n");
}

std::string shell_quoted(const std::string& argument) {
    if (!argument.empty() &&
        argument.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "_-./=:,+@%") == std::string::npos) {
        return argument;
    }
    std::string quoted = "'";
    for (const char c : argument) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

/// The command that continues this job, launcher included as far as it can be told.
std::string resumption_command(const std::vector<std::string>& arguments, const std::string& job_id,
                               int ranks) {
    std::string command;
    if (std::getenv("SLURM_STEP_ID") != nullptr && ranks > 1) {
        command = fmt::format("srun -n {} ", ranks);
    } else if (ranks > 1) {
        command = fmt::format("mpirun -n {} ", ranks);
    }
    command += "dj-mpi";
    bool has_id = false;
    for (const std::string& argument : arguments) {
        command += ' ' + shell_quoted(argument);
        has_id = has_id || argument == "--job_id" || argument.starts_with("--job_id=") ||
                 argument == "--resume" || argument.starts_with("--resume=");
    }
    return has_id ? command : command + " --job_id " + shell_quoted(job_id);
}

/// Rank 0's half of a run.
class RootRun {
public:
    RootRun(FileSystem& files, const OpCatalog& catalog, const RunOptions& options, int ranks)
        : files_(files), catalog_(catalog), options_(options), ranks_(ranks) {}

    /// Reads, checks and plans. A code if there is nothing to run: there are problems, which have been printed, or the
    /// job is done.
    std::optional<ExitCode> prepare(const RecipeSources& sources, int ranks_on_node) {
        started_ = now_seconds();
        RecipeResult loaded = load_recipe(sources, catalog_);
        std::vector<RecipeProblem>& problems = loaded.problems;
        RecipePlaces places;
        FoundInputs inputs;
        if (problems.empty()) {
            places = resolve_places(loaded.recipe, started_, make_unique_suffix(), problems);
            inputs = find_inputs(files_, loaded.recipe, places.job.work_dir, places.job.job_id, problems);
            check_output(files_, loaded.recipe, places, inputs, problems);
        }
        recipe_ = std::move(loaded.recipe);
        if (!problems.empty()) {
            sort_problems(problems);
            for (const RecipeProblem& problem : problems)
                (void)write_all(2, show_text(to_string(problem)) + "\n");
            complain(fmt::format("{}: {} problem{}; nothing was run", sources.file, problems.size(),
                                 problems.size() == 1 ? "" : "s"));
            return ExitCode::usage;
        }
        claim_ = claim_job(files_, recipe_, places, options_.force_unlock,
                           [this](const std::string& text) { notice(text); });
        if (claim_.nothing_to_do) {
            say_unless_quiet(fmt::format("job {} is complete: there is nothing to do. Its output is {}",
                                         places.job.job_id, places.export_path.string()));
            return ExitCode::done;
        }
        const auto memory = recipe_.resources.memory_mb;
        const GrantedMachine machine =
            granted_machine(ranks_on_node, wanted_threads(),
                            memory ? std::optional(static_cast<std::uint64_t>(*memory) << 20) : std::nullopt);
        job_ = prepare_job(files_, recipe_, places, inputs, catalog_, ranks_, machine, started_);
        prepare_output(files_, places);
        announce(inputs, machine);
        return std::nullopt;
    }

    [[nodiscard]] std::optional<std::int64_t> wanted_threads() const {
        return recipe_.resources.threads ? recipe_.resources.threads : recipe_.options.np;
    }

    /// Makes the job folder and what stands in it from the start.
    void open_job() {
        const JobLayout layout(job_.places);
        layout.create_folders(files_);
        job_.spec.attempt = claim_.attempt;
        job_.summary.attempt = job_.spec.attempt;
        if (claim_.earlier) {
            job_.summary.first_start_time = claim_.earlier->first_start_time;
            notice(fmt::format("job {} has been started before ({}): it runs again from its beginning",
                               job_.spec.job_id, to_string(claim_.earlier->status)));
        }
        job_.summary.resumption_command = resumption_command(options_.arguments, job_.spec.job_id, ranks_);
        files_.remove(layout.stop_file());
        replace_file(files_, layout.recipe(recipe_.file), recipe_.text, job_.spec.attempt);
        nlohmann::json cli = {{"arguments", options_.arguments}};
        replace_file(files_, layout.cli(), cli.dump() + "\n", job_.spec.attempt);
        job_.dag["metadata"]["created_at"] = started_;
        replace_file(files_, layout.dag_plan(), job_.dag.dump(1) + "\n", job_.spec.attempt);
        write_dataset_mapping(files_, layout.dataset_mapping(), job_.mapping, job_.spec.attempt);
        files_.create_directories(layout.partition_table().parent_path());
        replace_file(files_, layout.partition_table(), partition_table(job_.input).dump() + "\n",
                     job_.spec.attempt);
        open_events(layout);
        heartbeat_ = std::make_unique<JobHeartbeat>(files_, layout.summary(), job_.summary);
        if (const auto index = job_index_folder()) {
            (void)remember_job(files_, *index, {job_.spec.job_id, layout.folder(), started_});
        }
        say_unless_quiet(fmt::format("job {}: {}", job_.spec.job_id, layout.folder().string()));
    }

    /// The result is decided: what cannot be recorded about it any more is said, and changes nothing.
    void conclude(const JobResult& result, const StopRequest& stop) {
        const JobLayout layout(job_.places);
        fill_mapping(result);
        record("metadata", [&] {
            write_dataset_mapping(files_, layout.dataset_mapping(), job_.mapping, job_.spec.attempt);
            write_final_report(files_, layout.final_mapping_report(), job_.mapping, result.seconds,
                               job_.spec.attempt);
        });
        if (events_) {
            record_end(result, stop);
            if (!events_->close()) complain("some events of this job could not be written");
        }
        record("job_summary.json",
               [&] { heartbeat_->finish([&](JobSummary& summary) { fill_summary(result, summary); }); });
        JobSummary summary = heartbeat_->summary();
        if (summary.status == JobStatus::running) fill_summary(result, summary);
        if (options_.log_json) {
            say(to_json(summary).dump());
        } else if (!options_.quiet) {
            (void)write_all(1, final_screen(summary, screen_style(1)));
        }
        if (result.exit == ExitCode::failed || result.exit == ExitCode::usage) complain(result.error);
        if (result.exit == ExitCode::stopped && options_.quiet) complain("stopped: " + result.error);
    }

    PreparedJob& job() { return job_; }

private:
    void announce(const FoundInputs& inputs, const GrantedMachine& machine) {
        if (options_.verify_input)
            notice("--verify-input: every start reads all of the input again, there is nothing to compare");
        for (const std::string& line : recipe_.notices) notice(line);
        for (const std::string& line : inputs.notices) notice(line);
        say_unless_quiet(job_.decision.explanation);
        say_unless_quiet(fmt::format("{} rank{}, {}", ranks_, ranks_ == 1 ? "" : "s", machine.explanation));
    }

    template <class Write>
    static void record(const std::string& what, Write write) {
        try {
            write();
        } catch (const std::exception& error) {
            complain(fmt::format("{} could not be brought up to date: {}", what, error.what()));
        }
    }

    void notice(const std::string& text) { say_unless_quiet("note: " + text); }

    void say_unless_quiet(const std::string& text) {
        if (options_.quiet) return;
        if (options_.log_json) {
            say(nlohmann::json({{"message", text}})
                    .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        } else {
            say(show_text(text));
        }
    }

    void open_events(const JobLayout& layout) {
        if (!recipe_.event_logging.enabled) return;
        const std::string timestamp = utc_timestamp(started_);
        EventLogOptions log;
        log.events_path = layout.events(timestamp);
        log.text_path = layout.text_log(timestamp);
        log.max_file_bytes = static_cast<std::uint64_t>(recipe_.event_logging.max_log_size_mb * (1 << 20));
        log.backup_count = recipe_.event_logging.backup_count;
        log.job_id = job_.spec.job_id;
        log.attempt = job_.spec.attempt;
        log.on_trouble = [](const std::string& message) { complain(message); };
        events_ = std::make_unique<EventLog>(files_, log);
        job_.summary.event_log_file = log.events_path.string();
        job_.input.events = events_.get();
        JobStartFigures figures;
        figures.attempt = job_.spec.attempt;
        figures.total_partitions = job_.input.partitions.size();
        figures.total_bytes = job_.summary.input_bytes;
        figures.ranks = ranks_;
        figures.threads = job_.spec.threads;
        figures.config = {{"dataset_path", job_.mapping.original_dataset_path},
                          {"work_dir", job_.places.work_dir.string()},
                          {"executor_type", recipe_.options.executor_type}};
        events_->record(job_start_event(figures));
        events_->record(dag_saved_event(layout.dag_plan().string(), job_.dag["nodes"].size()));
    }

    void record_end(const JobResult& result, const StopRequest& stop) {
        switch (result.exit) {
            case ExitCode::done:
            case ExitCode::done_with_failures:
                events_->record(
                    job_complete_event(result.seconds, job_.spec.output.path.string(), result.exported));
                break;
            case ExitCode::stopped:
                events_->record(job_stopping_event(result.error.empty() ? stop.reason() : result.error));
                break;
            default: events_->record(job_failed_event(result.error, result.seconds)); break;
        }
    }

    void fill_mapping(const JobResult& result) {
        job_.mapping.rows_exported = result.exported;
        std::uint64_t row = 0;
        for (std::size_t i = 0; i < result.partitions.size(); ++i) {
            const PartitionResult& read = result.partitions[i];
            MappedPartition& partition = job_.mapping.partitions.at(i);
            if (read.rank < 0) continue;
            partition.processing_status = "completed";
            partition.sample_count = read.records;
            partition.first_row = row;
            if (result.passes == 1) partition.rows_out = read.rows;
            partition.start_time = read.begin_seconds;
            partition.end_time = read.end_seconds;
            partition.checksum = read.content_hash;
            row += read.records;
        }
    }

    static void fill_summary(const JobResult& result, JobSummary& summary) {
        switch (result.exit) {
            case ExitCode::done: summary.status = JobStatus::completed; break;
            case ExitCode::done_with_failures: summary.status = JobStatus::completed_with_failures; break;
            case ExitCode::stopped: summary.status = JobStatus::stopped; break;
            default: summary.status = JobStatus::failed; break;
        }
        summary.error_message = result.error;
        summary.exit_code = static_cast<int>(result.exit);
        summary.steps = result.steps;
        summary.records_read = result.records_read;
        summary.exported = result.exported;
        summary.quarantined = result.quarantined;
        summary.in_failed_partitions = result.in_failed_partitions;
        summary.counts_add_up = result.counts_add_up;
        summary.outputs = result.outputs;
        summary.output_bytes = result.output_bytes;
        summary.peak_rss_bytes = result.peak_rss_bytes;
        summary.spilled_bytes = result.spilled_bytes;
        summary.seconds_to_first_row = result.seconds_to_first_row;
    }

    FileSystem& files_;
    const OpCatalog& catalog_;
    const RunOptions& options_;
    const int ranks_;
    double started_ = 0;
    Recipe recipe_;
    PreparedJob job_;
    JobClaim claim_;
    std::unique_ptr<EventLog> events_;
    std::unique_ptr<JobHeartbeat> heartbeat_;
};

/// Rank 0 prepares; the answer is an exit code, or the spec that all ranks run.
struct Start {
    ExitCode exit = ExitCode::done;
    nlohmann::json spec;
};

Start start_on_root(RootRun& root, const RecipeSources& sources, int ranks_on_node) {
    Start start;
    try {
        if (const auto exit = root.prepare(sources, ranks_on_node)) {
            start.exit = *exit;
        } else {
            root.open_job();
            start.spec = {{"spec", to_json(root.job().spec)}};
            const auto threads = root.wanted_threads();
            start.spec["threads"] = threads ? nlohmann::json(*threads) : nlohmann::json(nullptr);
        }
    } catch (const UserError& error) {
        complain(error.what());
        start.exit = ExitCode::usage;
    } catch (const std::exception& error) {
        complain(error.what());
        start.exit = ExitCode::failed;
    }
    return start;
}

}  // namespace

ExitCode run_recipe(const mpi::Communicator& world, FileSystem& files, const OpCatalog& catalog,
                    const RecipeSources& sources, const RunOptions& options, StopRequest& stop) {
    const int ranks_on_node = world.split_by_node().size();
    std::optional<RootRun> root;
    std::string packed;
    if (world.is_root()) {
        root.emplace(files, catalog, options, world.size());
        const Start start = start_on_root(*root, sources, ranks_on_node);
        packed = nlohmann::json({{"exit", static_cast<int>(start.exit)}, {"job", start.spec}}).dump();
    }
    const nlohmann::json start = nlohmann::json::parse(world.broadcast(std::move(packed)));
    if (start.at("job").is_null()) return static_cast<ExitCode>(start.at("exit").get<int>());
    JobSpec spec = job_spec_from_json(start.at("job").at("spec"));
    if (!root) {
        // Nodes may differ: every rank uses what it has been granted itself.
        const nlohmann::json& wanted = start.at("job").at("threads");
        spec.threads =
            granted_machine(ranks_on_node,
                            wanted.is_null() ? std::nullopt : std::optional(wanted.get<std::int64_t>()),
                            spec.memory_bytes)
                .threads;
    } else {
        stop.watch(options.max_runtime_seconds, JobLayout(root->job().places).stop_file());
    }
    const JobInput none;
    const JobResult result = run_job(world, files, catalog, spec, root ? root->job().input : none, stop);
    if (root) root->conclude(result, stop);
    return static_cast<ExitCode>(world.max(static_cast<std::uint64_t>(result.exit)));
}

}  // namespace dj
