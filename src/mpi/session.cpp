// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/mpi/communicator.hpp"
#include "dj/mpi/library_name.hpp"
#include "mpi/mpi_call.hpp"

namespace dj::mpi {
namespace {

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

#ifdef OPEN_MPI
constexpr const char* kLauncher = "mpirun";
constexpr const char* kSlurmPlugin = "pmix";

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

/// A rank inside a library's blocking call (MPI-IO) must not keep the core from the threads that compute.
void choose_waiting() { set_default("OMPI_MCA_mpi_yield_when_idle", "1"); }
#else
// MPICH and its kin: alone they start in 0.03 s, and who waits yields (MPIR_CVAR_POLLS_BEFORE_YIELD) without being told.
constexpr const char* kLauncher = "mpiexec";
constexpr const char* kSlurmPlugin = "pmi2";

void choose_singleton_settings() {}
void choose_waiting() {}
#endif

/// `srun -n 4` whose MPI plug-in is `none` starts four programs that each believe to be alone, and would write the same
/// files. A shell inside an allocation, or a batch script, has no step or one of a single task.
void refuse_tasks_without_mpi() {
    const char* tasks = std::getenv("SLURM_STEP_NUM_TASKS");
    if (tasks == nullptr || std::strtol(tasks, nullptr, 10) <= 1) return;
    throw EnvironmentError(fmt::format(
        "srun started {} tasks without telling them of each other (neither PMIX_RANK nor PMI_RANK is set). "
        "Start them with `srun --mpi={}`, or with {}; `srun --mpi=list` shows what this cluster has",
        tasks, kSlurmPlugin, kLauncher));
}

/// How many processes the launcher says it has started; the sizes of all that have left their word, if one runs inside
/// another. srun's word counts where there is no other: the scripts that it starts may have launchers of their own.
std::vector<long> sizes_told() {
    std::vector<long> sizes;
    for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
        if (is_set(name)) sizes.push_back(std::strtol(std::getenv(name), nullptr, 10));
    }
    if (sizes.empty() && is_set("SLURM_STEP_NUM_TASKS"))
        sizes.push_back(std::strtol(std::getenv("SLURM_STEP_NUM_TASKS"), nullptr, 10));
    return sizes;
}

/// A launcher that does not speak this MPI's language starts the processes all the same, and each of them would be alone
/// and write the same files.
void refuse_foreign_launcher(const std::string& library) {
    int size = 0;
    check(MPI_Comm_size(MPI_COMM_WORLD, &size), "MPI_Comm_size");
    const auto told = sizes_told();
    if (size != 1 || told.empty() || std::ranges::any_of(told, [](long n) { return n <= 1; })) return;
    MPI_Finalize();
    throw EnvironmentError(
        fmt::format("{} processes were started, but each finds itself alone: their launcher is not the one "
                    "of the MPI that this "
                    "program was built with ({}). Use {} of the same MPI, or `srun --mpi={}`",
                    told.front(), library_name(library), kLauncher, kSlurmPlugin));
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
    choose_waiting();
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
    refuse_foreign_launcher(library_version());
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
