// SPDX-License-Identifier: Apache-2.0
// dj-tools monitor: one screen about a job, from its files alone; again and again with --watch.
#include <chrono>
#include <thread>

#include <CLI/CLI.hpp>

#include "cli/job_owner.hpp"
#include "cli/slurm_jobs.hpp"
#include "cli/terminal.hpp"
#include "cli/tools.hpp"
#include "dj/base/clock.hpp"
#include "dj/report/job_views.hpp"

namespace dj {
namespace {

struct Options {
    JobArgument job;
    bool detailed = false;
    bool watch = false;
    double interval_seconds = 10;
    bool json = false;
};

/// Shows the job once; whether it still runs.
bool show(FileSystem& files, const std::filesystem::path& folder, const Options& options) {
    auto state = read_job_state(files, folder);
    look_for_owner(state);
    (void)look_at_slurm({&state});
    const double now = seconds_since_epoch();
    if (options.json) {
        const int indent = options.watch ? -1 : 2;
        print(monitor_json(state, now)
                  .dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
              "\n");
    } else {
        const auto style = screen_style(1);
        if (options.watch && style.colour) print("\x1B[H\x1B[2J");
        print(monitor_screen(state, now, options.detailed, style));
        if (options.watch && !style.colour) print("\n");
    }
    return condition_of(state, now) == JobCondition::running;
}

int run(ToolContext& context, const Options& options) {
    const auto folder = job_folder_of(context.files, options.job);
    while (show(context.files, folder, options) && options.watch) {
        std::this_thread::sleep_for(std::chrono::duration<double>(options.interval_seconds));
    }
    return 0;
}

}  // namespace

void add_monitor_tool(CLI::App& app, ToolContext& context, ToolRun& run_it) {
    auto options = std::make_shared<Options>();
    auto* tool =
        app.add_subcommand("monitor", "What a job is doing, or did: progress, counts, trouble, how to go on");
    add_job_argument(*tool, options->job);
    tool->add_flag("--detailed", options->detailed,
                   "All recent warnings and errors, and the state of the event files");
    tool->add_flag("--watch", options->watch, "Show it again and again until the job ends");
    tool->add_option("--interval", options->interval_seconds, "Seconds between two looks of --watch")
        ->check(CLI::Range(0.1, 86400.0).description(""))
        ->type_name("SECONDS")
        ->capture_default_str();
    tool->add_flag("--json", options->json, "One JSON object (with --watch one a line)");
    tool->footer(
        "Reads files only: it works on a login node, while the job runs, after it died, and on a copy of the "
        "folder.\n\n"
        "Examples:\n"
        "  dj-tools monitor 20260102_030405_demo_1a2b3c\n"
        "  dj-tools monitor outputs/my_job --watch --interval 2\n"
        "  dj-tools monitor my_job --json | jq .progress.share");
    tool->callback(
        [&context, &run_it, options] { run_it = [&context, options] { return run(context, *options); }; });
}

}  // namespace dj
