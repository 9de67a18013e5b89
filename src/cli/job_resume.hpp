// SPDX-License-Identifier: Apache-2.0
/// What a start of a job may take over from the starts before it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/checked_recipe.hpp"
#include "cli/job_claim.hpp"
#include "cli/partition_table.hpp"
#include "dj/base/file_system.hpp"

namespace dj {

struct JobResumption {
    bool complete = false;  ///< The job was completed as it is asked for now, and its output is there.
    std::optional<PartitionTable> table{};  ///< To be used as it is; none: nothing has been done yet.
    bool verify_input = false;    ///< Files seem to have been written again: only their content can tell.
    std::string recipe_change{};  ///< What is asked for now and was not before; empty: nothing.
    std::vector<std::string> notices{};  ///< One line each.
};

/// Compares recipe and input (`found`: as it is now) with those of an earlier start. Changes nothing. Throws UserError if
/// the job cannot go on, because the input is not what it was or because its partition table is lost: which file, what has
/// changed, what to do.
[[nodiscard]] JobResumption compare_with_earlier(FileSystem& files, const CheckedRecipe& checked,
                                                 const std::vector<InputFile>& found,
                                                 const EarlierJob& earlier);

/// Throws UserError: the job cannot go on, since its input is not what it was.
[[noreturn]] void refuse_input(const std::string& job_id, const std::string& difference);

}  // namespace dj
