// SPDX-License-Identifier: Apache-2.0
#include "cli/job_record.hpp"

#include <fmt/format.h>

#include "cli/mapped_partitions.hpp"
#include "cli/recipe_change.hpp"
#include "cli/resumption_command.hpp"
#include "cli/terminal.hpp"
#include "dj/base/clock.hpp"
#include "dj/base/error.hpp"
#include "dj/events/event_reader.hpp"
#include "dj/events/job_events.hpp"
#include "dj/storage/job_index.hpp"
#include "dj/storage/retention.hpp"

namespace dj {
namespace {

void fill_summary(const JobResult& result, JobSummary& summary) {
    switch (result.exit) {
        case ExitCode::done: summary.status = JobStatus::completed; break;
        case ExitCode::done_with_failures: summary.status = JobStatus::completed_with_failures; break;
        case ExitCode::stopped: summary.status = JobStatus::stopped; break;
        default: summary.status = JobStatus::failed; break;
    }
    summary.error_message = result.error;
    summary.exit_code = static_cast<int>(result.exit);
    summary.steps = result.steps;
    summary.records_read = result.records_read;
    summary.exported = result.exported;
    summary.quarantined = result.quarantined;
    summary.in_failed_partitions = result.in_failed_partitions;
    summary.counts_add_up = result.counts_add_up;
    summary.outputs = result.outputs;
    summary.output_bytes = result.output_bytes;
    summary.peak_rss_bytes = result.peak_rss_bytes;
    summary.spilled_bytes = result.spilled_bytes;
    summary.seconds_to_first_row = result.seconds_to_first_row;
    summary.generations = result.generations;
    summary.checkpoint_bytes = result.checkpoint_bytes;
    summary.checkpoint_raw_bytes = result.checkpoint_raw_bytes;
    summary.resumed_partitions = result.resumed_partitions;
    summary.retries = result.retries;
    summary.failed_partitions = result.failed_partitions;
}

/// What the final report leaves out.
std::string note_on(const std::vector<OpCall>& ops, const JobResult& result) {
    if (!result.op_rows.empty() || result.partitions.empty() || ops.empty()) return "";
    return "too many partitions and operators to list what each operator did with each";
}

template <class Write>
void record(const std::string& what, Write write) {
    try {
        write();
    } catch (const std::exception& error) {
        print_error(fmt::format("{} could not be brought up to date: {}", what, error.what()));
    }
}

}  // namespace

void JobRecord::open(const std::vector<std::string>& arguments, TellError tell_error) {
    layout_.create_folders(files_);
    const int attempt = job_.spec.attempt;
    job_.summary.resumption_command =
        resumption_command(find_launch(job_.summary.ranks), arguments, job_.spec.job_id);
    files_.remove(layout_.stop_file());
    replace_file(files_, layout_.recipe(recipe_.file), recipe_.text, attempt);
    const nlohmann::json cli = {{"arguments", arguments}};
    replace_file(files_, layout_.cli(),
                 cli.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n", attempt);
    (void)remove_unfinished_files(files_, layout_, attempt);
    if (recipe_.intermediate_storage.cleanup_temp_files)
        (void)remove_unfinished_intermediate(files_, layout_);
    write_plan();
    open_events(std::move(tell_error));
    heartbeat_ = std::make_unique<JobHeartbeat>(files_, layout_.summary(), job_.summary);
    if (const auto index = job_index_folder()) {
        (void)remember_job(files_, *index, {job_.spec.job_id, layout_.folder(), job_.summary.start_time});
    }
}

void JobRecord::note_branches(std::vector<BranchSummary> branches, bool at_once) {
    heartbeat_->update([&](JobSummary& summary) { summary.branches = std::move(branches); });
    if (at_once) heartbeat_->hasten();
}

void JobRecord::write_part_report(const JobSpec& node, const JobResult& result) {
    record("metadata of " + node.node, [&] {
        DatasetMapping mapping = job_.mapping;
        mapping.rows_exported = result.exported;
        mapping.note = note_on(node.ops, result);
        const auto path = layout_.of_branch(node.node).final_mapping_report();
        files_.create_directories(path.parent_path());
        MappingWriter{files_, node.attempt}.write_final_report(
            path, mapping, MappedPartitions(job_.input.partitions, node.ops, &result).source(),
            result.seconds);
    });
}

JobSummary JobRecord::close(const JobResult& result, const StopRequest& stop) {
    record("metadata", [&] {
        job_.mapping.rows_exported = result.exported;
        job_.mapping.note = note_on(job_.spec.ops, result);
        if (job_.branches)
            job_.mapping.note =
                "what became of the rows in the common part and in each branch is in metadata/<its name>";
        const MappedPartitions partitions(job_.input.partitions, job_.spec.ops, &result);
        const MappingWriter writer{files_, job_.spec.attempt};
        writer.write_mapping(layout_.dataset_mapping(), job_.mapping, partitions.source());
        writer.write_final_report(layout_.final_mapping_report(), job_.mapping, partitions.source(),
                                  result.seconds);
    });
    record("intermediate data", [&] { tidy_up(result); });
    if (events_) {
        record_end(result, stop);
        if (!events_->close()) print_error("some events of this job could not be written");
    }
    record("job_summary.json",
           [&] { heartbeat_->finish([&](JobSummary& summary) { fill_summary(result, summary); }); });
    JobSummary summary = heartbeat_->summary();
    if (summary.status == JobStatus::running) fill_summary(result, summary);
    return summary;
}

void JobRecord::tidy_up(const JobResult& result) {
    if (later_attempt(files_, layout_.summary(), job_.spec.attempt)) return;  // it is not ours any more
    const IntermediateStorageOptions& options = recipe_.intermediate_storage;
    RetentionRules rules;
    rules.policy = retention_policy_of(options.retention_policy);
    rules.cleanup_on_success = options.cleanup_on_success;
    rules.cleanup_temp_files = options.cleanup_temp_files;
    // A default does not remove what other jobs have kept.
    if (recipe_.given("intermediate_storage.max_retention_days") && options.max_retention_days > 0)
        rules.max_retention_days = static_cast<double>(options.max_retention_days);
    JobSummary ended;
    fill_summary(result, ended);
    JobEnd end{.status = ended.status, .now_seconds = seconds_since_epoch()};
    for (std::size_t i = 0; i < result.partitions.size(); ++i) {
        if (result.partitions[i].rank < 0) end.failed_partitions.insert(i);
    }
    for (const std::string& done : apply_retention(files_, layout_, rules, end)) {
        if (events_) events_->record(info_event(done));
    }
}

void JobRecord::write_plan() {
    const int attempt = job_.spec.attempt;
    job_.dag["metadata"]["created_at"] = job_.summary.start_time;
    replace_file(files_, layout_.dag_plan(),
                 job_.dag.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n", attempt);
    MappingWriter{files_, attempt}.write_mapping(
        layout_.dataset_mapping(), job_.mapping,
        MappedPartitions(job_.input.partitions, job_.spec.ops, nullptr).source());
    replace_file(files_, layout_.job_recipe(),
                 describe_recipe(job_.spec, recipe_.branches)
                         .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
                     "\n",
                 attempt);
    if (job_.spec.resumes) return;  // states that are there are numbered by the table that is there
    files_.create_directories(layout_.partition_table().parent_path());
    require_ownership(files_, layout_.folder(), attempt);
    replace_file(files_, layout_.partition_table(), to_text(job_.table) + "\n", attempt);
}

void JobRecord::open_events(TellError tell_error) {
    if (!recipe_.event_logging.enabled) return;
    const std::string timestamp = utc_timestamp(job_.summary.start_time);
    EventLogOptions log;
    log.events_path = layout_.events(timestamp);
    log.text_path = layout_.text_log(timestamp);
    log.max_file_bytes = static_cast<std::uint64_t>(recipe_.event_logging.max_log_size_mb * (1 << 20));
    log.backup_count = recipe_.event_logging.backup_count;
    log.job_id = job_.spec.job_id;
    log.attempt = job_.spec.attempt;
    log.on_trouble = std::move(tell_error);
    std::set<std::string> parts{""};
    if (job_.branches) {
        parts.clear();
        for (const BranchNodeSpec& node : job_.branches->nodes) parts.insert(node.spec.node);
    }
    job_.input.told_generations = last_generations_told(files_, layout_.event_files(files_), parts);
    events_ = std::make_unique<EventLog>(files_, log);
    job_.summary.event_log_file = log.events_path.string();
    job_.input.events = events_.get();
    JobStartFigures figures;
    figures.attempt = job_.spec.attempt;
    figures.total_partitions = job_.input.partitions.size();
    figures.total_bytes = job_.summary.input_bytes;
    figures.ranks = job_.summary.ranks;
    figures.threads = job_.spec.threads;
    figures.config = {{"dataset_path", job_.mapping.original_dataset_path},
                      {"work_dir", job_.places.work_dir.string()},
                      {"executor_type", recipe_.options.executor_type}};
    events_->record(job_start_event(figures));
    if (restart_) events_->record(job_restart_event(*restart_));
    events_->record(dag_saved_event(layout_.dag_plan().string(), job_.dag["nodes"].size()));
}

void JobRecord::record_end(const JobResult& result, const StopRequest& stop) {
    if (result.exit == ExitCode::stopped || result.exit == ExitCode::failed)
        events_->record(info_event("To go on: " + job_.summary.resumption_command));
    switch (result.exit) {
        case ExitCode::done:
        case ExitCode::done_with_failures:
            events_->record(
                job_complete_event(result.seconds, job_.spec.output.path.string(), result.exported));
            break;
        case ExitCode::stopped:
            events_->record(job_stopping_event(result.error.empty() ? stop.reason() : result.error));
            break;
        default: events_->record(job_failed_event(result.error, result.seconds)); break;
    }
}

}  // namespace dj
