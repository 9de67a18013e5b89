// SPDX-License-Identifier: Apache-2.0
#include "cli/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dj {
namespace {

using Clock = std::chrono::steady_clock;

int milliseconds_until(Clock::time_point end) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000));
}

/// What a child writes to one of its descriptors.
class Pipe {
public:
    Pipe() {
        if (::pipe2(ends_.data(), O_CLOEXEC) != 0) ends_ = {-1, -1};
    }
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    [[nodiscard]] int reading_end() const { return ends_[0]; }
    [[nodiscard]] int writing_end() const { return ends_[1]; }
    void close_writing_end() { close_end(1); }
    /// Takes what there is; closes at the end.
    void read_into(std::string& text) {
        std::array<char, 4096> bytes{};
        const auto got = ::read(ends_[0], bytes.data(), bytes.size());
        if (got > 0) text.append(bytes.data(), static_cast<std::size_t>(got));
        if (got == 0 || (got < 0 && errno != EINTR)) close_end(0);
    }

private:
    void close_end(std::size_t end) {
        if (ends_[end] >= 0) ::close(ends_[end]);
        ends_[end] = -1;
    }
    std::array<int, 2> ends_{-1, -1};
};

/// 0 if it cannot be started. In the caller's process group: what a terminal tells the one, it tells the other.
pid_t spawn(const std::vector<std::string>& command, const Pipe& out, const Pipe& err) {
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out.writing_end(), 1);
    posix_spawn_file_actions_adddup2(&actions, err.writing_end(), 2);
    pid_t process = 0;
    const int failed =
        ::posix_spawnp(&process, arguments.front(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed == 0 ? process : 0;
}

/// Until both are closed; false if the time was over before.
bool read_all(Pipe& out, Pipe& err, ChildResult& result, Clock::time_point end) {
    while (out.reading_end() >= 0 || err.reading_end() >= 0) {
        std::array<pollfd, 2> waiting{{{out.reading_end(), POLLIN, 0}, {err.reading_end(), POLLIN, 0}}};
        const int ready = ::poll(waiting.data(), waiting.size(), milliseconds_until(end));
        if (ready < 0 && errno != EINTR) return false;
        if (ready == 0) return false;
        if (ready < 0) continue;
        if (waiting[0].revents != 0) out.read_into(result.out);
        if (waiting[1].revents != 0) err.read_into(result.err);
    }
    return true;
}

/// Status of a child that ends in time.
std::optional<int> wait_for(pid_t process, Clock::time_point end) {
    constexpr auto kLookInterval = std::chrono::milliseconds(2);
    int status = 0;
    while (true) {
        const pid_t ended = ::waitpid(process, &status, WNOHANG);
        if (ended == process) return status;
        if (ended < 0 && errno != EINTR) return std::nullopt;
        if (milliseconds_until(end) == 0) return std::nullopt;
        std::this_thread::sleep_for(kLookInterval);
    }
}

}  // namespace

ChildResult run_child(const std::vector<std::string>& command, double timeout_seconds) {
    ChildResult result;
    Pipe out;
    Pipe err;
    if (out.writing_end() < 0 || err.writing_end() < 0) return result;
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                        std::chrono::duration<double>(timeout_seconds));
    const pid_t process = spawn(command, out, err);
    if (process == 0) return result;
    out.close_writing_end();
    err.close_writing_end();
    std::optional<int> status;
    if (read_all(out, err, result, end)) status = wait_for(process, end);
    if (!status) {
        result.timed_out = true;
        ::kill(process, SIGKILL);
        int ignored = 0;
        while (::waitpid(process, &ignored, 0) < 0 && errno == EINTR) {
        }
        return result;
    }
    if (WIFEXITED(*status)) result.exit_code = WEXITSTATUS(*status);
    return result;
}

}  // namespace dj
