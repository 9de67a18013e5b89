// SPDX-License-Identifier: Apache-2.0
#include "compute_slots.hpp"

#include <algorithm>

namespace dj {

const ComputeShare* ComputeSlots::next() const {
    const auto least = std::ranges::min_element(
        waiting_, [](const ComputeShare* a, const ComputeShare* b) { return a->used_ < b->used_; });
    return least == waiting_.end() ? nullptr : *least;
}

int ComputeSlots::waiting() const {
    const std::lock_guard lock(mutex_);
    int threads = 0;
    for (const ComputeShare* share : waiting_) threads += share->waiting_;
    return threads;
}

std::optional<ComputeSlots::Clock::time_point> ComputeSlots::kept_until(const ComputeShare& share) {
    const auto now = now_();
    std::erase_if(away_, [&](const Away& away) { return away.until <= now; });
    int kept = 0;
    auto first = Clock::time_point::max();
    for (const Away& away : away_) {
        // Runs of one weight may as well take turns: then no slot is kept.
        if (away.share->weight_ <= share.weight_ || away.share->used_ >= share.used_) continue;
        ++kept;
        first = std::min(first, away.until);
    }
    return kept < free_ ? std::nullopt : std::optional(first);
}

void ComputeSlots::take(ComputeShare& share) {
    std::unique_lock lock(mutex_);
    const auto back = std::ranges::find(away_, &share, &Away::share);
    if (back != away_.end()) away_.erase(back);
    if (share.waiting_++ == 0) {
        // Who comes new has no claim on the time in which it did not ask, and who comes back on no more than a little.
        share.used_ = std::max(share.used_, share.seconds_ > 0 ? floor_ - kMostCreditSeconds : floor_);
        waiting_.push_back(&share);
    }
    while (true) {
        if (free_ == 0 || next() != &share) {
            changed_.wait(lock);
        } else if (const auto until = kept_until(share)) {
            changed_.wait_for(lock, *until - now_());
        } else {
            break;
        }
    }
    --free_;
    floor_ = std::max(floor_, share.used_);
    if (--share.waiting_ == 0) std::erase(waiting_, &share);
    if (free_ > 0 && !waiting_.empty()) changed_.notify_all();
}

void ComputeSlots::give_back(ComputeShare& share, double seconds) {
    {
        const std::lock_guard lock(mutex_);
        ++free_;
        share.seconds_ += seconds;
        share.used_ += seconds / share.weight_;
        // The thread is about to come for its next turn. If whoever waits took the slot at once, runs would take turns one by
        // one, whatever their weights are.
        const std::chrono::duration<double> most(std::min(kMostAwaySeconds, seconds / kTurnsPerAway));
        if (share.waiting_ == 0)
            away_.push_back({&share, now_() + std::chrono::duration_cast<Clock::duration>(most)});
    }
    changed_.notify_all();
}

void ComputeSlots::forget(const ComputeShare& share) {
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(away_, [&](const Away& away) { return away.share == &share; });
    }
    changed_.notify_all();
}

double ComputeShare::seconds() const {
    const std::lock_guard lock(slots_.mutex_);
    return seconds_;
}

}  // namespace dj
