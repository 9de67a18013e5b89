// SPDX-License-Identifier: Apache-2.0
#include "dj/run/stop_request.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "dj/base/error.hpp"
#include "dj/base/exit_code.hpp"

namespace dj {

namespace {

constexpr int kPollMilliseconds = 500;
/// `timeout`, mpirun and srun signal a process and then its group: what comes so soon is the same request.
constexpr auto kOneSignal = std::chrono::milliseconds(500);

std::string_view name_of(int signal_number) {
    switch (signal_number) {
        case SIGINT: return "SIGINT";
        case SIGTERM: return "SIGTERM";
        case SIGHUP: return "SIGHUP";
        default: return "SIGUSR1";
    }
}

}  // namespace

struct StopRequest::State {
    int signals = -1;
    int wake = -1;
    std::atomic<bool> requested{false};
    std::atomic<bool> closing{false};
    std::mutex mutex;
    std::string reason;
    std::optional<std::chrono::steady_clock::time_point> deadline;
    std::string deadline_reason;
    std::optional<std::chrono::steady_clock::time_point> first_signal;  // used by the watcher alone
    std::filesystem::path file;
    std::thread watcher;
    const StopRequest* parent = nullptr;

    void request(std::string why) {
        const std::lock_guard lock(mutex);
        if (requested) return;
        reason = std::move(why);
        requested = true;
    }

    void take_signal() {
        signalfd_siginfo info{};
        if (::read(signals, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return;
        const int number = static_cast<int>(info.ssi_signo);
        const auto now = std::chrono::steady_clock::now();
        const bool asks_twice = number != SIGUSR1 && first_signal && now - *first_signal > kOneSignal;
        if (asks_twice) ::_exit(static_cast<int>(ExitCode::stopped));
        if (!first_signal) first_signal = now;
        request(std::string(name_of(number)));
    }

    void look_around() {
        std::filesystem::path control;
        {
            const std::lock_guard lock(mutex);
            control = file;
            if (requested) return;
            if (deadline && std::chrono::steady_clock::now() >= *deadline) {
                reason = deadline_reason;
                requested = true;
                return;
            }
        }
        std::error_code ignored;
        if (!control.empty() && std::filesystem::exists(control, ignored)) {
            request(fmt::format("the control file {}", control.string()));
        }
    }

    void loop() {
        pollfd fds[2] = {{signals, POLLIN, 0}, {wake, POLLIN, 0}};
        while (!closing) {
            ::poll(fds, 2, kPollMilliseconds);
            if ((fds[0].revents & POLLIN) != 0) take_signal();
            look_around();
        }
    }
};

StopRequest::StopRequest() : state_(std::make_unique<State>()) {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&set, number);
    // A lost terminal ends the job in order, unless nohup said that it is to go on.
    struct sigaction hangup {};
    if (::sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);
    if (::pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0) throw EnvironmentError("cannot block signals");
    state_->signals = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    state_->wake = ::eventfd(0, EFD_CLOEXEC);
    if (state_->signals < 0 || state_->wake < 0) {
        throw EnvironmentError(fmt::format("cannot watch signals: {}", std::strerror(errno)));
    }
    state_->watcher = std::thread([state = state_.get()] { state->loop(); });
}

StopRequest::StopRequest(const StopRequest* parent) : state_(std::make_unique<State>()) {
    state_->parent = parent;
}

StopRequest::~StopRequest() {
    if (!state_->watcher.joinable()) return;
    state_->closing = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(state_->wake, &one, sizeof one);
    state_->watcher.join();
    ::close(state_->signals);
    ::close(state_->wake);
}

void StopRequest::watch(const std::optional<TimeLimit>& limit, std::filesystem::path file) {
    // More than a clock can count is for ever.
    constexpr double kLongest = 100.0 * 365 * 24 * 3600;
    const std::lock_guard lock(state_->mutex);
    if (limit && limit->seconds < kLongest) {
        state_->deadline_reason = limit->reason;
        state_->deadline = std::chrono::steady_clock::now() +
                           std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                               std::chrono::duration<double>(limit->seconds));
    }
    state_->file = std::move(file);
}

void StopRequest::request(std::string reason) { state_->request(std::move(reason)); }

bool StopRequest::requested() const noexcept {
    return state_->requested || (state_->parent != nullptr && state_->parent->requested());
}

std::string StopRequest::reason() const {
    const std::lock_guard lock(state_->mutex);
    return state_->reason.empty() && state_->parent != nullptr ? state_->parent->reason() : state_->reason;
}

}  // namespace dj
