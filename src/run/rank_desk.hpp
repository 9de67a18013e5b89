// SPDX-License-Identifier: Apache-2.0
/// One rank's end of the conversation: sorts what arrives (assignments, the end of a pass, reasons to abandon, export
/// messages) and lets the rank's threads wait for it without spinning.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "dj/mpi/mailbox.hpp"
#include "dj/mpi/rank_watch.hpp"
#include "messages.hpp"

namespace dj {

class RankDesk {
public:
    struct Routes {
        std::function<void(mpi::Message&&)> to_coordinator;  ///< Rank 0 only.
        std::function<void(mpi::Message&&)> to_exporter;
        std::function<void(int from, Pulse&&)> to_progress;  ///< Rank 0 only.
        std::function<void(const mpi::Message&)> to_checkpoints;
    };

    /// Collective.
    RankDesk(const mpi::Communicator& communicator, Routes routes);
    ~RankDesk();

    void send(int to, Tag tag, std::string bytes);
    [[nodiscard]] int rank() const { return rank_; }
    [[nodiscard]] int size() const { return size_; }
    [[nodiscard]] std::uint64_t pending_bytes() const { return mailbox_->pending_bytes(); }

    /// Asks the coordinator for a partition; the answer comes to `next_assignment`.
    void claim();
    /// Waits for an assignment. nullopt if the run has been abandoned.
    [[nodiscard]] std::optional<Assignment> next_assignment();
    /// Waits for the end of the pass. nullopt if the run has been abandoned. `while_waiting` is called now and then.
    [[nodiscard]] std::optional<PassComplete> wait_for_pass(std::uint32_t pass,
                                                            const std::function<void()>& while_waiting);

    /// Tells the coordinator, and through it everybody, that the run cannot go on. Thread-safe; the first reason counts.
    void fail(std::exception_ptr error);
    void stop(std::string reason);
    [[nodiscard]] bool abandoned() const noexcept { return abandoned_flag_; }
    [[nodiscard]] std::optional<Abandon> reason() const;

    /// Collective. Delivers what is under way, then ends the service thread.
    void close();

private:
    void on_message(mpi::Message&& message);

    const int rank_;
    const int size_;
    Routes routes_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Assignment> assignments_;
    std::map<std::uint32_t, PassComplete> completes_;
    std::optional<Abandon> abandon_;
    std::atomic<bool> abandoned_flag_{false};
    std::unique_ptr<mpi::Mailbox> mailbox_;
    std::atomic<bool> ready_{
        false};  ///< Messages may arrive before `mailbox_` is set, and their answers need it.
    std::optional<mpi::LossListener> listener_;  ///< A loss ends the run here, whoever else hears of it.
};

}  // namespace dj
