// SPDX-License-Identifier: Apache-2.0
/// What a run is doing at this moment, as plain values: `run` measures it on rank 0, events keep it, `report` shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dj/base/step_count.hpp"

namespace dj {

/// What an activity's `done` and `total` count.
enum class WorkUnit : std::uint8_t { bytes, rows, keys };
[[nodiscard]] std::string_view to_string(WorkUnit unit);

struct WorkRates {
    double rows_per_second = 0;
    double bytes_per_second = 0;
};

struct RankLoad {
    double busy = -1;  ///< CPU time over the time of the granted cores, lately; negative: not heard of yet.
    std::uint64_t rss_bytes = 0;
    std::uint64_t peak_rss_bytes = 0;
    double cpu_seconds = 0;
    std::uint32_t host = 0;  ///< Index into `RunProgress::hosts`.
};

/// A job is a chain of passes; between two passes all ranks decide together what a dataset-wide operator keeps. Each of
/// these is an activity.
struct RunProgress {
    double seconds = 0;  ///< Since the run began.
    std::uint32_t pass = 0;
    std::uint32_t passes = 1;
    std::string activity{};  ///< "reading the input", "document_deduplicator: comparing keys"
    double activity_seconds = 0;
    WorkUnit unit = WorkUnit::rows;
    std::uint64_t done = 0;   ///< Of this activity, in `unit`.
    std::uint64_t total = 0;  ///< 0: not known.
    bool total_is_estimated = false;
    std::uint64_t rows = 0;   ///< Of this activity.
    std::uint64_t bytes = 0;  ///< Of this activity: input read, or rows fetched from the stage store.
    WorkRates recent{};       ///< Over the last seconds.
    WorkRates mean{};         ///< Over the activity.
    std::optional<double> seconds_left{};  ///< Of this activity.
    std::vector<StepCount> steps{};        ///< Since the run began: read, the operators in order.
    std::vector<RankLoad> ranks{};
    std::vector<std::string> hosts{};
    int threads = 1;                        ///< Per rank.
    std::uint64_t memory_budget_bytes = 0;  ///< Per rank.
};

/// 0 to 1; nothing if the total is not known.
[[nodiscard]] std::optional<double> share_done(const RunProgress& progress);

/// The ranks in a few figures. Ranks that have not been heard of do not count.
struct LoadSummary {
    std::size_t heard = 0;
    double least = 0;
    double median = 0;
    double most = 0;
    std::size_t least_busy_rank = 0;
    std::size_t largest_rank = 0;  ///< In memory.
    std::uint64_t largest_rss_bytes = 0;
    std::uint64_t rss_bytes = 0;       ///< Of all.
    std::uint64_t peak_rss_bytes = 0;  ///< Greatest over ranks.
    double cpu_seconds = 0;            ///< Of all.
};
[[nodiscard]] LoadSummary summarise_load(const RunProgress& progress);

}  // namespace dj
