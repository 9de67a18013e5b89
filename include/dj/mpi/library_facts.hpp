// SPDX-License-Identifier: Apache-2.0
/// What a bug report should say about MPI as it runs here.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dj/mpi/communicator.hpp"

namespace dj::mpi {

/// Name of the fact that is a plain number: how many ranks share rank 0's node.
inline constexpr const char* kRanksOnNode = "ranks on this node";

/// Collective. Names and values on rank 0, empty elsewhere: library, standard, the thread level that was granted, ranks and
/// nodes, the transports that MPI chose and those it could have chosen, and the libraries below it. What a library does
/// not tell is left out.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> library_facts(const Session& session,
                                                                             const Communicator& world);

}  // namespace dj::mpi
