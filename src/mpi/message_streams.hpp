// SPDX-License-Identifier: Apache-2.0
/// The two directions of a mailbox, used by its service thread alone. On the wire a message is its bytes with the tag
/// as the last four, cut into pieces if it is too large: the MPI tag says whether more pieces follow. Pieces between
/// two ranks arrive in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include <mpi.h>

#include "dj/mpi/mailbox.hpp"
#include "mpi/communicator_state.hpp"

namespace dj::mpi {

/// Sends are synchronous-mode (MPI_Issend): one is complete when its receiver takes it. That costs a small
/// acknowledgement, and buys an honest `pending_bytes` and a receiver that thousands of ranks cannot flood with eager
/// messages.
class OutgoingMessages {
public:
    explicit OutgoingMessages(const CommunicatorState& comm) : comm_(comm) {}
    void enqueue(int to, std::uint32_t tag, std::string bytes);
    /// Posts and completes what it can. Returns the bytes of the messages that have left, as `enqueue` got them;
    /// `progressed` becomes true if anything moved.
    std::uint64_t advance(bool& progressed);
    [[nodiscard]] bool is_idle() const { return messages_.empty(); }

private:
    struct Outgoing {
        int to = 0;
        std::string wire;
        std::size_t posted_bytes = 0;
        std::size_t pieces_in_flight = 0;
    };
    void post();
    std::uint64_t complete(bool& progressed);

    const CommunicatorState& comm_;
    std::list<Outgoing> messages_;
    std::list<Outgoing>::iterator next_ = messages_.end();  ///< The first that is not posted in full.
    std::vector<MPI_Request> requests_;
    std::vector<std::list<Outgoing>::iterator> owners_;  ///< By request.
    std::vector<int> done_;
};

class IncomingMessages {
public:
    explicit IncomingMessages(const CommunicatorState& comm) : comm_(comm) {}
    /// Takes what has come, and hands over what is complete, in each sender's order. Returns whether anything moved.
    bool advance(const std::function<void(Message&&)>& deliver);
    [[nodiscard]] bool is_idle() const { return arriving_.empty() && parts_.empty(); }

private:
    struct Incoming {
        int from = 0;
        bool is_last_piece = true;
        MPI_Request request = MPI_REQUEST_NULL;
        std::string wire;
    };
    bool take_one();
    void finish(Incoming&& piece, const std::function<void(Message&&)>& deliver);

    const CommunicatorState& comm_;
    std::list<Incoming> arriving_;
    std::unordered_map<int, std::string> parts_;  ///< By sender: the pieces so far of a message that was cut.
};

}  // namespace dj::mpi
