// SPDX-License-Identifier: Apache-2.0
/// The threads of a rank, shared by runs that go on there at once. Every run has as many threads as the rank may use; a
/// thread computes only while it holds a slot. Whoever has had the least of its due gets the next one, so that runs advance
/// in proportion to their weights, and none leaves a core idle that another can use; but for a moment, in which a thread
/// whose run is behind comes back for its next turn.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace dj {

class ComputeShare;

/// Thread-safe. Outlives its shares.
class ComputeSlots {
public:
    using Clock = std::chrono::steady_clock;
    /// `now`: the clock by which turns are measured; another for tests.
    explicit ComputeSlots(int slots, std::function<Clock::time_point()> now = &Clock::now)
        : now_(std::move(now)), free_(slots) {}

    /// Threads that wait for a slot now.
    [[nodiscard]] int waiting() const;

private:
    friend class ComputeShare;
    /// A thread between two turns.
    struct Away {
        const ComputeShare* share;
        Clock::time_point until;  ///< So long a slot is kept for it.
    };
    /// A slot is kept for no longer than this, and this part of the turn before: what that costs is bounded.
    static constexpr double kMostAwaySeconds = 1e-3;
    static constexpr double kTurnsPerAway = 8;
    static constexpr double kMostCreditSeconds = 0.1;

    void take(ComputeShare& share);
    void give_back(ComputeShare& share, double seconds);
    void forget(const ComputeShare& share);
    [[nodiscard]] const ComputeShare* next() const;
    /// While all free slots are kept for threads of runs that are further behind; nothing: one is there for the taking.
    [[nodiscard]] std::optional<Clock::time_point> kept_until(const ComputeShare& share);

    const std::function<Clock::time_point()> now_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    int free_;
    double floor_ = 0;  ///< What the last share that was served had used: who comes later begins there.
    std::vector<ComputeShare*> waiting_;
    std::vector<Away> away_;
};

class ComputeShare {
public:
    ComputeShare(ComputeSlots& slots, double weight) : slots_(slots), weight_(weight) {}
    ~ComputeShare() { slots_.forget(*this); }
    ComputeShare(const ComputeShare&) = delete;
    ComputeShare& operator=(const ComputeShare&) = delete;

    /// Computing, from its making to its end. With a null share it is always one's turn.
    class Turn {
    public:
        explicit Turn(ComputeShare* share) : share_(share) {
            if (share_ != nullptr) share_->slots_.take(*share_);
            if (share_ != nullptr) begin_ = share_->slots_.now_();
        }
        ~Turn() {
            if (share_ == nullptr) return;
            const std::chrono::duration<double> used = share_->slots_.now_() - begin_;
            share_->slots_.give_back(*share_, used.count());
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        ComputeShare* share_;
        ComputeSlots::Clock::time_point begin_{};
    };

    /// Thread seconds so far.
    [[nodiscard]] double seconds() const;

private:
    friend class ComputeSlots;
    ComputeSlots& slots_;
    const double weight_;
    double used_ = 0;  ///< Seconds over weight, from where it began.
    double seconds_ = 0;
    int waiting_ = 0;  ///< Threads.
};

}  // namespace dj
