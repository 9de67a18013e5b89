// SPDX-License-Identifier: Apache-2.0
#include "compute_slots.hpp"

#include <algorithm>

namespace dj {

const ComputeShare* ComputeSlots::next() const {
    const auto least = std::ranges::min_element(
        waiting_, [](const ComputeShare* a, const ComputeShare* b) { return a->used_ < b->used_; });
    return least == waiting_.end() ? nullptr : *least;
}

void ComputeSlots::take(ComputeShare& share) {
    std::unique_lock lock(mutex_);
    // Who comes new, or comes back, has no claim on the time in which it did not ask.
    if (share.waiting_++ == 0) {
        share.used_ = std::max(share.used_, floor_);
        waiting_.push_back(&share);
    }
    changed_.wait(lock, [&] { return free_ > 0 && next() == &share; });
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
    }
    changed_.notify_all();
}

double ComputeShare::seconds() const {
    const std::lock_guard lock(slots_.mutex_);
    return seconds_;
}

}  // namespace dj
