// SPDX-License-Identifier: Apache-2.0
#include "cli/job_resume.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/prepare_job.hpp"
#include "cli/recipe_change.hpp"
#include "dj/base/error.hpp"

namespace dj {
namespace {

bool holds_something(FileSystem& files, const std::filesystem::path& folder) {
    const auto info = files.info(folder);
    return info && info->is_directory && !files.list(folder).empty();
}

bool output_is_there(FileSystem& files, const JobSummary& summary) {
    return !summary.outputs.empty() && std::ranges::all_of(summary.outputs, [&](const OutputFile& output) {
        const auto info = files.info(output.path);
        return info && !info->is_directory && info->size_bytes == output.bytes;
    });
}

bool is_complete(FileSystem& files, const CheckedRecipe& checked, const std::vector<InputFile>& found,
                 const EarlierJob& earlier) {
    return earlier.summary && earlier.summary->status == JobStatus::completed &&
           earlier.summary->output_identity == output_identity(checked, found) &&
           output_is_there(files, *earlier.summary);
}

std::string change_of_recipe(FileSystem& files, const JobLayout& layout, const CheckedRecipe& checked) {
    const auto text = read_whole_file(files, layout.job_recipe());
    if (!text) return {};
    return recipe_change(nlohmann::json::parse(*text, nullptr, false), describe_recipe(checked));
}

void check_input(const PartitionTable& table, const std::vector<InputFile>& found, const std::string& job_id,
                 JobResumption& resumption) {
    const auto change = compare_input(table.files, found);
    if (change.difference.empty()) return;
    if (!change.times_alone) refuse_input(job_id, change.difference);
    resumption.verify_input = true;
    resumption.notices.push_back(
        fmt::format("{}: what was read of the input before is read again, and compared", change.difference));
}

}  // namespace

void refuse_input(const std::string& job_id, const std::string& difference) {
    throw UserError(
        fmt::format("the input of job {} has changed: {}. What the job has done was done on the input as it "
                    "was; all of it "
                    "is kept. Restore the input, or run the recipe under a new --job_id",
                    job_id, difference));
}

JobResumption compare_with_earlier(FileSystem& files, const CheckedRecipe& checked,
                                   const std::vector<InputFile>& found, const EarlierJob& earlier) {
    JobResumption resumption;
    if (earlier.attempt == 0) return resumption;
    const JobLayout layout(checked.places.job);
    resumption.table = read_partition_table(files, layout.partition_table());
    if (resumption.table) {
        check_input(*resumption.table, found, layout.job_id(), resumption);
        if (resumption.table->options != to_json(checked.recipe.partition)) {
            resumption.notices.emplace_back(
                "partition: a job keeps the partitions of its first start; what the recipe says now takes "
                "effect under a new --job_id");
        }
    } else if (holds_something(files, layout.checkpoints())) {
        throw UserError(fmt::format(
            "job {} has checkpoints in {}, but {} is gone, which says what part of the input each "
            "belongs to. Take a new --job_id; nothing has been changed",
            layout.job_id(), layout.checkpoints().string(), layout.partition_table().string()));
    }
    resumption.complete = is_complete(files, checked, found, earlier);
    if (!resumption.complete) resumption.recipe_change = change_of_recipe(files, layout, checked);
    return resumption;
}

}  // namespace dj
