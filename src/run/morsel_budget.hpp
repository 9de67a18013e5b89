// SPDX-License-Identifier: Apache-2.0
/// The memory of the morsels that are under way in one run on one rank. Readers wait before they bring more than the run
/// may hold; a morsel that alone needs more than that ends the run, by an error that says what did it.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace dj {

/// Thread-safe.
class MorselBudget {
public:
    explicit MorselBudget(std::uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}

    /// Waits until the morsel has room beside the others, or is the only one. `give_up` is looked at now and then.
    template <class GiveUp>
    void take(std::uint64_t bytes, GiveUp give_up) {
        std::unique_lock lock(mutex_);
        while (used_bytes_ > 0 && used_bytes_ + bytes > limit_bytes_ && !give_up())
            changed_.wait_for(lock, kLookInterval);
        change(bytes);
    }
    /// It has turned out to need more than was taken for it.
    void add(std::uint64_t bytes) {
        const std::lock_guard lock(mutex_);
        change(bytes);
    }
    void give_back(std::uint64_t bytes) {
        {
            const std::lock_guard lock(mutex_);
            used_bytes_ -= bytes;
        }
        changed_.notify_all();
    }

    [[nodiscard]] std::uint64_t limit_bytes() const { return limit_bytes_; }
    [[nodiscard]] std::uint64_t peak_bytes() const {
        const std::lock_guard lock(mutex_);
        return peak_bytes_;
    }

private:
    static constexpr std::chrono::milliseconds kLookInterval{100};

    void change(std::uint64_t bytes) {
        used_bytes_ += bytes;
        peak_bytes_ = std::max(peak_bytes_, used_bytes_);
    }

    const std::uint64_t limit_bytes_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t used_bytes_ = 0;
    std::uint64_t peak_bytes_ = 0;
};

/// What one morsel holds of a budget, until its end.
class MorselCharge {
public:
    MorselCharge() = default;
    /// It has been taken.
    MorselCharge(MorselBudget& budget, std::uint64_t bytes) : budget_(&budget), bytes_(bytes) {}
    MorselCharge(MorselCharge&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), bytes_(other.bytes_) {}
    MorselCharge& operator=(MorselCharge&& other) noexcept {
        std::swap(budget_, other.budget_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~MorselCharge() {
        if (budget_ != nullptr) budget_->give_back(bytes_);
    }

    void grow_to(std::uint64_t bytes) {
        if (budget_ == nullptr || bytes <= bytes_) return;
        budget_->add(bytes - bytes_);
        bytes_ = bytes;
    }

private:
    MorselBudget* budget_ = nullptr;
    std::uint64_t bytes_ = 0;
};

}  // namespace dj
