// SPDX-License-Identifier: Apache-2.0
/// From a checked recipe to everything a run needs, on rank 0: input files looked at once, partitions planned, the job
/// folder laid out.
#pragma once

#include <optional>
#include <vector>

#include "cli/checked_recipe.hpp"
#include "cli/input_survey.hpp"
#include "dj/run/job.hpp"
#include "dj/storage/dataset_mapping.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {

struct PreparedJob {
    JobSpec spec;
    JobInput input;
    JobPlaces places;
    InputSample sample;
    PartitionDecision decision;  ///< Its partitions have moved to `input`.
    nlohmann::json dag;
    DatasetMapping mapping;
    JobSummary summary;
};

/// Plans; at `borders`, if those have been looked for. Touches nothing on disk.
[[nodiscard]] PreparedJob prepare_job(const CheckedRecipe& checked, InputSurvey survey,
                                      const Resources& resources,
                                      const std::optional<std::vector<RowBorder>>& borders,
                                      double now_seconds);

/// The input as it was planned: what a resume compares with. partitions/partition_table.json; ranges are
/// [file, begin, end].
[[nodiscard]] nlohmann::json partition_table(const JobInput& input);

}  // namespace dj
