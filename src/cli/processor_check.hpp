// SPDX-License-Identifier: Apache-2.0
/// Whether this processor can run what the compiler made.
#pragma once

namespace dj {

/// Throws EnvironmentError where the program was built for newer processors: better than dying of an illegal
/// instruction in the middle of a job.
void check_processor();

}  // namespace dj
