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

/// dj-mpi and its libraries. The MPI library is asked without being initialised.
[[nodiscard]] FactSection software_facts();
[[nodiscard]] FactSection machine_facts();
/// rlimits, cgroup, scratch space.
[[nodiscard]] FactSection limit_facts();
/// Sockets, cores, caches, NUMA, as hwloc sees them.
[[nodiscard]] FactSection topology_facts();
/// Variables that change how a job runs; only names that hold no secrets.
[[nodiscard]] FactSection environment_facts();

}  // namespace dj
