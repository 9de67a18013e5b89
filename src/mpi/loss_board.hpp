// SPDX-License-Identifier: Apache-2.0
/// What a rank knows of lost ranks: one board for all communicators of a session.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "dj/mpi/rank_watch.hpp"

namespace dj::mpi {

class LossBoard {
public:
    explicit LossBoard(double timeout_seconds) : rank_timeout_seconds(timeout_seconds) {}

    /// As wanted by the user; for the watch to read.
    std::atomic<double> rank_timeout_seconds;

    [[nodiscard]] bool any() const noexcept { return any_.load(std::memory_order_acquire); }
    [[nodiscard]] std::optional<LostRank> first() const {
        const std::lock_guard lock(mutex_);
        return first_;
    }
    [[nodiscard]] bool is_lost(int rank) const {
        if (!any()) return false;
        const std::lock_guard lock(mutex_);
        return ranks_.contains(rank);
    }
    void require_none() const {
        if (any()) throw RankLost(*first());
    }
    /// The first loss is told to listeners, on the calling thread. Returns whether it was.
    bool report(const LostRank& lost) {
        const std::lock_guard lock(mutex_);
        ranks_.insert(lost.rank);
        if (first_) return false;
        first_ = lost;
        any_.store(true, std::memory_order_release);
        for (const auto& [id, listener] : listeners_) listener(lost);
        return true;
    }

    /// `listener` is called at once if there is a loss already.
    std::uint64_t add(std::function<void(const LostRank&)> listener) {
        const std::lock_guard lock(mutex_);
        if (first_) listener(*first_);
        listeners_.emplace(++last_id_, std::move(listener));
        return last_id_;
    }
    /// When it returns, the listener is not running and will not.
    void remove(std::uint64_t id) {
        const std::lock_guard lock(mutex_);
        listeners_.erase(id);
    }

private:
    std::atomic<bool> any_{false};
    mutable std::mutex mutex_;
    std::optional<LostRank> first_;
    std::set<int> ranks_;
    std::map<std::uint64_t, std::function<void(const LostRank&)>> listeners_;
    std::uint64_t last_id_ = 0;
};

}  // namespace dj::mpi
