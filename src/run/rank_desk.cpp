// SPDX-License-Identifier: Apache-2.0
#include "rank_desk.hpp"

#include <chrono>

namespace dj {

namespace {

constexpr auto kLookAroundInterval = std::chrono::milliseconds(100);

}  // namespace

RankDesk::RankDesk(const mpi::Communicator& communicator, Routes routes)
    : rank_(communicator.rank()), size_(communicator.size()), routes_(std::move(routes)) {
    mailbox_ = std::make_unique<mpi::Mailbox>(
        communicator, [this](mpi::Message&& message) { on_message(std::move(message)); });
    ready_ = true;
    ready_.notify_all();
    listener_.emplace(communicator.on_loss([this](const mpi::LostRank& lost) {
        {
            const std::lock_guard lock(mutex_);
            if (!abandon_) abandon_ = Abandon{EndKind::stopped, lost.rank, lost.text()};
            abandoned_flag_ = true;
        }
        changed_.notify_all();
    }));
}

RankDesk::~RankDesk() = default;

void RankDesk::send(int to, Tag tag, std::string bytes) {
    mailbox_->send(to, static_cast<std::uint32_t>(tag), std::move(bytes));
}

void RankDesk::on_message(mpi::Message&& message) {
    ready_.wait(false);
    switch (static_cast<Tag>(message.tag)) {
        case Tag::assignment: {
            const std::lock_guard lock(mutex_);
            assignments_.push_back(Assignment::unpack(message.bytes));
            break;
        }
        case Tag::pass_complete: {
            PassComplete complete = PassComplete::unpack(message.bytes);
            const std::lock_guard lock(mutex_);
            completes_.emplace(complete.pass, std::move(complete));
            break;
        }
        case Tag::abandon: {
            const std::lock_guard lock(mutex_);
            if (!abandon_) abandon_ = Abandon::unpack(message.bytes);
            abandoned_flag_ = true;
            break;
        }
        case Tag::place_partition:
        case Tag::place_block:
        case Tag::close_shard:
        case Tag::block_piece: routes_.to_exporter(std::move(message)); return;
        case Tag::commit:
        case Tag::commit_wanted:
        case Tag::rescued: routes_.to_checkpoints(message); return;
        case Tag::pulse: routes_.to_progress(message.from, Pulse::unpack(message.bytes)); return;
        default: routes_.to_coordinator(std::move(message)); return;
    }
    changed_.notify_all();
}

void RankDesk::claim() { send(0, Tag::claim, {}); }

std::optional<Assignment> RankDesk::next_assignment() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return abandon_ || !assignments_.empty(); });
    if (abandon_) return std::nullopt;
    Assignment assignment = std::move(assignments_.front());
    assignments_.pop_front();
    return assignment;
}

std::optional<PassComplete> RankDesk::wait_for_pass(std::uint32_t pass,
                                                    const std::function<void()>& while_waiting) {
    std::unique_lock lock(mutex_);
    while (!abandon_ && !completes_.contains(pass)) {
        changed_.wait_for(lock, kLookAroundInterval);
        lock.unlock();
        while_waiting();
        lock.lock();
    }
    // What the coordinator said first counts, so that all ranks take the same way: it never completes a pass after it
    // has abandoned the run, but a reason to abandon may follow the end of a pass before this thread wakes.
    const auto complete = completes_.find(pass);
    if (complete == completes_.end()) return std::nullopt;
    return complete->second;
}

void RankDesk::fail(std::exception_ptr error) {
    send(0, Tag::failed, Abandon::of(std::move(error), rank_).pack());
}

void RankDesk::stop(std::string reason) {
    send(0, Tag::failed, Abandon{EndKind::stopped, rank_, std::move(reason)}.pack());
}

std::optional<Abandon> RankDesk::reason() const {
    const std::lock_guard lock(mutex_);
    return abandon_;
}

void RankDesk::close() { mailbox_->close(); }

}  // namespace dj
