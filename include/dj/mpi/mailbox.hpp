// SPDX-License-Identifier: Apache-2.0
/// Point-to-point messages between ranks, moved by one service thread per rank on a communicator of its own, so that a
/// rank that computes on all its cores still answers within a fraction of a millisecond. Sends never block; a message
/// to the own rank takes no detour through MPI. Messages between two ranks arrive in the order sent.
/// (Two-sided on purpose: see docs/adr on one-sided MPI.)
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "dj/mpi/communicator.hpp"

namespace dj::mpi {

struct Message {
    int from = 0;
    std::uint32_t tag = 0;
    std::string bytes;
};

class Mailbox {
public:
    /// Collective (duplicates the communicator). `on_message` runs on the service thread: it must not block, and may
    /// send. An exception from it is kept and rethrown by `close`.
    Mailbox(const Communicator& communicator, std::function<void(Message&&)> on_message);
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    /// Thread-safe. Returns at once; bytes are owned by the mailbox until they have left. After `close` was called here
    /// only `on_message` may send. Throws what stopped the service thread, if something (MPI) did.
    void send(int to, std::uint32_t tag, std::string bytes);
    /// Bytes handed to `send` that no receiver has begun to take yet: for back-pressure.
    [[nodiscard]] std::uint64_t pending_bytes() const;
    /// Rethrows the first exception of `on_message` or of the service thread, for those who wait for an answer.
    void rethrow_error() const;
    /// Collective. Delivers everything that any rank sent before its `close`, and what handlers send because of it, then
    /// stops the service thread. A mailbox that is destroyed without `close` drops what is under way.
    void close();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dj::mpi
