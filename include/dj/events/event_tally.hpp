// SPDX-License-Identifier: Apache-2.0
/// What a stream of events adds up to: progress, counts per operator, trouble. Bounded memory however long the stream.
/// The log carries a tally over when it rotates, so that figures survive the loss of its oldest files.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "dj/base/step_count.hpp"

namespace dj {

struct OpTally {
    StepCount count;
    double seconds = 0;            ///< Elapsed, summed over partitions.
    std::uint64_t partitions = 0;  ///< In which it completed.
    bool operator==(const OpTally&) const = default;
};

struct NotedEvent {
    double timestamp = 0;
    std::string type;
    std::string message;
    bool operator==(const NotedEvent&) const = default;
};

/// The last `performance_metric` and `resource_usage` about the whole job.
struct NotedProgress {
    double timestamp = 0;  ///< 0: there has been none.
    std::string activity{};
    std::uint64_t pass = 0;  ///< From 1.
    std::uint64_t passes = 0;
    std::optional<double> share{};  ///< Of the activity.
    double rows_per_second = 0;
    double bytes_per_second = 0;
    std::optional<double> seconds_left{};  ///< Of the activity.
    bool operator==(const NotedProgress&) const = default;
};
struct NotedUsage {
    double timestamp = 0;                 ///< 0: there has been none.
    std::uint64_t largest_rss_bytes = 0;  ///< Of the rank that had most.
    std::uint64_t peak_rss_bytes = 0;
    std::uint64_t budget_bytes = 0;  ///< Per rank.
    double cpu_seconds = 0;
    std::optional<double> busy_least{};  ///< Share of the granted cores' time.
    double busy_median = 0;
    double busy_most = 0;
    std::uint64_t least_busy_rank = 0;
    std::string least_busy_host{};
    bool operator==(const NotedUsage&) const = default;
};

struct EventTally {
    static constexpr std::size_t kNotedEvents = 10;

    int attempt = 0;
    double first_timestamp = 0;  ///< Of this attempt; 0 if there are no events.
    double last_timestamp = 0;
    std::optional<std::uint64_t> partitions_total{};
    std::uint64_t bytes_total = 0;
    std::uint64_t partitions_started = 0;
    std::uint64_t partitions_done = 0;
    std::uint64_t partitions_resumed = 0;  ///< Of the done ones, taken from an earlier start.
    std::uint64_t partitions_failed = 0;   ///< Failures recorded, retries included.
    std::uint64_t rows_in = 0;             ///< Of partitions done.
    std::uint64_t rows_out = 0;
    std::uint64_t bytes_done = 0;
    std::uint64_t bytes_resumed = 0;  ///< Part of bytes_done that cost this start no time.
    std::uint64_t rows_quarantined = 0;
    std::uint64_t warnings = 0;
    std::uint64_t errors = 0;
    std::string ended_by{};  ///< "job_complete", "job_failed", "job_stopping" or empty.
    std::map<std::pair<std::string, std::uint64_t>, OpTally> ops{};  ///< By branch and operator's index.
    std::deque<NotedEvent> noted{};                                  ///< The last warnings and errors.
    NotedProgress progress{};
    NotedUsage usage{};

    /// Adds an event as it stands in the file. An event of a later attempt starts the tally afresh, one of an earlier
    /// attempt changes nothing. Fields that are missing or of another type count as absent.
    void add(const nlohmann::json& event);

    bool operator==(const EventTally&) const = default;
};

[[nodiscard]] nlohmann::json to_json(const EventTally& tally);
/// The reverse; what is missing keeps its default.
[[nodiscard]] EventTally event_tally_from_json(const nlohmann::json& json);

}  // namespace dj
