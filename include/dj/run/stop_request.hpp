// SPDX-License-Identifier: Apache-2.0
/// Whether the job has been asked to stop: by SIGINT, SIGTERM, SIGHUP or SIGUSR1, by the run time being up, or by a control
/// file. Signals are taken by a thread of the object through signalfd, so there is no handler and no global state.
/// Make it before MPI and any thread: it blocks the signals for all threads started later.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace dj {

struct TimeLimit {
    double seconds = 0;  ///< From now.
    std::string reason;  ///< For the request that comes then.
};

class StopRequest {
public:
    /// A second signal other than SIGUSR1, half a second or more after the first, ends the process at once with exit
    /// code 75.
    StopRequest();
    /// A request of its own that is also made when `parent`, which outlives it, is: for a part of a job.
    explicit StopRequest(const StopRequest* parent);
    ~StopRequest();
    StopRequest(const StopRequest&) = delete;
    StopRequest& operator=(const StopRequest&) = delete;

    /// Also stop when the time is up, and when `file` appears (looked at twice a second).
    void watch(const std::optional<TimeLimit>& limit, std::filesystem::path file);
    void request(std::string reason);

    [[nodiscard]] bool requested() const noexcept;
    /// "SIGUSR1", "the run time of 3600 s is up", ...; empty if not requested.
    [[nodiscard]] std::string reason() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dj
