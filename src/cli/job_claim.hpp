// SPDX-License-Identifier: Apache-2.0
/// Whether a job id may be used: new, to be run again, or in another run's hands.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "dj/base/file_system.hpp"
#include "dj/recipe/places.hpp"
#include "dj/recipe/recipe.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {

struct JobClaim {
    int attempt = 1;
    std::optional<JobSummary> earlier{};  ///< How the last start went.
    bool nothing_to_do = false;           ///< `resume` of a job that is complete, whose output is there.
};

/// Rank 0. Waits up to ten seconds for another run of the job that seems to be dying, and says so. Throws UserError if it
/// lives on and `force` is not set, or if `resume` names a job that there is not.
[[nodiscard]] JobClaim claim_job(FileSystem& files, const Recipe& recipe, const RecipePlaces& places,
                                 bool force, const std::function<void(const std::string&)>& say);

}  // namespace dj
