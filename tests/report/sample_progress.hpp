// SPDX-License-Identifier: Apache-2.0
/// A run at a moment, for the views.
#pragma once

#include <cstddef>

#include <fmt/format.h>

#include "dj/events/run_progress.hpp"

namespace dj {

/// 62 s into the first of two passes, a third of the input read.
[[nodiscard]] inline RunProgress sample_progress(std::size_t ranks) {
    RunProgress progress;
    progress.seconds = 62.4;
    progress.passes = 2;
    progress.activity = "reading the input";
    progress.activity_seconds = 62;
    progress.unit = WorkUnit::bytes;
    progress.done = progress.bytes = 4'000'000'000;
    progress.total = 12'000'000'000;
    progress.rows = 1'234'567;
    progress.recent = {20'000, 70'000'000};
    progress.mean = {19'912.4, 64'516'129};
    progress.seconds_left = 114.2;
    progress.threads = 8;
    progress.memory_budget_bytes = 1'000'000'000;
    progress.steps = {{.name = "read",
                       .family = "read",
                       .rows_in = 1'234'567,
                       .rows_out = 1'234'560,
                       .quarantined = 7,
                       .bytes_in = 4'000'000'000,
                       .cpu_seconds = 5},
                      {.name = "clean_links_mapper",
                       .family = "mapper",
                       .rows_in = 1'234'560,
                       .rows_out = 1'234'560,
                       .bytes_in = 3'000'000'000,
                       .cpu_seconds = 14},
                      {.name = "text_length_filter",
                       .family = "filter",
                       .rows_in = 1'234'560,
                       .rows_out = 1'000'000,
                       .dropped = 234'560,
                       .bytes_in = 3'000'000'000,
                       .cpu_seconds = 0.05},
                      {.name = "document_deduplicator", .family = "deduplicator", .cpu_seconds = 1}};
    for (std::size_t host = 0; host * 64 < ranks; ++host) progress.hosts.push_back(fmt::format("n{}", host));
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        RankLoad load{.busy = 0.9 + 0.01 * static_cast<double>(rank % 11),
                      .rss_bytes = 500'000'000 + rank * 1000,
                      .peak_rss_bytes = 600'000'000 + rank * 1000,
                      .cpu_seconds = 100,
                      .host = static_cast<std::uint32_t>(rank / 64)};
        if (rank == 3) load.busy = 0.34;
        if (rank / 64 == 2) load.busy = 0.05;  // a whole node that lags
        progress.ranks.push_back(load);
    }
    return progress;
}

}  // namespace dj
