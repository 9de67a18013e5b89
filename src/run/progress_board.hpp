// SPDX-License-Identifier: Apache-2.0
/// Rank 0's view of all ranks: takes their pulses, and tells on request what the run is doing. Thread-safe; a pulse
/// costs time in the number of steps, a look in the number of ranks.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "coordinator.hpp"
#include "dj/events/run_progress.hpp"
#include "job_accounts.hpp"
#include "messages.hpp"
#include "work_meter.hpp"

namespace dj {

class ProgressBoard {
public:
    /// All arguments are referred to and outlive the board.
    ProgressBoard(const JobSpec& spec, const JobInput& input, const Coordinator& coordinator, int ranks);

    void take(int from, Pulse&& pulse);
    /// A dataset-wide operator has decided.
    void note(const ResolvedOp& resolved);

    /// `here`: rank 0's own meter, which knows the activity. `seconds`: since the run began.
    [[nodiscard]] RunProgress look(const WorkMeter::Reading& here, double seconds);

    /// Read so far, decompressed.
    [[nodiscard]] std::uint64_t input_bytes() const { return coordinator_.pass_state().bytes_read; }

private:
    struct Rank {
        Pulse last;
        double busy = -1;
        double measured_seconds = 0;  ///< When and with what `busy` was measured.
        double measured_cpu_seconds = 0;
        std::uint32_t host = 0;
        bool heard = false;
    };
    /// How far the activity was at a moment.
    struct Mark {
        double seconds = 0;
        std::uint64_t rows = 0;
        std::uint64_t bytes = 0;
        std::uint64_t done = 0;
    };

    void measure_load(Rank& rank, const Pulse& pulse) const;
    void fill_ranks(RunProgress& progress, std::uint32_t activity) const;
    void fill_amounts(RunProgress& progress, const WorkMeter::Reading& here) const;
    void estimate_input(RunProgress& progress, const Coordinator::PassState& pass) const;
    void fill_rates(RunProgress& progress, std::uint32_t activity);

    const JobSpec& spec_;
    const Coordinator& coordinator_;
    std::uint32_t passes_ = 1;
    std::uint64_t planned_bytes_ = 0;
    bool planned_is_exact_ = true;  ///< What is read is what lies on disk: nothing is compressed.

    mutable std::mutex mutex_;
    std::vector<Rank> ranks_;
    std::vector<StepTally> totals_;  ///< Over the last pulses of all ranks.
    std::vector<ResolvedOp> resolved_;
    std::vector<std::string> hosts_;
    std::map<std::string, std::uint32_t> host_numbers_;
    std::uint32_t marked_activity_ = 0;
    std::deque<Mark> marks_;
};

}  // namespace dj
