// SPDX-License-Identifier: Apache-2.0
/// How far this rank is: one tally, added to when a morsel or a round of an exchange is done, read by the thread that
/// reports it. Thread-safe; a morsel costs one lock and some additions.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "dj/events/run_progress.hpp"
#include "partition_state.hpp"

namespace dj {

/// What all ranks are doing: a pass, an exchange, the end.
struct Activity {
    std::string text;  ///< For people.
    WorkUnit unit = WorkUnit::rows;
    std::uint64_t total = 0;  ///< Over all ranks, in `unit`; 0: not known.
};

class WorkMeter {
public:
    /// `steps`: as in `PartitionState::tallies`.
    explicit WorkMeter(std::size_t steps) : tallies_(steps) {}

    /// All ranks begin the same activities in the same order: its number tells them apart in messages.
    void begin_pass(std::uint32_t pass, Activity activity) { begin(pass, true, std::move(activity)); }
    /// Between two passes, or after the last.
    void begin(Activity activity) { begin(std::nullopt, false, std::move(activity)); }

    void advance(std::uint64_t rows, std::uint64_t bytes) {
        const std::lock_guard lock(mutex_);
        rows_ += rows;
        bytes_ += bytes;
    }

    void add(const std::vector<StepTally>& tallies, std::uint64_t rows, std::uint64_t bytes) {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < tallies.size(); ++i) tallies_[i] += tallies[i];
        rows_ += rows;
        bytes_ += bytes;
    }

    struct Reading {
        std::uint32_t number = 0;  ///< Of the activity, from 1; 0: none yet.
        std::uint32_t pass = 0;
        bool is_pass = false;
        Activity activity;
        std::chrono::steady_clock::time_point begun;
        std::uint64_t rows = 0;  ///< Of this rank, in this activity.
        std::uint64_t bytes = 0;
        std::vector<StepTally> tallies;  ///< Of this rank, since the run began.
    };
    [[nodiscard]] Reading read() const {
        const std::lock_guard lock(mutex_);
        return {number_, pass_, is_pass_, activity_, begun_, rows_, bytes_, tallies_};
    }

    struct Finished {
        Activity activity;
        std::uint32_t pass = 0;
        double seconds = 0;
    };
    /// All but the present one.
    [[nodiscard]] std::vector<Finished> finished() const {
        const std::lock_guard lock(mutex_);
        return finished_;
    }

private:
    void begin(std::optional<std::uint32_t> pass, bool is_pass, Activity activity) {
        const std::lock_guard lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        if (number_ > 0) {
            finished_.push_back(
                {std::move(activity_), pass_, std::chrono::duration<double>(now - begun_).count()});
        }
        ++number_;
        pass_ = pass.value_or(pass_);
        is_pass_ = is_pass;
        activity_ = std::move(activity);
        begun_ = now;
        rows_ = bytes_ = 0;
    }

    mutable std::mutex mutex_;
    std::uint32_t number_ = 0;
    std::uint32_t pass_ = 0;
    bool is_pass_ = false;
    Activity activity_;
    std::chrono::steady_clock::time_point begun_;
    std::uint64_t rows_ = 0;
    std::uint64_t bytes_ = 0;
    std::vector<StepTally> tallies_;
    std::vector<Finished> finished_;
};

}  // namespace dj
