// SPDX-License-Identifier: Apache-2.0
/// How this module calls MPI: failing calls become exceptions, waiting calls leave the core to those who compute.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <mpi.h>

#include "mpi/communicator_state.hpp"

namespace dj::mpi {

/// Throws EnvironmentError with the call's name and MPI's text unless `code` is MPI_SUCCESS.
void check(int code, const char* call);

/// How long a thread that polls may sleep between two polls.
enum class Patience {
    idle,        ///< Waiting for other ranks, maybe for minutes: up to 200 µs.
    background,  ///< A thread of its own waits for messages that nobody is held up by: up to 1 ms.
    bulk,        ///< Data is moving, and polling is what moves it: up to 20 µs.
};

/// Polls a few times without sleeping, then sleeps longer and longer. `reset` after every success.
class Backoff {
public:
    explicit Backoff(Patience patience) : patience_(patience) {}
    void pause();
    void reset() { polls_ = 0; }
    /// What `pause` would sleep now; 0 while it still polls eagerly. Counts as a poll.
    [[nodiscard]] int next_sleep_microseconds();

private:
    Patience patience_;
    int polls_ = 0;
};

/// Waits until all requests are complete. Blocking MPI calls spin; this does not, so that ranks and threads that share
/// a core get on. Throws RankLost when a rank is lost meanwhile: the requests are then under way for ever, see InFlight.
void wait_all(const CommunicatorState& state, std::span<MPI_Request> requests, const char* call,
              Patience patience);
void wait(const CommunicatorState& state, MPI_Request request, const char* call);

/// Requests in flight, never more than a window of them.
class RequestWindow {
public:
    RequestWindow(const CommunicatorState& state, const char* call) : state_(state), call_(call) {}
    void add(MPI_Request request);
    void wait_all();

private:
    const CommunicatorState& state_;
    const char* call_;
    std::vector<MPI_Request> requests_;
};

/// Memory that MPI writes to. Unless it has `landed`, MPI may still do so when the scope is left by an exception: then it
/// is given up, not freed.
template <class T>
class InFlight {
public:
    explicit InFlight(T value) : value_(std::make_unique<T>(std::move(value))) {}
    ~InFlight() {
        if (!landed_) static_cast<void>(value_.release());
    }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;
    [[nodiscard]] T& operator*() { return *value_; }
    [[nodiscard]] T* operator->() { return value_.get(); }
    [[nodiscard]] T landed() {
        landed_ = true;
        return std::move(*value_);
    }

private:
    std::unique_ptr<T> value_;
    bool landed_ = false;
};

}  // namespace dj::mpi
