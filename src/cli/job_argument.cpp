// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/terminal.hpp"
#include "cli/tools.hpp"
#include "dj/base/error.hpp"
#include "dj/report/human_units.hpp"
#include "dj/spec/param.hpp"
#include "dj/storage/job_index.hpp"

namespace dj {

void add_work_dir_option(CLI::App& tool, std::string& work_dir) {
    tool.add_option("--work_dir,--work-dir", work_dir, "Folder of the jobs; ids are looked up here first")
        ->type_name("DIR")
        ->capture_default_str();
}

void add_job_argument(CLI::App& tool, JobArgument& argument) {
    tool.add_option("JOB", argument.job, "Job id, or a job folder")->required()->type_name("");
    add_work_dir_option(tool, argument.work_dir);
}

std::filesystem::path job_folder_of(FileSystem& files, const JobArgument& argument) {
    const auto index = job_index_folder();
    if (auto folder = find_job_folder(files, argument.job, argument.work_dir, index)) return *folder;
    auto message = fmt::format("no job \"{}\": it is no job folder, not in {}/", show_text(argument.job),
                               show_text(argument.work_dir));
    std::vector<std::string> known;
    for (const auto& folder : job_folders(files, argument.work_dir))
        known.push_back(folder.filename().string());
    if (index) {
        message += fmt::format(", and not in the list of jobs in {}", index->string());
        for (const auto& job : known_jobs(files, *index)) known.push_back(job.job_id);
    }
    if (const auto nearest = nearest_name(argument.job, known)) {
        message += fmt::format(". Did you mean {}?", *nearest);
    } else {
        message += ". `dj-tools list` shows the jobs; --work_dir DIR looks elsewhere";
    }
    throw UserError(message);
}

void print(std::string_view text) {
    if (!write_all(1, text)) throw EnvironmentError("standard output cannot be written: is the disk full?");
}

}  // namespace dj
