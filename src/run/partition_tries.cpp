// SPDX-License-Identifier: Apache-2.0
#include "partition_tries.hpp"

#include <algorithm>

#include "dj/base/error.hpp"

namespace dj {

namespace {

constexpr auto kLookAround = std::chrono::milliseconds(50);

}  // namespace

bool may_pass(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const IoError&) {
        return true;
    } catch (const UserError&) {
        return false;
    } catch (const EnvironmentError&) {
        return false;
    } catch (...) {
        return true;
    }
}

std::string text_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& thrown) {
        return thrown.what();
    } catch (...) {
        return "an unknown error";
    }
}

std::uint64_t PartitionTries::begin(Try&& tried) {
    const std::lock_guard lock(mutex_);
    if (tried.retry > 0) ++retries_;
    open_.emplace(next_ticket_, std::move(tried));
    return next_ticket_++;
}

void PartitionTries::succeed(std::uint64_t ticket) {
    {
        const std::lock_guard lock(mutex_);
        open_.erase(ticket);
    }
    changed_.notify_all();
}

int PartitionTries::retry_of(std::uint64_t ticket) const {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(ticket);
    return found == open_.end() ? 0 : found->second.retry;
}

std::optional<PartitionTries::Verdict> PartitionTries::fail(std::uint64_t ticket, std::exception_ptr error,
                                                            std::uint64_t records) {
    Verdict verdict;
    {
        const std::lock_guard lock(mutex_);
        const auto found = open_.find(ticket);
        if (found == open_.end()) return std::nullopt;
        Waiting waiting{std::move(found->second), Clock::now()};
        open_.erase(found);
        waiting.tried.error = std::move(error);
        waiting.tried.records = records;
        if (waiting.tried.retry < spec_.max_retries && may_pass(waiting.tried.error)) {
            waiting.tried.error = nullptr;
            verdict.retry = ++waiting.tried.retry;
            verdict.delay_seconds = retry_delay_seconds(
                spec_.delays, job_id_, waiting.tried.assignment.partition, waiting.tried.retry);
            waiting.due += std::chrono::duration_cast<Clock::duration>(
                std::chrono::duration<double>(verdict.delay_seconds));
        }
        failed_.push_back(std::move(waiting));
    }
    changed_.notify_all();
    return verdict;
}

bool PartitionTries::under_way(std::uint64_t ticket) const {
    const std::lock_guard lock(mutex_);
    return open_.contains(ticket);
}

std::optional<PartitionTries::Try> PartitionTries::take_due() {
    const auto due = std::find_if(failed_.begin(), failed_.end(),
                                  [now = Clock::now()](const Waiting& one) { return one.due <= now; });
    if (due == failed_.end()) return std::nullopt;
    Try tried = std::move(due->tried);
    failed_.erase(due);
    return tried;
}

std::optional<PartitionTries::Try> PartitionTries::next(bool wait, const std::function<bool()>& abandoned) {
    std::unique_lock lock(mutex_);
    while (true) {
        if (auto tried = take_due()) return tried;
        if (!wait || (open_.empty() && failed_.empty()) || abandoned()) return std::nullopt;
        changed_.wait_for(lock, kLookAround);
    }
}

std::uint64_t PartitionTries::retries() const {
    const std::lock_guard lock(mutex_);
    return retries_;
}

}  // namespace dj
