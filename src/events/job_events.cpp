// SPDX-License-Identifier: Apache-2.0
#include "dj/events/job_events.hpp"

#include <fmt/format.h>

#include "dj/base/clock.hpp"

namespace dj {
namespace {

using nlohmann::json;

void set_branch(json& fields, const std::string& branch) {
    if (!branch.empty()) fields["branch"] = branch;
}

double per_second(std::uint64_t amount, double seconds) {
    return seconds > 0 ? static_cast<double>(amount) / seconds : 0;
}

Event partition_event(std::string type, std::string message, const PartitionFigures& figures) {
    Event event{.type = std::move(type), .message = std::move(message)};
    event.fields["partition_id"] = figures.partition;
    set_branch(event.fields, figures.branch);
    return event;
}

json partition_metadata(const PartitionFigures& figures) {
    return {{"partition_size_bytes", figures.bytes},
            {"input_rows", figures.rows_in},
            {"output_rows", figures.rows_out},
            {"duration_seconds", figures.seconds},
            {"throughput_rows_per_second", per_second(figures.rows_in, figures.seconds)}};
}

Event op_event(std::string type, std::string message, const OpFigures& figures) {
    Event event{.type = std::move(type), .message = std::move(message)};
    event.fields["partition_id"] = figures.partition;
    event.fields["operation_name"] = figures.count.name;
    event.fields["operation_idx"] = figures.op_index;
    set_branch(event.fields, figures.branch);
    event.fields["metadata"] = {{"operation_class", figures.count.name},
                                {"operation_idx", figures.op_index},
                                {"dag_node_id", fmt::format("op_{:03}_{}_partition_{}", figures.op_index + 1,
                                                            figures.count.name, figures.partition)}};
    return event;
}

}  // namespace

Event job_start_event(const JobStartFigures& figures) {
    Event event{.type = "job_start",
                .message = fmt::format("Job started: {} partitions on {} ranks of {} threads",
                                       figures.total_partitions, figures.ranks, figures.threads)};
    event.fields["config"] = figures.config;
    event.fields["total_partitions"] = figures.total_partitions;
    event.fields["metadata"] = {{"total_partitions", figures.total_partitions},
                                {"total_bytes", figures.total_bytes},
                                {"ranks", figures.ranks},
                                {"threads", figures.threads},
                                {"attempt", figures.attempt},
                                {"config_summary", figures.config}};
    return event;
}

Event job_restart_event(const JobRestartFigures& figures) {
    Event event{.type = "job_restart",
                .message = fmt::format("Job restarted, attempt {}: the one before {}{}", figures.attempt,
                                       figures.reason,
                                       figures.recipe_change.empty() ? "" : "; " + figures.recipe_change)};
    event.fields["metadata"] = {{"attempt", figures.attempt},
                                {"restart_reason", figures.reason},
                                {"original_start_time", figures.first_start_time},
                                {"restart_time", seconds_since_epoch()},
                                {"recipe_change", figures.recipe_change}};
    return event;
}

Event job_complete_event(double seconds, const std::string& output_path, std::uint64_t rows) {
    Event event{.type = "job_complete",
                .message = fmt::format("Job completed: {} rows exported in {:.2f}s", rows, seconds)};
    event.fields["status"] = "completed";
    event.fields["duration"] = seconds;
    event.fields["output_path"] = output_path;
    event.fields["output_rows"] = rows;
    event.fields["metadata"] = {{"status", "completed"},
                                {"duration_seconds", seconds},
                                {"completion_time", seconds_since_epoch()},
                                {"output_path", output_path}};
    return event;
}

Event job_failed_event(const std::string& error, double seconds) {
    Event event{.type = "job_failed", .message = fmt::format("Job failed: {}", error)};
    event.fields["status"] = "failed";
    event.fields["error_message"] = error;
    event.fields["duration"] = seconds;
    event.fields["metadata"] = {
        {"status", "failed"}, {"duration_seconds", seconds}, {"failure_time", seconds_since_epoch()}};
    return event;
}

Event job_stopping_event(const std::string& reason) {
    Event event{.type = "job_stopping", .message = fmt::format("Job stops on request: {}", reason)};
    event.fields["metadata"] = {{"reason", reason}};
    return event;
}

Event partition_start_event(const PartitionFigures& figures) {
    auto event = partition_event("partition_start",
                                 fmt::format("Partition {} started processing", figures.partition), figures);
    event.fields["metadata"] = {{"partition_size_bytes", figures.bytes},
                                {"start_time", seconds_since_epoch()}};
    return event;
}

Event partition_complete_event(const PartitionFigures& figures) {
    auto event =
        partition_event("partition_complete",
                        fmt::format("Partition {} completed: {} of {} rows in {:.3f}s", figures.partition,
                                    figures.rows_out, figures.rows_in, figures.seconds),
                        figures);
    event.fields["status"] = "completed";
    event.fields["duration"] = figures.seconds;
    event.fields["input_rows"] = figures.rows_in;
    event.fields["output_rows"] = figures.rows_out;
    event.fields["metadata"] = partition_metadata(figures);
    return event;
}

Event partition_failed_event(const PartitionFigures& figures, const std::string& error, int retry_count) {
    auto event = partition_event(
        "partition_failed",
        fmt::format("Partition {} failed after {} retries: {}", figures.partition, retry_count, error),
        figures);
    event.fields["status"] = "failed";
    event.fields["error_message"] = error;
    event.fields["retry_count"] = retry_count;
    event.fields["metadata"] = {{"retry_count", retry_count}, {"failure_time", seconds_since_epoch()}};
    return event;
}

Event partition_retry_event(std::uint64_t partition, const std::string& error, const RetryFigures& figures) {
    PartitionFigures which;
    which.partition = partition;
    auto event = partition_event(
        "partition_retry",
        fmt::format("Partition {} failed and is tried again in {:.1f} s ({} of {}): {}", partition,
                    figures.delay_seconds, figures.retry, figures.max_retries, error),
        which);
    event.fields["error_message"] = error;
    event.fields["retry_count"] = figures.retry;
    event.fields["metadata"] = {{"retry_count", figures.retry},
                                {"max_retries", figures.max_retries},
                                {"delay_seconds", figures.delay_seconds},
                                {"failure_time", seconds_since_epoch()}};
    return event;
}

Event partition_resume_event(const PartitionFigures& figures, const std::string& checkpoint_path) {
    auto event = partition_event(
        "partition_resume", fmt::format("Partition {} taken from a checkpoint", figures.partition), figures);
    event.fields["checkpoint_path"] = checkpoint_path;
    event.fields["input_rows"] = figures.rows_in;
    event.fields["output_rows"] = figures.rows_out;
    event.fields["metadata"] = partition_metadata(figures);
    event.fields["metadata"]["checkpoint_path"] = checkpoint_path;
    return event;
}

Event op_start_event(const OpFigures& figures, const json& params) {
    auto event = op_event("op_start",
                          fmt::format("Operation {} (idx {}) started on partition {}", figures.count.name,
                                      figures.op_index, figures.partition),
                          figures);
    event.fields["op_args"] = params;
    event.fields["metadata"]["operation_args"] = params;
    event.fields["metadata"]["start_time"] = seconds_since_epoch();
    return event;
}

Event op_complete_event(const OpFigures& figures) {
    const auto& count = figures.count;
    auto event = op_event("op_complete",
                          fmt::format("Operation {} (idx {}) completed on partition {} in {:.3f}s",
                                      count.name, figures.op_index, figures.partition, figures.seconds),
                          figures);
    const double throughput = per_second(count.rows_in, figures.seconds);
    const double reduction =
        count.rows_in == 0 ? 0
                           : (static_cast<double>(count.rows_in) - static_cast<double>(count.rows_out)) /
                                 static_cast<double>(count.rows_in);
    event.fields["status"] = "success";
    event.fields["duration"] = figures.seconds;
    event.fields["input_rows"] = count.rows_in;
    event.fields["output_rows"] = count.rows_out;
    event.fields["performance_metrics"] = {{"throughput", throughput}, {"reduction_ratio", reduction}};
    event.fields["metadata"].update({{"duration_seconds", figures.seconds},
                                     {"completion_time", seconds_since_epoch()},
                                     {"input_rows", count.rows_in},
                                     {"output_rows", count.rows_out},
                                     {"throughput_rows_per_second", throughput},
                                     {"reduction_ratio", reduction},
                                     {"family", count.family},
                                     {"dropped_rows", count.dropped},
                                     {"made_rows", count.made},
                                     {"merged_rows", count.merged},
                                     {"quarantined_rows", count.quarantined},
                                     {"input_bytes", count.bytes_in},
                                     {"cpu_seconds", count.cpu_seconds}});
    return event;
}

Event op_failed_event(const OpFigures& figures, const std::string& error, int retry_count) {
    auto event = op_event("op_failed",
                          fmt::format("Operation {} (idx {}) failed on partition {}: {}", figures.count.name,
                                      figures.op_index, figures.partition, error),
                          figures);
    event.fields["status"] = "failed";
    event.fields["error_message"] = error;
    event.fields["retry_count"] = retry_count;
    event.fields["metadata"]["retry_count"] = retry_count;
    event.fields["metadata"]["failure_time"] = seconds_since_epoch();
    return event;
}

Event row_quarantined_event(std::uint64_t rows, const std::string& op, const std::string& reason,
                            const std::string& file) {
    Event event{
        .type = "row_quarantined",
        .message = fmt::format("{} row{} set aside at {}: {}", rows, rows == 1 ? "" : "s", op, reason)};
    event.fields["operation_name"] = op;
    event.fields["metadata"] = {{"rows", rows}, {"reason", reason}, {"file", file}};
    return event;
}

Event dag_saved_event(const std::string& plan_path, std::size_t node_count) {
    Event event{.type = "dag_execution_plan_saved",
                .message = fmt::format("Execution plan saved: {}", plan_path)};
    event.fields["metadata"] = {
        {"plan_path", plan_path}, {"node_count", node_count}, {"save_time", seconds_since_epoch()}};
    return event;
}

Event warning_event(const std::string& message) { return {.type = "warning", .message = message}; }

Event info_event(const std::string& message) { return {.type = "info", .message = message}; }

}  // namespace dj
