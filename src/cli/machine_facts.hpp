// SPDX-License-Identifier: Apache-2.0
/// What a bug report should say about the machine. Nothing here fails: what cannot be found out is left out.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dj {

struct FactSection {
    std::string title;
    std::vector<std::pair<std::string, std::string>> facts;
};

/// dj-mpi, and where its libraries are.
[[nodiscard]] FactSection software_facts();
/// "MPI" and "HDF5", by the word of a dj-mpi that starts MPI as a job does; as many of them as ranks were launched find each
/// other. One that is not back after `timeout_seconds` is ended, and that is said. Collective in that sense.
[[nodiscard]] std::vector<FactSection> mpi_facts(double timeout_seconds);
[[nodiscard]] FactSection machine_facts();
/// What a rank gets that shares the machine with as many; rlimits, cgroup, fabric, scratch space.
[[nodiscard]] FactSection limit_facts(int ranks_on_node);
/// Sockets, cores, caches, NUMA, as hwloc sees them.
[[nodiscard]] FactSection topology_facts();
/// Variables that change how a job runs; only names that hold no secrets.
[[nodiscard]] FactSection environment_facts();

}  // namespace dj
