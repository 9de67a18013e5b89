// SPDX-License-Identifier: Apache-2.0
/// Whether a job id may be used: new, to be run again, or in another run's hands. First one looks, which may take a while
/// and changes nothing; when all else is known to be in order, one takes the job.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "dj/base/file_system.hpp"
#include "dj/recipe/places.hpp"
#include "dj/recipe/recipe.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {

/// What earlier starts of the job have left.
struct EarlierJob {
    int attempt = 0;  ///< The last one; 0: the job is new.
    std::optional<JobSummary>
        summary{};        ///< How the last start that got so far went; none: it is new or damaged.
    std::string ended{};  ///< "was stopped", "died", ...; empty: the job is new.
};

/// Rank 0. Waits up to ten seconds for another run of the job that seems to be dying, and says so. Throws UserError if it
/// lives on and `force` is not set, or if `resume` names a job that there is not.
[[nodiscard]] EarlierJob look_at_job(FileSystem& files, const Recipe& recipe, const RecipePlaces& places,
                                     bool force, const std::function<void(const std::string&)>& say);

/// Rank 0. Makes this process the job's next attempt after `earlier`, whose number is returned. Throws UserError naming the
/// other if somebody else was quicker, which nobody who starts later can be.
[[nodiscard]] int take_job(FileSystem& files, const RecipePlaces& places, const EarlierJob& earlier);

}  // namespace dj
