// SPDX-License-Identifier: Apache-2.0
/// What planning must know of the input, found out on rank 0 alone: stamps of all files, the bytes of a typical row, and
/// whether the rows have the fields that the recipe's operators read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/ops/op.hpp"
#include "dj/plan/execution_plan.hpp"
#include "dj/recipe/inputs.hpp"
#include "dj/recipe/recipe.hpp"

namespace dj {

struct InputSurvey {
    std::vector<InputFile> files;
    InputSample sample;
    std::uint64_t bytes = 0;  ///< Of all files, as they lie on disk.
};

/// Reads the first and last 64 KiB of every file, and no more but for a compressed one: a morsel of the first. Throws
/// UserError if none of the first records has a field that an operator reads as text (it names those that there are),
/// EnvironmentError if a file cannot be read.
[[nodiscard]] InputSurvey survey_inputs(FileSystem& files, const FoundInputs& inputs, const Recipe& recipe,
                                        const OpCatalog& catalog);

/// The partitions of the surveyed files, at `borders` if those have been looked for. A parquet file without rows is in
/// none.
[[nodiscard]] PartitionDecision plan_survey(const InputSurvey& survey, const FoundInputs& inputs,
                                            const PartitionOptions& options, const Resources& resources,
                                            const std::optional<std::vector<RowBorder>>& borders = {});

}  // namespace dj
