// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>

#include "cli/machine_facts.hpp"
#include "cli/process_environment.hpp"

namespace dj {
namespace {

constexpr std::array<std::string_view, 36> kNames = {
    "OMP_NUM_THREADS", "OMP_PROC_BIND", "OMP_PLACES", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE",
    // Process management: who told the ranks of each other.
    "PMIX_RANK", "PMIX_NAMESPACE", "PMIX_VERSION", "PMIX_BFROP_BUFFER_TYPE", "PMIX_GDS_MODULE", "PMI_RANK",
    "PMI_SIZE", "PMI_VERSION", "HYDRA_LAUNCHER",
    // What Slurm was asked for and granted.
    "SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_NNODES", "SLURM_NTASKS", "SLURM_STEP_NUM_TASKS",
    "SLURM_TASKS_PER_NODE", "SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE", "SLURM_MEM_PER_NODE",
    "SLURM_MEM_PER_CPU", "SLURM_MPI_TYPE", "SLURM_CPU_BIND", "SLURM_JOB_NODELIST", "SLURM_JOB_PARTITION",
    "SLURM_RESTART_COUNT", "DJ_SLURM_MPI", "TMPDIR", "XDG_STATE_HOME", "LANG", "LC_ALL", "LD_PRELOAD",
    "MALLOC_ARENA_MAX"};

/// Settings of communication libraries, all of them: whichever it is, it changes how a job runs.
constexpr std::array<std::string_view, 7> kFamilies = {"OMPI_MCA_", "PMIX_MCA_", "MPIR_CVAR_", "MPICH_",
                                                       "UCX_",      "FI_",       "MIMALLOC_"};
/// What launchers of Open MPI tell their ranks in the same family: addresses, keys and numbers of one run.
constexpr std::array<std::string_view, 5> kInternal = {"OMPI_MCA_orte_", "OMPI_MCA_ess_", "OMPI_MCA_pmix",
                                                       "OMPI_MCA_initial_wdir", "OMPI_MCA_shmem_RUNTIME_"};

bool in_family(std::string_view name) {
    const auto begins = [name](std::string_view prefix) { return name.starts_with(prefix); };
    return std::ranges::any_of(kFamilies, begins) && std::ranges::none_of(kInternal, begins);
}

}  // namespace

FactSection environment_facts() {
    FactSection section{.title = "environment"};
    const auto variables = environment_variables();
    const std::map<std::string, std::string> environment(variables.begin(), variables.end());
    for (const auto name : kNames) {
        if (const auto found = environment.find(std::string(name)); found != environment.end())
            section.facts.emplace_back(name, found->second);
    }
    for (const auto& [name, value] : environment) {
        if (in_family(name)) section.facts.emplace_back(name, value);
    }
    return section;
}

}  // namespace dj
