// SPDX-License-Identifier: Apache-2.0
/// From a checked recipe to everything a run needs, on rank 0: input files looked at once, partitions planned, the job
/// folder laid out.
#pragma once

#include <string>
#include <vector>

#include "cli/granted_machine.hpp"
#include "dj/recipe/inputs.hpp"
#include "dj/recipe/places.hpp"
#include "dj/recipe/recipe.hpp"
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

/// Looks at the input and plans. Touches nothing on disk. Throws as `survey_inputs` does.
[[nodiscard]] PreparedJob prepare_job(FileSystem& files, const Recipe& recipe, const RecipePlaces& places,
                                      const FoundInputs& inputs, const OpCatalog& catalog, int ranks,
                                      const GrantedMachine& machine, double now_seconds);

/// The input as it was planned: what a resume compares with. partitions/partition_table.json; ranges are
/// [file, begin, end].
[[nodiscard]] nlohmann::json partition_table(const JobInput& input);

}  // namespace dj
