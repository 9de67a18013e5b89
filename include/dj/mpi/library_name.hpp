// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace dj::mpi {

/// "Open MPI v4.1.4", "MPICH 4.0.2": the short of what MPI_Get_library_version says, which may be a page long. Calls no MPI.
[[nodiscard]] std::string library_name(const std::string& version);

}  // namespace dj::mpi
