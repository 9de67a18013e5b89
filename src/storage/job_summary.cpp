// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/job_summary.hpp"

#include <array>
#include <utility>

#include "dj/base/error.hpp"
#include "dj/base/json_fields.hpp"

namespace dj {
namespace {

constexpr std::array<std::pair<JobStatus, std::string_view>, 5> kStatusNames = {{
    {JobStatus::running, "running"},
    {JobStatus::completed, "completed"},
    {JobStatus::completed_with_failures, "completed_with_failures"},
    {JobStatus::failed, "failed"},
    {JobStatus::stopped, "stopped"},
}};

// Each list below is the only place that knows names and order; writing and reading both walk it.

template <class Step, class Visit>
void visit_step(Step& step, Visit&& visit) {
    visit("name", step.name);
    visit("family", step.family);
    visit("rows_in", step.rows_in);
    visit("rows_out", step.rows_out);
    visit("dropped", step.dropped);
    visit("made", step.made);
    visit("merged", step.merged);
    visit("quarantined", step.quarantined);
    visit("bytes_in", step.bytes_in);
    visit("cpu_seconds", step.cpu_seconds);
}

template <class Output, class Visit>
void visit_output(Output& output, Visit&& visit) {
    visit("path", output.path);
    visit("rows", output.rows);
    visit("bytes", output.bytes);
}

template <class Branch, class Visit>
void visit_branch(Branch& branch, Visit&& visit) {
    visit("name", branch.name);
    visit("kind", branch.kind);
    visit("status", branch.status);
    visit("parent", branch.parent);
    visit("operators", branch.operators);
    visit("output_path", branch.output_path);
    visit("error_message", branch.error_message);
    visit("share_done", branch.share_done);
    visit("attempts", branch.attempts);
    visit("start_time", branch.start_time);
    visit("duration", branch.duration);
    visit("rows_in", branch.rows_in);
    visit("rows_out", branch.rows_out);
    visit("quarantined", branch.quarantined);
    visit("cpu_seconds", branch.cpu_seconds);
    visit("peak_memory_bytes", branch.peak_memory_bytes);
    visit("output_bytes", branch.output_bytes);
    visit("counts_add_up", branch.counts_add_up);
    visit("steps", branch.steps);
}

template <class Summary, class Visit>
void visit_summary(Summary& summary, Visit&& visit) {
    visit("job_id", summary.job_id);
    visit("status", summary.status);
    visit("start_time", summary.start_time);
    visit("end_time", summary.end_time);
    visit("duration", summary.duration);
    visit("error_message", summary.error_message);
    visit("executor_type", summary.executor_type);
    visit("config_file", summary.config_file);
    visit("work_dir", summary.work_dir);
    visit("job_dir", summary.job_dir);
    visit("resumption_command", summary.resumption_command);
    visit("event_log_file", summary.event_log_file);
    visit("event_log_dir", summary.event_log_dir);
    visit("checkpoint_dir", summary.checkpoint_dir);
    visit("metadata_dir", summary.metadata_dir);
    visit("backed_up_config_path", summary.backed_up_config_path);
    visit("dataset_path", summary.dataset_path);
    visit("attempt", summary.attempt);
    visit("first_start_time", summary.first_start_time);
    visit("heartbeat", summary.heartbeat);
    visit("heartbeat_interval", summary.heartbeat_interval);
    visit("host", summary.host);
    visit("process_id", summary.process_id);
    visit("ranks", summary.ranks);
    visit("threads", summary.threads);
    visit("version", summary.version);
    visit("operators", summary.operators);
    visit("input_bytes", summary.input_bytes);
    visit("partitions", summary.partitions);
    visit("exit_code", summary.exit_code);
    visit("records_read", summary.records_read);
    visit("exported", summary.exported);
    visit("quarantined", summary.quarantined);
    visit("in_failed_partitions", summary.in_failed_partitions);
    visit("counts_add_up", summary.counts_add_up);
    visit("output_bytes", summary.output_bytes);
    visit("peak_rss_bytes", summary.peak_rss_bytes);
    visit("spilled_bytes", summary.spilled_bytes);
    visit("seconds_to_first_row", summary.seconds_to_first_row);
    visit("generations", summary.generations);
    visit("checkpoint_bytes", summary.checkpoint_bytes);
    visit("checkpoint_raw_bytes", summary.checkpoint_raw_bytes);
    visit("resumed_partitions", summary.resumed_partitions);
    visit("retries", summary.retries);
    visit("failed_partitions", summary.failed_partitions);
    visit("output_identity", summary.output_identity);
    visit("working_directory", summary.working_directory);
    visit("machine", summary.machine);
    visit("process_start", summary.process_start);
    visit("slurm_step", summary.slurm_step);
    visit("steps", summary.steps);
    visit("outputs", summary.outputs);
    visit("branches", summary.branches);
}

struct Writer {
    nlohmann::ordered_json& object;

