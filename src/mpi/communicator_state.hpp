// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include <mpi.h>

#include "dj/mpi/communicator.hpp"
#include "mpi/loss_board.hpp"

namespace dj::mpi {

struct CommunicatorState {
    MPI_Comm comm = MPI_COMM_NULL;
    bool owned = false;  ///< False for the world, which MPI frees itself.
    int rank = 0;
    int size = 1;
    std::uint64_t message_limit_bytes = kMaxMessageBytes;
    std::shared_ptr<LossBoard> losses;  ///< Null: nobody watches.

    CommunicatorState(MPI_Comm handle, bool is_owned);
    [[nodiscard]] bool has_losses() const { return losses && losses->any(); }
    void require_all_ranks() const {
        if (losses) losses->require_none();
    }
    ~CommunicatorState();
    CommunicatorState(const CommunicatorState&) = delete;
    CommunicatorState& operator=(const CommunicatorState&) = delete;
};

}  // namespace dj::mpi
