// SPDX-License-Identifier: Apache-2.0
// dj-tools stop: asks a running job to commit what is done and to leave; kills it only where that is asked for.
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/child_process.hpp"
#include "cli/job_list.hpp"
#include "cli/job_owner.hpp"
#include "cli/slurm_jobs.hpp"
#include "cli/terminal.hpp"
#include "cli/tools.hpp"
#include "dj/base/clock.hpp"
#include "dj/base/error.hpp"
#include "dj/report/human_units.hpp"
#include "dj/report/job_state.hpp"
#include "dj/storage/job_layout.hpp"

namespace dj {
namespace {

using nlohmann::ordered_json;

constexpr int kNotStopped = 1;
constexpr auto kLookInterval = std::chrono::milliseconds(200);
/// A process that was killed is looked for so long.
constexpr double kKillSeconds = 10;
constexpr double kSlurmSeconds = 10;

struct Options {
    JobArgument job;
    double timeout_seconds = 120;
    bool force = false;
    bool list = false;
    bool json = false;
};

/// Runs a program of Slurm's, without its words; false if it cannot be run, fails, or does not answer.
bool run_quietly(const std::vector<std::string>& command) {
    constexpr double kAnswerSeconds = 30;
    return run_child(command, kAnswerSeconds).exit_code == 0;
}

class Stopper {
public:
    Stopper(ToolContext& context, const Options& options)
        : files_(context.files),
          options_(options),
          folder_(job_folder_of(context.files, options.job)),
          layout_(JobLayout::of_folder(context.files, folder_)) {}

    int stop() {
        condition_ = look();
        if (condition_ != JobCondition::running) {
            return tell(fmt::format("{} is not running: it is {}", name(), to_string(condition_)), 0);
        }
        ask();
        wait(options_.timeout_seconds);
        if (condition_ == JobCondition::running && options_.force) force();
        if (condition_ != JobCondition::running)
            return tell(fmt::format("{} has ended: {}", name(), to_string(condition_)), 0);
        return tell(
            fmt::format("{} is still running after {}, and goes on stopping: it looks for {} once a second. "
                        "Wait longer with --timeout SECONDS{}",
                        name(), show_duration(options_.timeout_seconds), layout_.stop_file().string(),
                        options_.force ? "" : ", or end it without its last commit with --force"),
            kNotStopped);
    }

private:
    [[nodiscard]] std::string name() const { return show_text(layout_.job_id()); }

    JobCondition look() {
        state_ = read_job_head(files_, folder_);
        look_for_owner(state_);
        if (const double now = seconds_since_epoch(); now >= next_look_at_slurm_) {
            (void)look_at_slurm({&state_});
            next_look_at_slurm_ = seconds_since_epoch() + kSlurmSeconds;
        }
        return condition_of(state_, seconds_since_epoch());
    }

    void say(const std::string& text) const {
        if (!options_.json) print(show_text(text) + "\n");
    }

    void ask() {
        const std::string step = state_.summary ? state_.summary->slurm_step : std::string();
        const std::string slurm_job = step.substr(0, step.find('.'));
        // Else slurm/job.sh would queue it again: a job that is stopped is not done.
        if (!slurm_job.empty() &&
            !run_quietly({"scontrol", "update", fmt::format("JobId={}", slurm_job), "Requeue=0"}))
            say(fmt::format("Slurm's job {} could not be told that it is not to be queued again", slurm_job));
        files_.open(layout_.stop_file(), OpenMode::create)->write_at("dj-tools stop\n", 0);
        const JobSummary summary = state_.summary.value_or(JobSummary{});
        say(fmt::format("{} on {} is asked to stop: it commits what is done, and leaves", layout_.job_id(),
                        summary.host.empty() ? "an unknown host" : summary.host));
    }

    void wait(double seconds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
        for (condition_ = look();
             condition_ == JobCondition::running && std::chrono::steady_clock::now() < end;
             condition_ = look())
            std::this_thread::sleep_for(kLookInterval);
    }

