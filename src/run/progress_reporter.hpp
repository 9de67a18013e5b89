// SPDX-License-Identifier: Apache-2.0
/// The thread of a rank that reports how far it is: to rank 0, by a pulse now and then; on rank 0 to whoever watches the
/// run, and to the event log. It never touches what computes, and nothing waits for it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "dj/run/job.hpp"
#include "progress_board.hpp"
#include "rank_desk.hpp"
#include "work_meter.hpp"

namespace dj {

/// Seconds between two pulses of a rank. Rank 0 gets at most 256 pulses a second however many ranks there are: at a few
/// microseconds each a thousandth of one core. So 128 ranks report twice a second, 4,096 every 16 s, each at a time of its
/// own within the interval, and the sum over all moves evenly.
[[nodiscard]] double pulse_interval_seconds(int ranks);

/// When the event log gets figures: every 10 s at first, half as often after every 60 times. A day makes about 500.
class EventSchedule {
public:
    [[nodiscard]] bool due(double seconds);

private:
    double next_ = 10;
    double interval_ = 10;
    int times_ = 0;
};

class ProgressReporter {
public:
    struct Context {
        const JobSpec& spec;
        const JobInput& input;
        const WorkMeter& meter;
        RankDesk& desk;
        std::string host;
        ProgressBoard* board = nullptr;  ///< On rank 0.
    };

    /// `context.board` and all references outlive the reporter.
    explicit ProgressReporter(Context context);
    ~ProgressReporter();
    ProgressReporter(const ProgressReporter&) = delete;
    ProgressReporter& operator=(const ProgressReporter&) = delete;

    /// Sends a last pulse and ends the thread. Before the desk is closed. Never throws.
    void stop();

    /// On rank 0, when all ranks' last pulses have come: the figures of the whole run to the event log.
    void record_end();

private:
    void loop();
    void pulse();
    void look();
    [[nodiscard]] double seconds() const;
    [[nodiscard]] Pulse measure() const;
    void record(const RunProgress& progress, std::uint32_t activity);

    const Context context_;
    const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    EventSchedule schedule_;               ///< The thread's own.
    std::uint32_t recorded_activity_ = 0;  ///< Likewise.
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace dj
