// SPDX-License-Identifier: Apache-2.0
/// `close` finds the end of all traffic by Mattern's four counters: two consecutive sums over all ranks that agree, and
/// in which all that was sent is delivered. A wave takes O(log P) messages, nobody tells P others what it sent them, and
/// messages that handlers still send in answer are waited for too.
#include "dj/mpi/mailbox.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "dj/base/error.hpp"
#include "mpi/communicator_state.hpp"
#include "mpi/message_streams.hpp"
#include "mpi/mpi_call.hpp"

namespace dj::mpi {
namespace {

/// Sent and delivered messages.
using Counters = std::array<std::uint64_t, 2>;

/// The waves of one `close`. Service thread only.
class EndOfTraffic {
public:
    explicit EndOfTraffic(const CommunicatorState& comm) : comm_(comm) {}
    [[nodiscard]] bool in_wave() const { return request_ != MPI_REQUEST_NULL; }
    void start_wave(const Counters& here) {
        here_ = here;
        check(MPI_Iallreduce(here_.data(), sum_.data(), static_cast<int>(sum_.size()), MPI_UINT64_T, MPI_SUM,
                             comm_.comm, &request_),
              "MPI_Iallreduce");
    }
    /// Whether the wave under way has ended and shows that no message is left anywhere.
    bool reached() {
        int done = 0;
        check(MPI_Test(&request_, &done, MPI_STATUS_IGNORE), "MPI_Test");
        if (done == 0) return false;
        const bool all_delivered = sum_[0] == sum_[1];
        const bool unchanged = previous_ == sum_;
        previous_ = sum_;
        return all_delivered && unchanged;
    }

private:
    const CommunicatorState& comm_;
    MPI_Request request_ = MPI_REQUEST_NULL;
    Counters here_{};
    Counters sum_{};
    std::optional<Counters> previous_;
};

}  // namespace

struct Mailbox::State {
    struct Queued {
        int to = 0;
        std::uint32_t tag = 0;
        std::string bytes;
    };

    State(const Communicator& parent, std::function<void(Message&&)> handler)
        : communicator(parent.duplicate()), comm(*communicator.state_), on_message(std::move(handler)) {}

    Communicator communicator;
    const CommunicatorState& comm;
    const std::function<void(Message&&)> on_message;
    std::atomic<std::uint64_t> pending_bytes{0};
    std::thread service;

    mutable std::mutex mutex;  ///< Guards what follows, up to the service thread's own.
    std::condition_variable wake;
    bool woken = false;
    bool closing = false;
    bool abandoned = false;
    bool stopped = false;
    std::thread::id service_id;
    std::deque<Queued> queue;
    std::uint64_t sent_count = 0;
    std::exception_ptr error;

    std::uint64_t delivered_count = 0;
    OutgoingMessages outgoing{comm};
    IncomingMessages incoming{comm};
    EndOfTraffic end{comm};

    void keep_error() {
        const std::lock_guard lock(mutex);
        if (!error) error = std::current_exception();
    }

    /// The handler goes on getting messages after it threw: other ranks may be waiting for the answers to them.
    void deliver(Message&& message) {
        try {
            on_message(std::move(message));
        } catch (...) {
            keep_error();
        }
        ++delivered_count;
    }

    bool send_queued() {
        std::deque<Queued> taken;
        {
            const std::lock_guard lock(mutex);
            taken.swap(queue);
            woken = false;
        }
        for (auto& message : taken) {
            if (message.to != comm.rank) {
                outgoing.enqueue(message.to, message.tag, std::move(message.bytes));
                continue;
            }
            pending_bytes -= message.bytes.size();
            deliver({.from = comm.rank, .tag = message.tag, .bytes = std::move(message.bytes)});
        }
        return !taken.empty();
    }

    /// Nothing where this rank is not yet to take part in the next wave of a close.
    std::optional<Counters> counters_for_wave() {
        const std::lock_guard lock(mutex);
        if (!closing || !queue.empty() || !outgoing.is_idle() || !incoming.is_idle()) return std::nullopt;
        return Counters{sent_count, delivered_count};
    }

    bool is_closing() {
        const std::lock_guard lock(mutex);
        return closing;
    }

    bool is_abandoned() {
        const std::lock_guard lock(mutex);
        return abandoned;
    }

    void pause(Backoff& backoff) {
        const std::chrono::microseconds duration(backoff.next_sleep_microseconds());
        if (duration.count() == 0) {
            std::this_thread::yield();
            return;
        }
        std::unique_lock lock(mutex);
        const auto is_woken = [this] { return woken; };
        // A rank alone gets no messages but its own, and those wake the thread.
        if (comm.size == 1 && !closing) {
            wake.wait(lock, is_woken);
        } else {
            wake.wait_for(lock, duration, is_woken);
        }
    }

    void serve() {
        Backoff backoff(Patience::background);
        while (!is_abandoned()) {
            bool progressed = send_queued();
            pending_bytes -= outgoing.advance(progressed);
            progressed |= incoming.advance([this](Message&& message) { deliver(std::move(message)); });
            if (is_closing()) comm.require_all_ranks();
            if (end.in_wave()) {
                if (end.reached()) return;
            } else if (const auto counters = counters_for_wave()) {
                end.start_wave(*counters);
            }
            if (progressed) {
                backoff.reset();
            } else {
                pause(backoff);
            }
        }
    }

    void run() noexcept {
        {
            const std::lock_guard lock(mutex);
            service_id = std::this_thread::get_id();
        }
        try {
            serve();
        } catch (...) {
            keep_error();
        }
        const std::lock_guard lock(mutex);
        stopped = true;
    }

    void rouse(bool& flag) {
        const std::lock_guard lock(mutex);
        flag = true;
        woken = true;
        wake.notify_all();
    }
};

Mailbox::Mailbox(const Communicator& communicator, std::function<void(Message&&)> on_message)
    : state_(std::make_unique<State>(communicator, std::move(on_message))) {
    state_->service = std::thread([state = state_.get()] { state->run(); });
}

Mailbox::~Mailbox() {
    if (!state_->service.joinable()) return;
    state_->rouse(state_->abandoned);
    state_->service.join();
    // MPI may still read and write what is in flight, and one rank alone cannot free the communicator.
    static_cast<void>(state_.release());
}

void Mailbox::send(int to, std::uint32_t tag, std::string bytes) {
    if (to < 0 || to >= state_->comm.size) throw Bug("a message to a rank that does not exist");
    const std::uint64_t size = bytes.size();
    const std::lock_guard lock(state_->mutex);
    const bool from_handler = std::this_thread::get_id() == state_->service_id;
    if (state_->stopped && state_->error) std::rethrow_exception(state_->error);
    if (state_->stopped || (state_->closing && !from_handler)) throw Bug("a message was sent after close");
    state_->queue.push_back({.to = to, .tag = tag, .bytes = std::move(bytes)});
    ++state_->sent_count;
    state_->pending_bytes += size;
    if (!from_handler) {
        state_->woken = true;
        state_->wake.notify_all();
    }
}

std::uint64_t Mailbox::pending_bytes() const { return state_->pending_bytes; }

void Mailbox::rethrow_error() const {
    const std::lock_guard lock(state_->mutex);
    if (state_->error) std::rethrow_exception(state_->error);
}

void Mailbox::close() {
    if (!state_->service.joinable()) return;
    state_->rouse(state_->closing);
    state_->service.join();
    rethrow_error();
}

}  // namespace dj::mpi
