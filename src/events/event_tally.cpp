// SPDX-License-Identifier: Apache-2.0
#include "dj/events/event_tally.hpp"

#include <string_view>

namespace dj {
namespace {

using nlohmann::json;

const json* member(const json& object, const char* key) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

// Hostile or damaged files: every reader below yields a default instead of throwing.
std::uint64_t count_of(const json& object, const char* key) {
    const auto* value = member(object, key);
    if (value == nullptr || !value->is_number()) return 0;
    if (value->is_number_unsigned()) return value->get<std::uint64_t>();
    const double number = value->get<double>();
    return number > 0 && number < 9e18 ? static_cast<std::uint64_t>(number) : 0;
}

double number_of(const json& object, const char* key) {
    const auto* value = member(object, key);
    return value != nullptr && value->is_number() ? value->get<double>() : 0;
}

std::string text_of(const json& object, const char* key) {
    const auto* value = member(object, key);
    return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

const json& metadata_of(const json& event) {
    const auto* metadata = member(event, "metadata");
    return metadata == nullptr ? event : *metadata;
}

bool is_error(std::string_view type) { return type.ends_with("_failed") || type == "processing_error"; }

void add_op(EventTally& tally, const json& event, const json& metadata) {
    auto& op = tally.ops[{text_of(event, "branch"), count_of(event, "operation_idx")}];
    op.count.name = text_of(event, "operation_name");
    op.count.family = text_of(metadata, "family");
    op.count.rows_in += count_of(metadata, "input_rows");
    op.count.rows_out += count_of(metadata, "output_rows");
    op.count.dropped += count_of(metadata, "dropped_rows");
    op.count.made += count_of(metadata, "made_rows");
    op.count.merged += count_of(metadata, "merged_rows");
    op.count.quarantined += count_of(metadata, "quarantined_rows");
    op.count.bytes_in += count_of(metadata, "input_bytes");
    op.count.cpu_seconds += number_of(metadata, "cpu_seconds");
    op.seconds += number_of(metadata, "duration_seconds");
    ++op.partitions;
}

void add_finished_partition(EventTally& tally, const json& metadata) {
    ++tally.partitions_done;
    tally.rows_in += count_of(metadata, "input_rows");
    tally.rows_out += count_of(metadata, "output_rows");
    tally.bytes_done += count_of(metadata, "partition_size_bytes");
}

void note(EventTally& tally, const json& event, std::string type) {
    tally.noted.push_back({number_of(event, "timestamp"), std::move(type), text_of(event, "message")});
    if (tally.noted.size() > EventTally::kNotedEvents) tally.noted.pop_front();
}

std::optional<double> optional_number_of(const json& object, const char* key) {
    const auto* value = member(object, key);
    return value != nullptr && value->is_number() ? std::optional(value->get<double>()) : std::nullopt;
}

NotedProgress progress_of(const json& figures, double timestamp) {
    return {.timestamp = timestamp,
            .activity = text_of(figures, "activity"),
            .pass = count_of(figures, "pass"),
            .passes = count_of(figures, "passes"),
            .share = optional_number_of(figures, "share"),
            .rows_per_second = number_of(figures, "rows_per_second"),
            .bytes_per_second = number_of(figures, "bytes_per_second"),
            .seconds_left = optional_number_of(figures, "seconds_left")};
}

NotedUsage usage_of(const json& figures, double timestamp) {
    return {.timestamp = timestamp,
            .largest_rss_bytes = count_of(figures, "largest_rank_rss_bytes"),
            .peak_rss_bytes = count_of(figures, "peak_rss_bytes"),
            .budget_bytes = count_of(figures, "memory_budget_bytes"),
            .cpu_seconds = number_of(figures, "cpu_seconds"),
            .busy_least = optional_number_of(figures, "busy_least"),
            .busy_median = number_of(figures, "busy_median"),
            .busy_most = number_of(figures, "busy_most"),
            .least_busy_rank = count_of(figures, "least_busy_rank"),
            .least_busy_host = text_of(figures, "least_busy_host")};
}

/// With the names of the events' figures, so that the two above read it back.
json to_json(const NotedProgress& noted) {
    json figures = {{"timestamp", noted.timestamp},
                    {"activity", noted.activity},
                    {"pass", noted.pass},
                    {"passes", noted.passes},
                    {"rows_per_second", noted.rows_per_second},
                    {"bytes_per_second", noted.bytes_per_second}};
    if (noted.share) figures["share"] = *noted.share;
    if (noted.seconds_left) figures["seconds_left"] = *noted.seconds_left;
    return figures;
}

json to_json(const NotedUsage& noted) {
    json figures = {{"timestamp", noted.timestamp},
                    {"largest_rank_rss_bytes", noted.largest_rss_bytes},
                    {"peak_rss_bytes", noted.peak_rss_bytes},
                    {"memory_budget_bytes", noted.budget_bytes},
                    {"cpu_seconds", noted.cpu_seconds},
                    {"busy_median", noted.busy_median},
                    {"busy_most", noted.busy_most},
                    {"least_busy_rank", noted.least_busy_rank},
                    {"least_busy_host", noted.least_busy_host}};
    if (noted.busy_least) figures["busy_least"] = *noted.busy_least;
    return figures;
}

json op_to_json(const std::pair<std::string, std::uint64_t>& key, const OpTally& op) {
    return {{"branch", key.first},
            {"operation_idx", key.second},
            {"operation_name", op.count.name},
            {"family", op.count.family},
            {"input_rows", op.count.rows_in},
            {"output_rows", op.count.rows_out},
            {"dropped_rows", op.count.dropped},
            {"made_rows", op.count.made},
            {"merged_rows", op.count.merged},
            {"quarantined_rows", op.count.quarantined},
            {"input_bytes", op.count.bytes_in},
            {"cpu_seconds", op.count.cpu_seconds},
            {"duration_seconds", op.seconds},
            {"partitions", op.partitions}};
}

}  // namespace

void EventTally::add(const json& event) {
    if (!event.is_object()) return;
    const auto* given = member(event, "attempt");
    const int of = given != nullptr && given->is_number_integer() ? given->get<int>() : 1;
    if (of < attempt) return;
    if (of > attempt) *this = EventTally{.attempt = of};

    const auto& metadata = metadata_of(event);
    if (const auto* carried = member(metadata, "tally"); carried != nullptr && carried->is_object()) {
        *this = event_tally_from_json(*carried);
        return;
    }
    const double timestamp = number_of(event, "timestamp");
    if (first_timestamp == 0) first_timestamp = timestamp;
    if (timestamp > last_timestamp) last_timestamp = timestamp;

    auto type = text_of(event, "event_type");
    if (type == "job_start") {
        const auto total = count_of(event, "total_partitions");
        partitions_total = total != 0 ? total : count_of(metadata, "total_partitions");
        bytes_total = count_of(metadata, "total_bytes");
    } else if (type == "partition_start") {
        ++partitions_started;
    } else if (type == "partition_complete") {
        add_finished_partition(*this, metadata);
    } else if (type == "partition_resume") {
        add_finished_partition(*this, metadata);
        ++partitions_resumed;
        bytes_resumed += count_of(metadata, "partition_size_bytes");
    } else if (type == "partition_failed") {
        ++partitions_failed;
    } else if (type == "op_complete") {
        add_op(*this, event, metadata);
    } else if (type == "row_quarantined") {
        rows_quarantined += count_of(metadata, "rows");
    } else if (type == "performance_metric" && text_of(metadata, "scope") == "job") {
        progress = progress_of(metadata, timestamp);
    } else if (type == "resource_usage" && text_of(metadata, "scope") == "job") {
        usage = usage_of(metadata, timestamp);
    } else if (type == "job_complete" || type == "job_failed" || type == "job_stopping") {
        ended_by = type;
    }
    if (type == "warning") ++warnings;
    if (is_error(type)) ++errors;
    if (type == "warning" || is_error(type)) note(*this, event, std::move(type));
}

json to_json(const EventTally& tally) {
    json ops = json::array();
    for (const auto& [key, op] : tally.ops) ops.push_back(op_to_json(key, op));
    json noted = json::array();
    for (const auto& event : tally.noted) {
        noted.push_back(
            {{"timestamp", event.timestamp}, {"event_type", event.type}, {"message", event.message}});
    }
    json result = {{"attempt", tally.attempt},
                   {"first_timestamp", tally.first_timestamp},
                   {"last_timestamp", tally.last_timestamp},
                   {"bytes_total", tally.bytes_total},
                   {"partitions_started", tally.partitions_started},
                   {"partitions_done", tally.partitions_done},
                   {"partitions_resumed", tally.partitions_resumed},
                   {"partitions_failed", tally.partitions_failed},
                   {"rows_in", tally.rows_in},
                   {"rows_out", tally.rows_out},
                   {"bytes_done", tally.bytes_done},
                   {"bytes_resumed", tally.bytes_resumed},
                   {"rows_quarantined", tally.rows_quarantined},
                   {"warnings", tally.warnings},
                   {"errors", tally.errors},
                   {"ended_by", tally.ended_by},
                   {"ops", std::move(ops)},
                   {"noted", std::move(noted)}};
    if (tally.progress.timestamp > 0) result["progress"] = to_json(tally.progress);
    if (tally.usage.timestamp > 0) result["usage"] = to_json(tally.usage);
    if (tally.partitions_total) result["partitions_total"] = *tally.partitions_total;
    return result;
}

EventTally event_tally_from_json(const json& json) {
    EventTally tally;
    tally.attempt = static_cast<int>(count_of(json, "attempt"));
    tally.first_timestamp = number_of(json, "first_timestamp");
    tally.last_timestamp = number_of(json, "last_timestamp");
    if (member(json, "partitions_total") != nullptr)
        tally.partitions_total = count_of(json, "partitions_total");
    tally.bytes_total = count_of(json, "bytes_total");
    tally.partitions_started = count_of(json, "partitions_started");
    tally.partitions_done = count_of(json, "partitions_done");
    tally.partitions_resumed = count_of(json, "partitions_resumed");
    tally.partitions_failed = count_of(json, "partitions_failed");
    tally.rows_in = count_of(json, "rows_in");
    tally.rows_out = count_of(json, "rows_out");
    tally.bytes_done = count_of(json, "bytes_done");
    tally.bytes_resumed = count_of(json, "bytes_resumed");
    tally.rows_quarantined = count_of(json, "rows_quarantined");
    tally.warnings = count_of(json, "warnings");
    tally.errors = count_of(json, "errors");
    tally.ended_by = text_of(json, "ended_by");
    if (const auto* ops = member(json, "ops"); ops != nullptr && ops->is_array()) {
        for (const auto& op : *ops) {
            add_op(tally, op, op);
            auto& added = tally.ops[{text_of(op, "branch"), count_of(op, "operation_idx")}];
            added.partitions = count_of(op, "partitions");
        }
    }
    if (const auto* noted = member(json, "noted"); noted != nullptr && noted->is_array()) {
        for (const auto& event : *noted) note(tally, event, text_of(event, "event_type"));
    }
    if (const auto* progress = member(json, "progress"))
        tally.progress = progress_of(*progress, number_of(*progress, "timestamp"));
    if (const auto* usage = member(json, "usage"))
        tally.usage = usage_of(*usage, number_of(*usage, "timestamp"));
    return tally;
}

}  // namespace dj
