// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dj::mpi {

/// The components that move messages in Open MPI: those it keeps after MPI_Init, by the standard's tool interface, which
/// shows the variables of open components alone; and those it has on disk. Nothing with another MPI. Not collective; between
/// MPI_Init and MPI_Finalize.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> open_mpi_transports();

}  // namespace dj::mpi