    template <class Value>
    void operator()(const char* name, const Value& value) const {
        object[name] = value;
    }
    template <class Value>
    void operator()(const char* name, const std::optional<Value>& value) const {
        object[name] = nullptr;
        if (value) object[name] = *value;
    }
    void operator()(const char* name, JobStatus status) const { object[name] = to_string(status); }
    void operator()(const char* name, const std::vector<StepCount>& steps) const {
        auto& list = object[name] = nlohmann::ordered_json::array();
        for (const auto& step : steps)
            visit_step(step, Writer{list.emplace_back(nlohmann::ordered_json::object())});
    }
    void operator()(const char* name, const std::vector<BranchSummary>& branches) const {
        auto& list = object[name] = nlohmann::ordered_json::array();
        for (const auto& branch : branches)
            visit_branch(branch, Writer{list.emplace_back(nlohmann::ordered_json::object())});
    }
    void operator()(const char* name, const std::vector<OutputFile>& outputs) const {
        auto& list = object[name] = nlohmann::ordered_json::array();
        for (const auto& file : outputs)
            visit_output(file, Writer{list.emplace_back(nlohmann::ordered_json::object())});
    }
};

struct Reader {
    const nlohmann::json& object;

    template <class Value>
    void operator()(const char* name, Value& value) const {
        read_field(object, name, value);
    }
    void operator()(const char* name, JobStatus& status) const {
        std::string given;
        read_field(object, name, given);
        for (const auto& [value, known] : kStatusNames) {
            if (given == known) status = value;
        }
    }
    void operator()(const char* name, std::vector<StepCount>& steps) const {
        for (const auto& step : array_field(object, name)) visit_step(steps.emplace_back(), Reader{step});
    }
    void operator()(const char* name, std::vector<OutputFile>& outputs) const {
        for (const auto& file : array_field(object, name)) visit_output(outputs.emplace_back(), Reader{file});
    }
    void operator()(const char* name, std::vector<BranchSummary>& branches) const {
        for (const auto& branch : array_field(object, name))
            visit_branch(branches.emplace_back(), Reader{branch});
    }
};

}  // namespace

std::string_view to_string(JobStatus status) {
    for (const auto& [value, name] : kStatusNames) {
        if (value == status) return name;
    }
    throw Bug("a job status without a name");
}

nlohmann::ordered_json to_json(const BranchSummary& branch) {
    nlohmann::ordered_json object;
    visit_branch(branch, Writer{object});
    return object;
}

BranchSummary branch_summary_from_json(const nlohmann::json& json) {
    BranchSummary branch;
    visit_branch(branch, Reader{json});
    return branch;
}

nlohmann::ordered_json to_json(const JobSummary& summary) {
    nlohmann::ordered_json object;
    visit_summary(summary, Writer{object});
    // Data-Juicer's tools take any text here for an error.
    if (summary.error_message.empty()) object["error_message"] = nullptr;
    return object;
}

JobSummary job_summary_from_json(const nlohmann::json& json) {
    JobSummary summary;
    visit_summary(summary, Reader{json});
    return summary;
}

std::optional<JobSummary> read_job_summary(FileSystem& files, const std::filesystem::path& path) {
    const auto text = read_whole_file(files, path);
    if (!text) return std::nullopt;
    const auto json = nlohmann::json::parse(*text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    return job_summary_from_json(json);
}

void write_job_summary(FileSystem& files, const std::filesystem::path& path, const JobSummary& summary) {
    const auto text = to_json(summary).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    replace_file(files, path, text + "\n", summary.attempt);
}

}  // namespace dj
