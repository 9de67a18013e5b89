// SPDX-License-Identifier: Apache-2.0
/// The process that runs a job, as seen from this machine.
#pragma once

#include "dj/report/job_state.hpp"
#include "dj/storage/job_attempt.hpp"

namespace dj {

/// This process, now.
[[nodiscard]] AttemptOwner this_process();

/// Whether the process is known not to be there any more. Of other machines, and of containers other than one's own,
/// nothing is known.
[[nodiscard]] bool is_gone(const AttemptOwner& owner);

/// Whether the process is known to be there, on this machine, and the same one still.
[[nodiscard]] bool is_here(const AttemptOwner& owner);

/// Sets `owner_is_gone`: a killed run leaves no word of its end.
void look_for_owner(JobState& state);

}  // namespace dj
