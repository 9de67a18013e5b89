// SPDX-License-Identifier: Apache-2.0
/// The process that runs a job, as seen from this machine.
#pragma once

#include "dj/report/job_state.hpp"

namespace dj {

/// Sets `owner_is_gone`. A killed run leaves no word of its end, but on the same host its process is seen to be gone; of
/// other hosts nothing is known.
void look_for_owner(JobState& state);

}  // namespace dj
