// SPDX-License-Identifier: Apache-2.0
#include "cli/root_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/terminal.hpp"
#include "cli/time_limit.hpp"
#include "dj/base/clock.hpp"
#include "dj/plan/byte_size.hpp"
#include "dj/plan/run_estimate.hpp"
#include "dj/report/human_units.hpp"
#include "dj/report/job_views.hpp"

namespace dj {

std::optional<ExitCode> RootRun::check(int ranks_on_node, int nodes) {
    nodes_ = nodes;
    started_ = seconds_since_epoch();
    std::vector<RecipeProblem> problems;
    checked_ = check_places(files_, catalog_, load_recipe(options_.sources, catalog_), started_, problems);
    if (!problems.empty()) {
        print_problems(options_.sources.file, problems);
        return ExitCode::usage;
    }
    earlier_ = look_at_job(files_, checked_.recipe, checked_.places, options_.force_unlock,
                           [this](const std::string& text) { notice(text); });
    started_ = seconds_since_epoch();
    survey_ = survey_inputs(files_, checked_.inputs, checked_.recipe, catalog_);
    resumption_ = compare_with_earlier(files_, checked_, survey_.files, earlier_);
    resumption_.verify_input = resumption_.table && (resumption_.verify_input || options_.verify_input);
    if (is_complete(!resumption_.verify_input)) return ExitCode::done;
    const auto memory = checked_.recipe.resources.memory_mb;
    machine_ =
        granted_machine(ranks_on_node, wanted_threads(),
                        memory ? std::optional(static_cast<std::uint64_t>(*memory) << 20) : std::nullopt);
    return std::nullopt;
}

std::optional<RowBorderSearch> RootRun::border_search() const {
    if (resumption_.table) return std::nullopt;
    const auto rows = rows_to_count(survey_.files, checked_.recipe.partition);
    if (!rows) return std::nullopt;
    notice(fmt::format("partition.size: all of the input is read once to find every {} rows", *rows));
    return RowBorderSearch{survey_.files, *rows, machine_.threads};
}

bool RootRun::is_complete(bool verified) const {
    if (!resumption_.complete || !verified) return false;
    std::vector<std::string> outputs;
    for (const OutputPlace& output : checked_.places.outputs) outputs.push_back(output.path.string());
    say(fmt::format("job {} is complete: there is nothing to do. Its output is {}",
                    checked_.places.job.job_id, fmt::join(outputs, ", ")));
    return true;
}

void RootRun::plan(const std::optional<std::vector<RowBorder>>& borders) {
    const Resources resources{ranks_, machine_.threads, machine_.memory_bytes};
    job_ = prepare_job(checked_, std::move(survey_), resources, {borders, resumption_.table}, started_);
    job_.spec.verify_input = resumption_.verify_input;
    if (job_.branches) {
        for (const BranchNodeSpec& node : job_.branches->nodes)
            check_job(node.spec, catalog_, files_, job_.input);
        book_.emplace(files_, JobLayout(job_.places), *job_.branches);
        progress_ = BranchProgress(*job_.branches);
        job_.summary.branches = book_->summaries();
    } else {
        check_job(job_.spec, catalog_, files_, job_.input);
    }
    prepare_outputs(files_, checked_.places);
    announce();
}

std::optional<ExitCode> RootRun::open(const InputVerification& verification) {
    if (job_.spec.verify_input) {
        if (!verification.complete) {
            say("stopped while the input was verified; nothing has been changed");
            return ExitCode::stopped;
        }
        if (!verification.changed.empty()) refuse_input(job_.spec.job_id, verification.changed.front());
        notice(fmt::format("{} of {} partitions had been read before, and are the same",
                           verification.partitions, job_.input.partitions.size()));
        if (is_complete(verification.partitions == job_.input.partitions.size())) return ExitCode::done;
    }
    job_.spec.attempt = take_job(files_, checked_.places, earlier_);
    if (job_.branches) {
        for (BranchNodeSpec& node : job_.branches->nodes) node.spec.attempt = job_.spec.attempt;
    }
    job_.summary.attempt = job_.spec.attempt;
    std::optional<JobRestartFigures> restart;
    if (earlier_.attempt > 0) {
        if (earlier_.summary) job_.summary.first_start_time = earlier_.summary->first_start_time;
        restart = {job_.spec.attempt, earlier_.ended, job_.summary.first_start_time,
                   resumption_.recipe_change};
    }
    record_.emplace(files_, job_, checked_.recipe, std::move(restart));
    const auto form = options_.quiet      ? ProgressDisplay::Form::none
                      : options_.log_json ? ProgressDisplay::Form::json
                                          : ProgressDisplay::Form::people;
    display_.emplace(form, job_.spec.job_id);
    record_->open(options_.arguments, [this](const std::string& text) { display_->tell_error(text); });
    job_.input.progress = display_->watch();
    say(fmt::format("job {}: {}", job_.spec.job_id, JobLayout(job_.places).folder().string()));
    if (const auto limit = time_limit(); limit && !slurm_end_time().empty()) {
        const auto text = fmt::format("the job stops in {}, unless it is done before: {}",
                                      show_duration(limit->seconds), limit->reason);
        notice(text);
        if (job_.input.events != nullptr) job_.input.events->record(info_event(text));
    }
    return std::nullopt;
}

std::optional<TimeLimit> RootRun::time_limit() const {
    const double now = seconds_since_epoch();
    return dj::time_limit({options_.max_runtime_seconds, now - began_, slurm_end_time()}, now);
}

std::optional<std::int64_t> RootRun::wanted_threads() const {
    const auto& recipe = checked_.recipe;
    return recipe.resources.threads ? recipe.resources.threads : recipe.options.np;
}

void RootRun::conclude(const JobResult& result, const StopRequest& stop) {
    display_->finish();
    const JobSummary summary = record_->close(result, stop);
    if (options_.log_json) {
        (void)write_all(1, to_json(summary).dump() + "\n");
    } else if (!options_.quiet) {
        (void)write_all(1, final_screen(summary, screen_style(1)));
    }
    if (result.exit == ExitCode::failed || result.exit == ExitCode::usage) print_error(result.error);
    if (result.exit == ExitCode::stopped && options_.quiet) print_error("stopped: " + result.error);
}

BranchWatch RootRun::branch_watch() {
    BranchWatch watch;
    watch.changed = [this](std::size_t node, const NodeResult& state) {
        try {
            // The next start does not look at a branch that is known to be complete: what it has to tell must stand.
            if (state.status == NodeStatus::complete && job_.input.events != nullptr)
                job_.input.events->make_durable();
            book_->changed(node, state);
        } catch (const std::exception&
                     error) {  // the output stands; the next start of the job would make it again
            display_->tell_error(fmt::format("that branch {} is complete could not be written down: {}",
                                             job_.branches->nodes[node].spec.node, error.what()));
        }
        if (!state.result.partitions.empty())
            record_->write_part_report(job_.branches->nodes[node].spec, state.result);
        record_->note_branches(book_->summaries(), true);
        progress_.changed(node, state.status);
    };
    watch.look = [this](std::size_t node, const RunProgress& progress) {
        book_->look(node, progress);
        record_->note_branches(book_->summaries(), false);
        const RunProgress all = progress_.look(node, progress);
        display_->look(all);
    };
    return watch;
}

void RootRun::conclude(const BranchJobResult& result, const StopRequest& stop) {
    record_->note_branches(book_->summaries(), false);
    conclude(book_->total(result), stop);
}

void RootRun::announce_restart() const {
    if (earlier_.attempt == 0) {
        if (options_.verify_input) notice("--verify-input: the job is new, there is nothing to compare with");
        return;
    }
    notice(fmt::format("job {} was started before, and {}: this is attempt {}", checked_.places.job.job_id,
                       earlier_.ended, earlier_.attempt + 1));
    if (!resumption_.recipe_change.empty())
        notice(fmt::format("the recipe has changed: {}", resumption_.recipe_change));
    for (const std::string& line : resumption_.notices) notice(line);
}

void RootRun::announce() const {
    announce_restart();
    for (const std::string& line : checked_.recipe.notices) notice(line);
    for (const std::string& line : checked_.inputs.notices) notice(line);
    for (const std::string& line : storage_notices(checked_.places, nodes_)) notice(line);
    const auto least =
        estimate_run({}, {}, {ranks_, machine_.threads, machine_.memory_bytes}).least_memory_bytes_per_rank;
    if (machine_.memory_bytes < least) {
        notice(fmt::format(
            "the memory budget of {} is less than the program itself needs with {} threads, about {}",
            human_bytes(machine_.memory_bytes), machine_.threads, human_bytes(least)));
    }
    say(job_.decision.explanation);
    say(fmt::format("{} rank{}, {}", ranks_, ranks_ == 1 ? "" : "s", machine_.explanation));
}

void RootRun::say(const std::string& text) const {
    if (options_.quiet) return;
    if (options_.log_json) {
        const nlohmann::json line = {{"message", text}};
        (void)write_all(1, line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    } else {
        (void)write_all(1, show_text(text) + "\n");
    }
}

}  // namespace dj
