// SPDX-License-Identifier: Apache-2.0
/// What a user sees of a run while it runs: lines drawn in place on a terminal, else a line now and then. On rank 0.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cli/live_terminal.hpp"
#include "dj/events/run_progress.hpp"
#include "dj/run/job.hpp"

namespace dj {

/// When a log gets its next line: after 5 s and 10 s, then every 10 s; every 30 s after 5 minutes, every minute after half
/// an hour.
class LineSchedule {
public:
    [[nodiscard]] bool due(double seconds);

private:
    double next_ = 5;
};

/// Thread-safe.
class ProgressDisplay {
public:
    enum class Form : std::uint8_t {
        none,
        people,  ///< Drawn in place where standard error is a terminal, else lines there.
        json,    ///< Lines on standard output, where all of the log is.
    };
    ProgressDisplay(Form form, std::string job_id);

    /// For `JobInput::progress`; points to this object.
    [[nodiscard]] ProgressWatch watch();
    void look(const RunProgress& progress);
    /// An error on standard error, above the drawn lines.
    void tell_error(const std::string& text);
    /// Takes away what was drawn, for good.
    void finish();

private:
    void draw(const RunProgress& progress);

    const Form form_;
    const std::string job_id_;
    std::mutex mutex_;
    std::optional<LiveTerminal> terminal_;
    std::vector<std::string> lines_;
    std::chrono::steady_clock::time_point drawn_;
    LineSchedule schedule_;
    bool finished_ = false;
};

}  // namespace dj
