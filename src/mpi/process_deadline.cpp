// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>

#include "dj/mpi/communicator.hpp"

namespace dj::mpi {

struct ProcessDeadline::State {
    std::mutex mutex;
    std::condition_variable changed;
    bool over = false;
    std::thread thread;
};

ProcessDeadline::ProcessDeadline(double seconds, int exit_code, std::string text,
                                 std::function<void(const std::string&)> tell)
    : state_(std::make_unique<State>()) {
    state_->thread = std::thread(
        [state = state_.get(), seconds, exit_code, text = std::move(text), tell = std::move(tell)] {
            std::unique_lock lock(state->mutex);
            if (state->changed.wait_for(lock, std::chrono::duration<double>(seconds),
                                        [&] { return state->over; }))
                return;
            if (!text.empty()) tell(text);
            std::_Exit(exit_code);
        });
}

ProcessDeadline::~ProcessDeadline() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->over = true;
    }
    state_->changed.notify_all();
    state_->thread.join();
}

}  // namespace dj::mpi
