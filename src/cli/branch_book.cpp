// SPDX-License-Identifier: Apache-2.0
#include "cli/branch_book.hpp"

#include <algorithm>
#include <utility>

namespace dj {
namespace {

using nlohmann::json;

bool is_complete(const BranchSummary& node) { return node.status == "complete" || node.status == "reused"; }

bool stands(FileSystem& files, const std::vector<OutputFile>& outputs) {
    return !outputs.empty() && std::ranges::all_of(outputs, [&](const OutputFile& output) {
        const auto info = files.info(output.path);
        return info && !info->is_directory && info->size_bytes == output.bytes;
    });
}

}  // namespace

BranchBook::BranchBook(FileSystem& files, JobLayout layout, BranchJobSpec& job)
    : files_(files),
      layout_(std::move(layout)),
      job_(job),
      nodes_(job.nodes.size()),
      outputs_(job.nodes.size()) {
    for (std::size_t i = 0; i < job.nodes.size(); ++i) {
        BranchNodeSpec& spec = job.nodes[i];
        BranchSummary& node = nodes_[i];
        node.name = spec.spec.node;
        node.kind = to_string(spec.kind);
        node.status = to_string(NodeStatus::planned);
        if (spec.parent) node.parent = job.nodes[*spec.parent].spec.node;
        for (std::size_t op = spec.first_op; op < spec.spec.ops.size(); ++op)
            node.operators.push_back(spec.spec.ops[op].name);
        if (spec.kind != DagNodeKind::branch) continue;
        node.output_path = spec.spec.output.path.string();
        look_for_record(i);
        spec.done = is_complete(node);
    }
}

/// What cannot be understood is no record: the branch then goes on from its states.
void BranchBook::look_for_record(std::size_t number) {
    const JobSpec& spec = job_.nodes[number].spec;
    const auto text = read_whole_file(files_, layout_.of_branch(spec.node).branch_record());
    if (!text) return;
    try {
        const json record = json::parse(*text);
        if (record.at("output_identity") != spec.output_identity) return;
        std::vector<OutputFile> outputs;
        for (const json& output : record.at("outputs"))
            outputs.push_back({output.at("path").get<std::string>(), output.at("rows").get<std::uint64_t>(),
                               output.at("bytes").get<std::uint64_t>()});
        if (!stands(files_, outputs)) return;
        records_read_ = record.at("records_read").get<std::uint64_t>();
        input_bytes_ = record.at("input_bytes").get<std::uint64_t>();
        take_figures(number, branch_summary_from_json(record.at("summary")));
        outputs_[number] = std::move(outputs);
    } catch (const json::exception&) {
        return;
    }
}

/// `found`: as it was written, with the steps of the whole chain. What the branch shares may be cut otherwise since then.
void BranchBook::take_figures(std::size_t number, BranchSummary found) {
    BranchSummary& node = nodes_[number];
    const std::vector<StepCount> chain = std::move(found.steps);
    found.name = node.name;
    found.kind = node.kind;
    found.parent = node.parent;
    found.operators = node.operators;
    found.output_path = node.output_path;
    found.status = to_string(NodeStatus::reused);
    node = std::move(found);
    fill_steps(number, chain);
}

/// Every branch knows what was done on its whole way; what is shared may have run in an earlier start of the job.
void BranchBook::fill_steps(std::size_t branch, const std::vector<StepCount>& chain) {
    if (chain.empty()) return;
    read_ = chain.front();
    nodes_[branch].steps = own_steps(branch, chain);
    const std::size_t first = job_.nodes[branch].first_op;
    if (first < chain.size()) nodes_[branch].rows_in = chain[first].rows_out;
    fill_shared_steps(branch, chain);
}

void BranchBook::write_record(std::size_t number, const JobResult& result) {
    const JobSpec& spec = job_.nodes[number].spec;
    json outputs = json::array();
    for (const OutputFile& output : result.outputs)
        outputs.push_back({{"path", output.path}, {"rows", output.rows}, {"bytes", output.bytes}});
    BranchSummary whole = nodes_[number];
    whole.steps = result.steps;
    const json record = {{"output_identity", spec.output_identity},
                         {"outputs", std::move(outputs)},
                         {"records_read", result.records_read},
                         {"input_bytes", result.input_bytes},
                         {"summary", to_json(whole)}};
    const auto path = layout_.of_branch(spec.node).branch_record();
    files_.create_directories(path.parent_path());
    replace_file(files_, path, record.dump(1, ' ', false, json::error_handler_t::replace) + "\n",
                 spec.attempt);
}

std::vector<StepCount> BranchBook::own_steps(std::size_t number, const std::vector<StepCount>& chain) const {
    const BranchNodeSpec& spec = job_.nodes[number];
    const auto step_of = [&](std::size_t op) {
        return chain.begin() + static_cast<std::ptrdiff_t>(std::min(op + 1, chain.size()));
    };
    const bool exports = spec.kind == DagNodeKind::branch;
    return {step_of(spec.first_op), exports ? chain.end() : step_of(spec.spec.ops.size())};
}

void BranchBook::fill_shared_steps(std::size_t branch, const std::vector<StepCount>& chain) {
    for (auto node = job_.nodes[branch].parent; node; node = job_.nodes[*node].parent) {
        BranchSummary& shared = nodes_[*node];
        if (shared.steps.empty()) shared.steps = own_steps(*node, chain);
        const std::size_t first = job_.nodes[*node].first_op;
        if (first < chain.size()) shared.rows_in = chain[first].rows_out;
        if (!shared.steps.empty()) shared.rows_out = shared.steps.back().rows_out;
    }
}

void BranchBook::changed(std::size_t number, const NodeResult& state) {
    const std::lock_guard lock(mutex_);
    BranchSummary& node = nodes_[number];
    if (job_.nodes[number].done) return;
    node.status = to_string(state.status);
    node.error_message = state.error;
    node.attempts = state.tries;
    node.start_time = state.begin_seconds;
    if (state.end_seconds > state.begin_seconds) node.duration = state.end_seconds - state.begin_seconds;
    const JobResult& result = state.result;
    note_partitions(state);
    if (state.status != NodeStatus::running) node.share_done = 0;
    if (state.status == NodeStatus::running || result.steps.empty()) return;
    node.cpu_seconds = result.compute_seconds;
    node.peak_memory_bytes = result.peak_row_bytes;
    node.quarantined = result.quarantined;
    node.counts_add_up = result.counts_add_up;
    if (!result.was_complete) {
        // Who failed may not have read all of it.
        if (read_.name.empty() || state.status == NodeStatus::complete) read_ = result.steps.front();
        node.steps = own_steps(number, result.steps);
        const std::size_t first = job_.nodes[number].first_op;
        if (first < result.steps.size()) node.rows_in = result.steps[first].rows_out;
    }
    if (state.status == NodeStatus::complete) node.rows_out = result.exported;
    if (job_.nodes[number].kind != DagNodeKind::branch) return;
    node.output_bytes = result.output_bytes;
    outputs_[number] = result.outputs;
    if (state.status != NodeStatus::complete) return;
    fill_shared_steps(number, result.steps);
    if (result.exit == ExitCode::done) write_record(number, result);
}

void BranchBook::note_partitions(const NodeResult& state) {
    const std::vector<PartitionResult>& found = state.result.partitions;
    if (found.empty() || (!partitions_.empty() && state.status != NodeStatus::complete)) return;
    partitions_ = found;
    for (PartitionResult& partition : partitions_) partition.exported.reset();
}

void BranchBook::look(std::size_t node, const RunProgress& progress) {
    const double within = share_done(progress).value_or(0);
    const std::lock_guard lock(mutex_);
    nodes_[node].share_done = (progress.pass + within) / std::max(1U, progress.passes);
}

std::vector<BranchSummary> BranchBook::summaries() const {
    const std::lock_guard lock(mutex_);
    return nodes_;
}

JobResult BranchBook::total(const BranchJobResult& job) const {
    const std::lock_guard lock(mutex_);
    JobResult total;
    total.records_read = records_read_;
    total.input_bytes = input_bytes_;
    total.exit = job.exit;
    total.error = job.error;
    total.seconds = job.seconds;
    total.counts_add_up = true;
    total.partitions = partitions_;
    if (!read_.name.empty()) total.steps.push_back(read_);
    total.quarantined = read_.quarantined;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const BranchSummary& node = nodes_[i];
        for (const StepCount& step : node.steps) total.quarantined += step.quarantined;
        if (node.kind == to_string(DagNodeKind::common))
            total.steps.insert(total.steps.end(), node.steps.begin(), node.steps.end());
        if (node.kind == to_string(DagNodeKind::branch)) {
            if (is_complete(node)) {
                total.counts_add_up = total.counts_add_up && node.counts_add_up;
                total.exported += node.rows_out;
            }
            total.output_bytes += node.output_bytes;
            total.outputs.insert(total.outputs.end(), outputs_[i].begin(), outputs_[i].end());
        }
        if (i >= job.nodes.size()) continue;
        const JobResult& run = job.nodes[i].result;
        total.records_read = std::max(total.records_read, run.records_read);
        total.input_bytes = std::max(total.input_bytes, run.input_bytes);
        total.in_failed_partitions = std::max(total.in_failed_partitions, run.in_failed_partitions);
        total.failed_partitions = std::max(total.failed_partitions, run.failed_partitions);
        total.peak_rss_bytes = std::max(total.peak_rss_bytes, run.peak_rss_bytes);
        total.resumed_partitions = std::max(total.resumed_partitions, run.resumed_partitions);
        total.spilled_bytes += run.spilled_bytes;
        total.generations += run.generations;
        total.checkpoint_bytes += run.checkpoint_bytes;
        total.checkpoint_raw_bytes += run.checkpoint_raw_bytes;
        total.retries += run.retries;
        if (run.seconds_to_first_row > 0 && total.seconds_to_first_row == 0)
            total.seconds_to_first_row = run.seconds_to_first_row;
    }
    return total;
}

}  // namespace dj
