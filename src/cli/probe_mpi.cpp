// SPDX-License-Identifier: Apache-2.0
#include "cli/probe_mpi.hpp"

#include <nlohmann/json.hpp>

#include "cli/terminal.hpp"
#include "dj/base/error.hpp"
#include "dj/mpi/library_facts.hpp"
#include "dj/storage/hdf5_facts.hpp"

namespace dj {

ExitCode probe_mpi() {
    const mpi::Session session;
    const auto world = mpi::Communicator::world();
    const auto facts = mpi::library_facts(session, world);
    if (!world.is_root()) return ExitCode::done;
    nlohmann::ordered_json result;
    for (const auto& [name, value] : facts) result["MPI"][name] = value;
    for (const auto& [name, value] : hdf5_facts()) result["HDF5"][name] = value;
    const auto text = result.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
    if (!write_all(1, text)) throw EnvironmentError("standard output cannot be written to");
    return ExitCode::done;
}

}  // namespace dj
