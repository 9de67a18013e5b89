// SPDX-License-Identifier: Apache-2.0
// dj-tools list: the jobs of a work_dir and those that the index remembers.
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/job_list.hpp"
#include "cli/slurm_jobs.hpp"
#include "cli/terminal.hpp"
#include "cli/tools.hpp"
#include "dj/base/clock.hpp"
#include "dj/report/human_units.hpp"
#include "dj/report/job_views.hpp"

namespace dj {
namespace {

using nlohmann::ordered_json;

struct Options {
    std::string work_dir = "outputs";
    bool running = false;
    bool json = false;
};

ordered_json to_json(const std::vector<ListedJob>& jobs) {
    auto list = ordered_json::array();
    for (const auto& job : jobs) {
        ordered_json entry;
        entry["job_id"] = job.state.job_id;
        entry["status"] = to_string(job.condition);
        entry["start_time"] = job.start;
        entry["folder"] = job.state.folder.string();
        if (const auto number = slurm_number(job.state); !number.empty()) {
            entry["slurm_job"] = number;
            entry["slurm"] = job.state.slurm.empty() ? ordered_json() : ordered_json(job.state.slurm);
        }
        if (const auto& summary = job.state.summary) {
            entry["duration"] = summary->duration ? ordered_json(*summary->duration) : ordered_json();
            entry["records_read"] = summary->records_read;
            entry["exported"] = summary->exported;
            entry["quarantined"] = summary->quarantined;
            entry["attempt"] = summary->attempt;
        }
        list.push_back(std::move(entry));
    }
    return list;
}

std::vector<std::string> row_of(const ListedJob& job, double now) {
    const auto& summary = job.state.summary;
    const bool ended = summary && summary->duration;
    const double took = ended                                    ? *summary->duration
                        : job.condition == JobCondition::running ? now - job.start
                                                                 : -1;
    return {show_text(job.state.job_id),
            std::string(to_string(job.condition)),
            job.state.slurm,
            job.start > 0 ? show_time(job.start) : "?",
            took >= 0 ? show_duration(took) : "",
            ended ? show_count(summary->records_read) : "",
            ended ? show_count(summary->exported) : "",
            show_text(job.state.folder.parent_path().string())};
}

int run(ToolContext& context, const Options& options) {
    const double now = seconds_since_epoch();
    auto [jobs, slurm_problem] = list_jobs(context.files, options.work_dir, now);
    if (options.running)
        std::erase_if(jobs, [](const ListedJob& job) { return job.condition != JobCondition::running; });
    if (!slurm_problem.empty()) print_error("what Slurm says of these jobs is not known: " + slurm_problem);
    if (options.json) {
        print(to_json(jobs).dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
        return 0;
    }
    if (jobs.empty()) {
        print(
            fmt::format("No {}jobs in {}/ and none in the index of jobs. `--work_dir DIR` looks elsewhere.\n",
                        options.running ? "running " : "", show_text(options.work_dir)));
        return 0;
    }
    std::vector<std::vector<std::string>> rows;
    rows.reserve(jobs.size());
    for (const auto& job : jobs) rows.push_back(row_of(job, now));
    print(show_table({{.header = "job", .right = false, .keep = 100, .flexible = true},
                      {.header = "status", .right = false, .keep = 100},
                      {.header = "in Slurm", .right = false, .keep = 70, .hide_empty = true},
                      {.header = "started", .right = false, .keep = 60},
                      {.header = "took", .keep = 50},
                      {.header = "rows in", .keep = 30, .hide_empty = true},
                      {.header = "rows out", .keep = 40, .hide_empty = true},
                      {.header = "in", .right = false, .keep = 20}},
                     rows, screen_style(1)));
    return 0;
}

}  // namespace

void add_list_tool(CLI::App& app, ToolContext& context, ToolRun& run_it) {
    auto options = std::make_shared<Options>();
    auto* tool = app.add_subcommand("list", "The jobs of a folder, and all that this user started");
    add_work_dir_option(*tool, options->work_dir);
    tool->add_flag("--running", options->running, "Only jobs that give a sign of life");
    tool->add_flag("--json", options->json, "A JSON array");
    tool->footer(
        "`in Slurm` is what squeue, or sacct, says of a job that runs or ran there. A job that Slurm has "
        "queued again is "
        "waiting; one that says it runs, but is not there any more, is dead.\n\nExamples:\n  dj-tools list\n "
        " dj-tools list --running --work_dir /scratch/me/outputs");
    tool->callback(
        [&context, &run_it, options] { run_it = [&context, options] { return run(context, *options); }; });
}

}  // namespace dj
