// SPDX-License-Identifier: Apache-2.0
/// The threads of a rank, shared by runs that go on there at once. Every run has as many threads as the rank may use; a
/// thread computes only while it holds a slot. Whoever waits with the least of its due gets the next one, so that runs
/// advance in proportion to their weights, and none leaves a core idle that another can use.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

namespace dj {

class ComputeShare;

/// Thread-safe. Outlives its shares.
class ComputeSlots {
public:
    explicit ComputeSlots(int slots) : free_(slots) {}

private:
    friend class ComputeShare;
    void take(ComputeShare& share);
    void give_back(ComputeShare& share, double seconds);
    [[nodiscard]] const ComputeShare* next() const;

    std::mutex mutex_;
    std::condition_variable changed_;
    int free_;
    double floor_ = 0;  ///< What the last share that was served had used: who comes later begins there.
    std::vector<ComputeShare*> waiting_;
};

class ComputeShare {
public:
    ComputeShare(ComputeSlots& slots, double weight) : slots_(slots), weight_(weight) {}
    ComputeShare(const ComputeShare&) = delete;
    ComputeShare& operator=(const ComputeShare&) = delete;

    /// Computing, from its making to its end. With a null share it is always one's turn.
    class Turn {
    public:
        explicit Turn(ComputeShare* share) : share_(share) {
            if (share_ != nullptr) share_->slots_.take(*share_);
            begin_ = std::chrono::steady_clock::now();
        }
        ~Turn() {
            if (share_ == nullptr) return;
            const std::chrono::duration<double> used = std::chrono::steady_clock::now() - begin_;
            share_->slots_.give_back(*share_, used.count());
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        ComputeShare* share_;
        std::chrono::steady_clock::time_point begin_;
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
