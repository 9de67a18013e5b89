// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dj/base/exit_code.hpp"

namespace dj {

/// Collective. Initialises MPI as a job does; rank 0 prints {"MPI": {name: value}, "HDF5": {name: value}} in one line.
/// `dj-tools env`, which does without MPI, asks for it.
[[nodiscard]] ExitCode probe_mpi();

}  // namespace dj
