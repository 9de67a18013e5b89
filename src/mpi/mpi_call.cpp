// SPDX-License-Identifier: Apache-2.0
#include "mpi/mpi_call.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj::mpi {
namespace {

constexpr int kEagerPolls = 50;
constexpr int kShortestSleepMicroseconds = 20;
constexpr int kLongestSleepMicroseconds = 200;
constexpr int kLongestBackgroundSleepMicroseconds = 1000;
constexpr std::size_t kWindow = 64;

std::string error_text(int code) {
    std::array<char, MPI_MAX_ERROR_STRING> text{};
    int length = 0;
    if (MPI_Error_string(code, text.data(), &length) != MPI_SUCCESS) return fmt::format("error {}", code);
    return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

void check(int code, const char* call) {
    if (code == MPI_SUCCESS) return;
    throw EnvironmentError(fmt::format("{} failed: {}", call, error_text(code)));
}

int Backoff::next_sleep_microseconds() {
    if (++polls_ <= kEagerPolls) return 0;
    if (patience_ == Patience::bulk) return kShortestSleepMicroseconds;
    const int longest =
        patience_ == Patience::background ? kLongestBackgroundSleepMicroseconds : kLongestSleepMicroseconds;
    return std::min(kShortestSleepMicroseconds * (1 + (polls_ - kEagerPolls) / 8), longest);
}

void Backoff::pause() {
    const int microseconds = next_sleep_microseconds();
    if (microseconds == 0) {
        std::this_thread::yield();
    } else {
        std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
    }
}

void wait_all(const CommunicatorState& state, std::span<MPI_Request> requests, const char* call,
              Patience patience) {
    Backoff backoff(patience);
    std::vector<MPI_Status> statuses(requests.size());
    for (int done = 0;;) {
        const int code =
            MPI_Testall(static_cast<int>(requests.size()), requests.data(), &done, statuses.data());
        if (code == MPI_ERR_IN_STATUS) {
            for (const auto& status : statuses) {
                if (status.MPI_ERROR != MPI_ERR_PENDING) check(status.MPI_ERROR, call);
            }
        }
        check(code, call);
        if (done != 0) return;
        state.require_all_ranks();
        backoff.pause();
    }
}

void wait(const CommunicatorState& state, MPI_Request request, const char* call) {
    wait_all(state, {&request, 1}, call, Patience::idle);
}

void RequestWindow::add(MPI_Request request) {
    if (requests_.size() < kWindow) {
        requests_.push_back(request);
        return;
    }
    Backoff backoff(Patience::bulk);
    for (int done = 0, index = 0;;) {
        check(MPI_Testany(static_cast<int>(requests_.size()), requests_.data(), &index, &done,
                          MPI_STATUS_IGNORE),
              call_);
        if (done != 0) {
            requests_[static_cast<std::size_t>(index)] = request;
            return;
        }
        state_.require_all_ranks();
        backoff.pause();
    }
}

void RequestWindow::wait_all() {
    mpi::wait_all(state_, requests_, call_, Patience::bulk);
    requests_.clear();
}

}  // namespace dj::mpi
