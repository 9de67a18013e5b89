// SPDX-License-Identifier: Apache-2.0
/// Whether the input is still what stored states were made of: by its content, not by the stamps of its files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dj/mpi/communicator.hpp"
#include "dj/run/job.hpp"

namespace dj {

struct InputVerification {
    std::uint64_t partitions = 0;      ///< Of which there are states, and which were read again.
    std::vector<std::string> changed;  ///< What is not as it was, one line each, at most a few per rank.
    bool complete = true;              ///< False if a stop was requested meanwhile.
};

/// Collective. Reads every partition again of which a state is stored in `spec.checkpoint.folder`, and compares with the hash
/// that is stored with it. A partition whose states tell none counts as changed. `input` is used on rank 0 only, and rank
/// 0 gets the result. Throws EnvironmentError or UserError on rank 0 alone, with the words of the first rank that could
/// not read.
[[nodiscard]] InputVerification verify_input(const mpi::Communicator& world,
                                             const JobSurroundings& surroundings, const JobSpec& spec,
                                             const JobInput& input);

}  // namespace dj
