// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <mpi.h>

#include "dj/mpi/communicator.hpp"

namespace dj::mpi {

struct CommunicatorState {
    MPI_Comm comm = MPI_COMM_NULL;
    bool owned = false;  ///< False for the world, which MPI frees itself.
    int rank = 0;
    int size = 1;
    std::uint64_t message_limit_bytes = kMaxMessageBytes;

    CommunicatorState(MPI_Comm handle, bool is_owned, std::uint64_t limit_bytes);
    ~CommunicatorState();
    CommunicatorState(const CommunicatorState&) = delete;
    CommunicatorState& operator=(const CommunicatorState&) = delete;
};

}  // namespace dj::mpi
