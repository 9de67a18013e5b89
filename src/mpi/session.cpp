// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/mpi/communicator.hpp"
#include "mpi/mpi_call.hpp"

namespace dj::mpi {
namespace {

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

/// Weaker than what the user has set. Called before any thread exists.
void set_default(const char* name, const char* value) {
    if (!is_set(name)) setenv(name, value, 1);
}

/// Without a launcher there is nobody to talk to: no daemon to fork, no networks to look for. 0.03 s instead of 0.4 s.
void choose_singleton_settings() {
    set_default("OMPI_MCA_ess_singleton_isolated", "1");
    // Singletons of a host would share one folder in /tmp: they race for making it, and the first that ends removes it.
    set_default("OMPI_MCA_orte_create_session_dirs", "0");
    set_default("OMPI_MCA_pml", "ob1");
    set_default("OMPI_MCA_btl", "self");
    set_default("OMPI_MCA_osc", "^ucx");
    set_default("OMPI_MCA_coll", "^hcoll");
}

/// `srun -n 4` whose MPI plug-in is `none` starts four programs that each believe to be alone, and would write the same
/// files. A shell inside an allocation, or a batch script, has no step or one of a single task.
void refuse_tasks_without_mpi() {
    const char* tasks = std::getenv("SLURM_STEP_NUM_TASKS");
    if (tasks == nullptr || std::strtol(tasks, nullptr, 10) <= 1) return;
    throw EnvironmentError(fmt::format(
        "srun started {} tasks without telling them of each other (neither PMIX_RANK nor PMI_RANK is set). "
        "Start them with `srun --mpi=pmix`, or with mpirun; `srun --mpi=list` shows what this cluster has",
        tasks));
}

}  // namespace

bool Session::launched() {
    // Slurm's own variables prove nothing: a program started by hand under salloc or in a batch script has them too.
    constexpr std::array kLauncherVariables = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE",
                                               "PMI_FD"};
    for (const char* name : kLauncherVariables) {
        if (is_set(name)) return true;
    }
    return false;
}

Session::Session() {
    int initialised = 0;
    check(MPI_Initialized(&initialised), "MPI_Initialized");
    if (initialised != 0) throw Bug("MPI is initialised already: there is one Session per process");
    if (!launched()) {
        refuse_tasks_without_mpi();
        choose_singleton_settings();
    }
    // A rank inside a library's blocking call (MPI-IO) must not keep the core from the threads that compute.
    set_default("OMPI_MCA_mpi_yield_when_idle", "1");
    int provided = MPI_THREAD_SINGLE;
    check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_MULTIPLE, &provided), "MPI_Init_thread");
    check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    if (provided < MPI_THREAD_MULTIPLE) {
        const auto library = library_version();
        MPI_Finalize();
        throw EnvironmentError(
            fmt::format("MPI_THREAD_MULTIPLE is needed, but this MPI gives thread level {} only ({}): use "
                        "one built with it",
                        provided, library));
    }
}

Session::~Session() {
    int finalised = 0;
    if (MPI_Finalized(&finalised) == MPI_SUCCESS && finalised == 0) MPI_Finalize();
}

void Session::abort(int exit_code) {
    MPI_Abort(MPI_COMM_WORLD, exit_code);
    std::_Exit(exit_code);
}

std::string Session::library_version() const {
    std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
    int length = 0;
    check(MPI_Get_library_version(text.data(), &length), "MPI_Get_library_version");
    std::string_view version(text.data(), static_cast<std::size_t>(length));
    version = version.substr(0, version.find('\0'));  // some libraries count the final NUL
    return std::string(version);
}

}  // namespace dj::mpi
