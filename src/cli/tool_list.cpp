// SPDX-License-Identifier: Apache-2.0
// dj-tools list: the jobs of a work_dir and those that the index remembers.
#include <algorithm>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/job_owner.hpp"
#include "cli/terminal.hpp"
#include "cli/tools.hpp"
#include "dj/base/clock.hpp"
#include "dj/base/error.hpp"
#include "dj/report/human_units.hpp"
#include "dj/report/job_views.hpp"
#include "dj/storage/job_index.hpp"

namespace dj {
namespace {

using nlohmann::ordered_json;

struct Options {
    std::string work_dir = "outputs";
    bool running = false;
    bool json = false;
};

struct ListedJob {
    JobState state;
    JobCondition condition = JobCondition::unknown;
    double start = 0;
};

std::vector<ListedJob> find_jobs(FileSystem& files, const Options& options, double now) {
    std::set<std::filesystem::path> folders;
    for (const auto& folder : job_folders(files, options.work_dir)) {
        folders.insert(std::filesystem::absolute(folder).lexically_normal());
    }
    if (const auto index = job_index_folder()) {
        for (const auto& job : known_jobs(files, *index)) folders.insert(job.folder);
    }
    std::vector<ListedJob> jobs;
    for (const auto& folder : folders) {
        try {
            if (!files.info(folder)) continue;  // removed since
            ListedJob job{.state = read_job_head(files, folder)};
            look_for_owner(job.state);
            job.condition = condition_of(job.state, now);
            job.start = job.state.summary ? job.state.summary->start_time : job.state.events.first_timestamp;
            if (!options.running || job.condition == JobCondition::running) jobs.push_back(std::move(job));
        } catch (const std::exception&) {  // one folder that cannot be read does not hide the others
            continue;
        }
    }
    std::stable_sort(jobs.begin(), jobs.end(),
                     [](const auto& a, const auto& b) { return a.start > b.start; });
    return jobs;
}

ordered_json to_json(const std::vector<ListedJob>& jobs) {
    auto list = ordered_json::array();
    for (const auto& job : jobs) {
        ordered_json entry;
        entry["job_id"] = job.state.job_id;
        entry["status"] = to_string(job.condition);
        entry["start_time"] = job.start;
        entry["folder"] = job.state.folder.string();
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
            job.start > 0 ? show_time(job.start) : "?",
            took >= 0 ? show_duration(took) : "",
            ended ? show_count(summary->records_read) : "",
            ended ? show_count(summary->exported) : "",
            show_text(job.state.folder.parent_path().string())};
}

int run(ToolContext& context, const Options& options) {
    const double now = seconds_since_epoch();
    const auto jobs = find_jobs(context.files, options, now);
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
    tool->footer("Examples:\n  dj-tools list\n  dj-tools list --running --work_dir /scratch/me/outputs");
    tool->callback(
        [&context, &run_it, options] { run_it = [&context, options] { return run(context, *options); }; });
}

}  // namespace dj
