// SPDX-License-Identifier: Apache-2.0
/// Partitions of the input that a rank is at work on, and those that failed and are to be tried again. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "dj/run/job.hpp"
#include "messages.hpp"

namespace dj {

/// Whether the same may go well another time: a disk's refusal, no memory, a defect of ours, but not what is wrong with
/// the recipe or with the data.
[[nodiscard]] bool may_pass(const std::exception_ptr& error);
[[nodiscard]] std::string text_of(const std::exception_ptr& error);

class PartitionTries {
public:
    PartitionTries(const RetrySpec& spec, std::string job_id) : spec_(spec), job_id_(std::move(job_id)) {}

    struct Try {
        Assignment assignment;
        int retry = 0;  ///< 0: the first try.
        std::exception_ptr error{};
        std::uint64_t records = 0;  ///< Read by the try that failed last.
    };

    /// A try begins; returns its ticket, by which the threads that take part in it know it.
    std::uint64_t begin(Try&& tried);
    void succeed(std::uint64_t ticket);
    /// How often the partition had been tried before this try; 0 for one that is not under way.
    [[nodiscard]] int retry_of(std::uint64_t ticket) const;
    /// What follows a failure: another try, or none.
    struct Verdict {
        int retry = 0;             ///< Number of the try to come; 0: there is none.
        double delay_seconds = 0;  ///< Until then.
    };
    /// The first failure of a try ends it; later ones are its echo, for which nothing is returned.
    std::optional<Verdict> fail(std::uint64_t ticket, std::exception_ptr error, std::uint64_t records);
    [[nodiscard]] bool under_way(std::uint64_t ticket) const;

    /// One that is to be tried now (`error` is null) or given up (`error` says why). `wait`: until there is one, or none is
    /// under way any more, or `abandoned`.
    [[nodiscard]] std::optional<Try> next(bool wait, const std::function<bool()>& abandoned);
    /// Retries that have been begun.
    [[nodiscard]] std::uint64_t retries() const;

private:
    using Clock = std::chrono::steady_clock;
    struct Waiting {
        Try tried;
        Clock::time_point due;
    };
    std::optional<Try> take_due();

    const RetrySpec& spec_;
    const std::string job_id_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::uint64_t, Try> open_;
    std::vector<Waiting> failed_;
    std::uint64_t next_ticket_ = 1;
    std::uint64_t retries_ = 0;
};

}  // namespace dj
