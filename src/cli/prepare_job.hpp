// SPDX-License-Identifier: Apache-2.0
/// From a checked recipe to everything a run needs, on rank 0: input files looked at once, partitions planned, the job
/// folder laid out.
#pragma once

#include <optional>
#include <vector>

#include "cli/checked_recipe.hpp"
#include "cli/input_survey.hpp"
#include "cli/partition_table.hpp"
#include "dj/run/branch_job.hpp"
#include "dj/run/job.hpp"
#include "dj/storage/dataset_mapping.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {

struct PreparedJob {
    JobSpec spec;  ///< Of a job with branches: what its nodes have in common.
    std::optional<BranchJobSpec> branches{};
    std::vector<InputFile> files;  ///< As found now.
    PartitionTable table;          ///< What stands, or is to stand, in the job folder.
    JobInput input;                ///< Shows files and partitions of these.
    JobPlaces places;
    InputSample sample;
    PartitionDecision decision;  ///< Its partitions have moved to `table`.
    nlohmann::json dag;
    DatasetMapping mapping;
    JobSummary summary;
};

/// Where partitions begin, if that is settled before they are planned.
struct SettledPartitions {
    std::optional<std::vector<RowBorder>> borders{};  ///< Found for a recipe that counts in rows.
    std::optional<PartitionTable> saved{};  ///< Of an earlier start of the job: it goes before all else.
};

/// Plans. Touches nothing on disk.
[[nodiscard]] PreparedJob prepare_job(const CheckedRecipe& checked, InputSurvey survey,
                                      const Resources& resources, SettledPartitions settled,
                                      double now_seconds);

/// JobSpec::output_identity of a job that reads these files, whatever machine and ranks it has.
[[nodiscard]] std::string output_identity(const CheckedRecipe& checked, const std::vector<InputFile>& files);

/// The same of one chain of operators.
[[nodiscard]] std::string output_identity(const JobSpec& spec, const std::vector<InputFile>& files);

/// The recipe's checkpoint keys, decided for a chain of operators.
[[nodiscard]] CheckpointSpec checkpoint_spec(const Recipe& recipe, const JobPlaces& places,
                                             const std::vector<OpCall>& ops);

/// What a start of this job would do, for comparison with another start.
[[nodiscard]] nlohmann::json describe_recipe(const CheckedRecipe& checked);

}  // namespace dj
