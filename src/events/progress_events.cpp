// SPDX-License-Identifier: Apache-2.0
#include "dj/events/progress_events.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dj {
namespace {

using nlohmann::json;

double per_second(std::uint64_t amount, double seconds) {
    return seconds > 0 ? static_cast<double>(amount) / seconds : 0;
}

template <class Value>
json known(const std::optional<Value>& value) {
    return value ? json(*value) : json(nullptr);
}

}  // namespace

json progress_figures(const RunProgress& progress) {
    return {{"pass", progress.pass + 1},
            {"passes", progress.passes},
            {"activity", progress.activity},
            {"activity_seconds", progress.activity_seconds},
            {"unit", to_string(progress.unit)},
            {"done", progress.done},
            {"total", progress.total == 0 ? json(nullptr) : json(progress.total)},
            {"share", known(share_done(progress))},
            {"rows", progress.rows},
            {"bytes", progress.bytes},
            {"rows_per_second", progress.recent.rows_per_second},
            {"bytes_per_second", progress.recent.bytes_per_second},
            {"mean_rows_per_second", progress.mean.rows_per_second},
            {"mean_bytes_per_second", progress.mean.bytes_per_second},
            {"seconds_left", known(progress.seconds_left)},
            {"elapsed_seconds", progress.seconds}};
}

json load_figures(const RunProgress& progress) {
    const LoadSummary load = summarise_load(progress);
    json figures = {{"ranks", progress.ranks.size()},
                    {"rss_bytes", load.rss_bytes},
                    {"peak_rss_bytes", load.peak_rss_bytes},
                    {"cpu_seconds", load.cpu_seconds},
                    {"largest_rank", load.largest_rank},
                    {"largest_rank_rss_bytes", load.largest_rss_bytes},
                    {"memory_budget_bytes", progress.memory_budget_bytes}};
    if (load.heard == 0) return figures;
    const RankLoad& least = progress.ranks[load.least_busy_rank];
    figures.update({{"ranks_measured", load.heard},
                    {"busy_least", load.least},
                    {"busy_median", load.median},
                    {"busy_most", load.most},
                    {"least_busy_rank", load.least_busy_rank}});
    if (least.host < progress.hosts.size()) figures["least_busy_host"] = progress.hosts[least.host];
    return figures;
}

Event performance_metric_event(const RunProgress& progress) {
    const auto share = share_done(progress);
    Event event{
        .type = "performance_metric",
        .message = fmt::format("{}{}: {:.1f} rows/s, {:.1f} MB/s", progress.activity,
                               share ? fmt::format(", {:.0f} %", *share * 100) : "",
                               progress.recent.rows_per_second, progress.recent.bytes_per_second / 1e6)};
    event.fields["metadata"] = progress_figures(progress);
    event.fields["metadata"]["scope"] = "job";
    return event;
}

Event resource_usage_event(const RunProgress& progress) {
    const LoadSummary load = summarise_load(progress);
    Event event{
        .type = "resource_usage",
        .message = fmt::format("Memory {} MiB over {} ranks, {} MiB at the peak of one; {:.1f} CPU seconds",
                               load.rss_bytes >> 20, progress.ranks.size(), load.peak_rss_bytes >> 20,
                               load.cpu_seconds)};
    event.fields["metadata"] = load_figures(progress);
    event.fields["metadata"]["scope"] = "job";
    return event;
}

Event performance_metric_event(const ActivityFigures& figures) {
    const double rows = per_second(figures.rows, figures.seconds);
    const double bytes = per_second(figures.bytes, figures.seconds);
    Event event{.type = "performance_metric",
                .message = fmt::format("{}: {} rows in {:.3f}s, {:.1f} rows/s", figures.activity,
                                       figures.rows, figures.seconds, rows)};
    event.fields["metadata"] = {{"scope", "activity"},      {"activity", figures.activity},
                                {"pass", figures.pass + 1}, {"duration_seconds", figures.seconds},
                                {"rows", figures.rows},     {"bytes", figures.bytes},
                                {"rows_per_second", rows},  {"bytes_per_second", bytes}};
    return event;
}

Event performance_metric_event(const StepCount& step, std::size_t op_index) {
    const double rows = per_second(step.rows_in, step.cpu_seconds);
    const double bytes = per_second(step.bytes_in, step.cpu_seconds);
    Event event{.type = "performance_metric",
                .message = fmt::format("Operation {} (idx {}): {:.1f} rows/s, {:.1f} MB/s per core",
                                       step.name, op_index, rows, bytes / 1e6)};
    event.fields["operation_name"] = step.name;
    event.fields["operation_idx"] = op_index;
    event.fields["metadata"] = {{"scope", "operation"},
                                {"operation_idx", op_index},
                                {"input_rows", step.rows_in},
                                {"output_rows", step.rows_out},
                                {"input_bytes", step.bytes_in},
                                {"cpu_seconds", step.cpu_seconds},
                                {"rows_per_second_per_core", rows},
                                {"bytes_per_second_per_core", bytes}};
    return event;
}

std::vector<Event> node_usage_events(const RunProgress& progress, std::size_t most_nodes) {
    std::vector<Event> events;
    if (progress.hosts.size() > most_nodes) return events;
    for (std::uint32_t host = 0; host < progress.hosts.size(); ++host) {
        RunProgress node;
        node.memory_budget_bytes = progress.memory_budget_bytes;
        std::size_t first = progress.ranks.size();
        for (std::size_t rank = 0; rank < progress.ranks.size(); ++rank) {
            if (progress.ranks[rank].host != host) continue;
            first = std::min(first, rank);
            node.ranks.push_back(progress.ranks[rank]);
        }
        if (node.ranks.empty()) continue;
        Event event = resource_usage_event(node);
        const LoadSummary load = summarise_load(node);
        event.rank = static_cast<int>(first);
        event.fields["host"] = progress.hosts[host];
        event.fields["metadata"] = {{"scope", "node"},
                                    {"ranks", node.ranks.size()},
                                    {"first_rank", first},
                                    {"rss_bytes", load.rss_bytes},
                                    {"peak_rss_bytes", load.peak_rss_bytes},
                                    {"cpu_seconds", load.cpu_seconds}};
        events.push_back(std::move(event));
    }
    return events;
}

}  // namespace dj
