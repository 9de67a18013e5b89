// SPDX-License-Identifier: Apache-2.0
/// How this module calls MPI: failing calls become exceptions, waiting calls leave the core to those who compute.
#pragma once

#include <span>
#include <vector>

#include <mpi.h>

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
/// a core get on.
void wait_all(std::span<MPI_Request> requests, const char* call, Patience patience);
void wait(MPI_Request request, const char* call);

/// Requests in flight, never more than a window of them.
class RequestWindow {
public:
    explicit RequestWindow(const char* call) : call_(call) {}
    void add(MPI_Request request);
    void wait_all();

private:
    const char* call_;
    std::vector<MPI_Request> requests_;
};

}  // namespace dj::mpi
