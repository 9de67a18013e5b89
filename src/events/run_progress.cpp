// SPDX-License-Identifier: Apache-2.0
#include "dj/events/run_progress.hpp"

#include <algorithm>

#include "dj/base/error.hpp"

namespace dj {

std::string_view to_string(WorkUnit unit) {
    switch (unit) {
        case WorkUnit::bytes: return "bytes";
        case WorkUnit::rows: return "rows";
        case WorkUnit::keys: return "keys";
    }
    throw Bug("a unit of work without a name");
}

std::optional<double> share_done(const RunProgress& progress) {
    if (progress.total == 0) return std::nullopt;
    return std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total));
}

LoadSummary summarise_load(const RunProgress& progress) {
    LoadSummary summary;
    std::vector<double> busy;
    for (std::size_t rank = 0; rank < progress.ranks.size(); ++rank) {
        const RankLoad& load = progress.ranks[rank];
        if (load.rss_bytes > summary.largest_rss_bytes) {
            summary.largest_rss_bytes = load.rss_bytes;
            summary.largest_rank = rank;
        }
        summary.rss_bytes += load.rss_bytes;
        summary.peak_rss_bytes = std::max(summary.peak_rss_bytes, load.peak_rss_bytes);
        summary.cpu_seconds += load.cpu_seconds;
        if (load.busy < 0) continue;
        if (busy.empty() || load.busy < summary.least) {
            summary.least = load.busy;
            summary.least_busy_rank = rank;
        }
        summary.most = std::max(summary.most, load.busy);
        busy.push_back(load.busy);
    }
    summary.heard = busy.size();
    if (busy.empty()) return summary;
    const auto middle = busy.begin() + static_cast<std::ptrdiff_t>(busy.size() / 2);
    std::nth_element(busy.begin(), middle, busy.end());
    summary.median = *middle;
    return summary;
}

}  // namespace dj