    /// Only the process that the summary names, if it is the same one still: then its launcher ends the other ranks.
    void force() {
        if (!state_.summary) return;
        const JobSummary& summary = *state_.summary;
        if (!summary.slurm_step.empty() && run_quietly({"scancel", "--signal=KILL", summary.slurm_step})) {
            say(fmt::format("Slurm's step {} is killed", summary.slurm_step));
        } else if (is_here({summary.host, summary.process_id, summary.machine, summary.process_start,
                            summary.start_time})) {
            say(fmt::format("process {} is killed", summary.process_id));
            if (::kill(static_cast<pid_t>(summary.process_id), SIGKILL) != 0)
                throw EnvironmentError(
                    fmt::format("process {}: {}", summary.process_id, std::strerror(errno)));
        } else {
            throw UserError(
                fmt::format("{} runs on {} as process {}: from here it cannot be killed, since process "
                            "numbers mean nothing "
                            "on another machine or in another container. Run this there",
                            name(), summary.host, summary.process_id));
        }
        wait(kKillSeconds);
    }

    int tell(const std::string& text, int exit) const {
        if (options_.json) {
            const ordered_json json{
                {"job_id", layout_.job_id()}, {"status", to_string(condition_)}, {"running", exit != 0}};
            print(json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
        } else {
            print(text + "\n");
            const bool goes_on = condition_ == JobCondition::stopped || condition_ == JobCondition::dead;
            if (goes_on && state_.summary && !state_.summary->resumption_command.empty())
                print("To go on: " + show_text(state_.summary->resumption_command) + "\n");
        }
        return exit;
    }

    FileSystem& files_;
    const Options& options_;
    const std::filesystem::path folder_;
    const JobLayout layout_;
    JobState state_;
    double next_look_at_slurm_ = 0;  ///< Its controller is not asked more often than people would.
    JobCondition condition_ = JobCondition::unknown;
};

int list_running(ToolContext& context, const Options& options) {
    const double now = seconds_since_epoch();
    const JobList list = list_jobs(context.files, options.job.work_dir, now);
    print(options.json ? running_jobs_json(list) : running_jobs_text(list, now));
    return 0;
}

}  // namespace

void add_stop_tool(CLI::App& app, ToolContext& context, ToolRun& run_it) {
    auto options = std::make_shared<Options>();
    auto* tool = app.add_subcommand("stop", "Asks a running job to commit what is done, and to leave");
    add_job_argument(*tool, options->job);
    tool->get_option("JOB")->required(false);
    tool->add_flag("--list", options->list, "Which jobs could be stopped: those that give a sign of life");
    tool->add_option("--timeout", options->timeout_seconds, "How long to wait for its end; 0: not at all")
        ->type_name("SECONDS")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    tool->add_flag("--force", options->force,
                   "Kill it if it has not ended by then; what it has committed stays");
    tool->add_flag("--json", options->json, "One JSON object");
    tool->footer(
        "Works from any machine that sees the job's folder: the job looks for a file there, once a second. "
        "The same "
        "command as before goes on with the job later. Of a job under Slurm its requeueing is switched "
        "off.\n\n"
        "Exit codes: 0 the job is not running any more, 1 it still is, 2 usage or unknown job.\n\n"
        "Examples:\n"
        "  dj-tools stop --list                   which jobs there are to stop\n"
        "  dj-tools stop my_job\n"
        "  dj-tools stop my_job --timeout 600 --force");
    tool->callback([&context, &run_it, options] {
        run_it = [&context, options] {
            if (options->list) return list_running(context, *options);
            if (options->job.job.empty()) {
                list_running(context, *options);
                throw UserError("which job is to be stopped? Say `dj-tools stop JOB`");
            }
            return Stopper(context, *options).stop();
        };
    });
}

}  // namespace dj
