// SPDX-License-Identifier: Apache-2.0
#include "cli/job_list.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/job_owner.hpp"
#include "cli/slurm_jobs.hpp"
#include "cli/terminal.hpp"
#include "dj/report/human_units.hpp"
#include "dj/storage/job_index.hpp"

namespace dj {
namespace {

using nlohmann::ordered_json;

std::set<std::filesystem::path> folders_of_jobs(FileSystem& files, const std::string& work_dir) {
    std::set<std::filesystem::path> folders;
    for (const auto& folder : job_folders(files, work_dir))
        folders.insert(std::filesystem::absolute(folder).lexically_normal());
    if (const auto index = job_index_folder()) {
        for (const auto& job : known_jobs(files, *index)) folders.insert(job.folder);
    }
    return folders;
}

bool runs(const ListedJob& job) { return job.condition == JobCondition::running; }

}  // namespace

JobList list_jobs(FileSystem& files, const std::string& work_dir, double now) {
    JobList list;
    for (const auto& folder : folders_of_jobs(files, work_dir)) {
        try {
            if (!files.info(folder)) continue;  // removed since
            ListedJob job{.state = read_job_head(files, folder)};
            look_for_owner(job.state);
            job.start = job.state.summary ? job.state.summary->start_time : job.state.events.first_timestamp;
            list.jobs.push_back(std::move(job));
        } catch (const std::exception&) {
            continue;
        }
    }
    std::vector<JobState*> states;
    for (ListedJob& job : list.jobs) states.push_back(&job.state);
    list.slurm_problem = look_at_slurm(states);
    for (ListedJob& job : list.jobs) job.condition = condition_of(job.state, now);
    std::stable_sort(list.jobs.begin(), list.jobs.end(),
                     [](const auto& a, const auto& b) { return a.start > b.start; });
    return list;
}

std::string running_jobs_text(const JobList& list, double now) {
    std::vector<std::vector<std::string>> rows;
    for (const ListedJob& job : list.jobs) {
        if (!runs(job)) continue;
        const JobSummary summary = job.state.summary.value_or(JobSummary{});
        rows.push_back({show_text(job.state.job_id), show_text(summary.host),
                        std::to_string(summary.process_id), summary.slurm_step, std::to_string(summary.ranks),
                        show_duration(now - job.start),
                        fmt::format("dj-tools stop {}", show_text(job.state.folder.string()))});
    }
    if (rows.empty()) return "No job is running that is known here. `--work_dir DIR` looks elsewhere.\n";
    return show_table({{.header = "job", .right = false, .keep = 100, .flexible = true},
                       {.header = "host", .right = false, .keep = 80},
                       {.header = "process", .keep = 40},
                       {.header = "Slurm step", .right = false, .keep = 60, .hide_empty = true},
                       {.header = "ranks", .keep = 30},
                       {.header = "for", .keep = 50},
                       {.header = "to stop it", .right = false, .keep = 90}},
                      rows, screen_style(1));
}

std::string running_jobs_json(const JobList& list) {
    auto jobs = ordered_json::array();
    for (const ListedJob& job : list.jobs) {
        if (!runs(job)) continue;
        const JobSummary summary = job.state.summary.value_or(JobSummary{});
        jobs.push_back({{"job_id", job.state.job_id},
                        {"folder", job.state.folder.string()},
                        {"host", summary.host},
                        {"process_id", summary.process_id},
                        {"slurm_step", summary.slurm_step},
                        {"ranks", summary.ranks},
                        {"start_time", job.start}});
    }
    return jobs.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace dj
