// SPDX-License-Identifier: Apache-2.0
#include "cli/slurm_jobs.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/child_process.hpp"

namespace dj {
namespace {

std::vector<std::string> fields_of(std::string_view line) {
    std::vector<std::string> fields;
    for (std::size_t begin = 0;;) {
        const auto end = std::min(line.find('|', begin), line.size());
        fields.emplace_back(line.substr(begin, end - begin));
        if (end == line.size()) return fields;
        begin = end + 1;
    }
}

/// Lines of four fields: number, state, nodes, reason. Others, of whatever stands on PATH under the name, are ignored.
void read_lines(std::string_view text, const std::set<std::string>& numbers, SlurmAnswer& answer) {
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find('\n', begin), text.size());
        const auto fields = fields_of(text.substr(begin, end - begin));
        begin = end + 1;
        if (fields.size() != 4 || !numbers.contains(fields[0])) continue;
        SlurmJob job;
        job.state = fields[1].substr(0, fields[1].find(' '));  // sacct: "CANCELLED by 1000"
        if (fields[2] != "None assigned") job.nodes = fields[2];
        if (job.state == "PENDING" && fields[3] != "None") job.reason = fields[3];
        answer.jobs.emplace(fields[0], std::move(job));
    }
}

}  // namespace

std::string SlurmJob::text() const {
    if (!reason.empty()) return fmt::format("{} ({})", state, reason);
    return nodes.empty() || has_no_processes() ? state : fmt::format("{} on {}", state, nodes);
}

bool SlurmJob::has_no_processes() const {
    constexpr std::array<std::string_view, 8> kWithProcesses = {
        "RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED", "SIGNALING", "STAGE_OUT", "STOPPED", "RESIZING"};
    return std::find(kWithProcesses.begin(), kWithProcesses.end(), state) == kWithProcesses.end();
}

SlurmAnswer ask_slurm(const std::set<std::string>& numbers, double timeout_seconds) {
    SlurmAnswer answer;
    if (numbers.empty()) return answer;
    const auto list = fmt::format("{}", fmt::join(numbers, ","));
    const ChildResult queue = run_child(
        {"squeue", "--noheader", "--states=all", "--jobs=" + list, "--format=%A|%T|%N|%r"}, timeout_seconds);
    if (queue.timed_out) {
        answer.problem = fmt::format("squeue has not answered within {:.0f} s", timeout_seconds);
        return answer;
    }
    read_lines(queue.out, numbers, answer);
    // A number that the controller has forgotten is an error where it is the only one.
    const bool forgotten = queue.err.find("Invalid job id") != std::string::npos;
    if (queue.exit_code != 0 && !forgotten && answer.jobs.empty()) {
        answer.problem = queue.exit_code ? "squeue: " + queue.err.substr(0, queue.err.find('\n'))
                                         : "there is no squeue here to ask";
        return answer;
    }
    std::set<std::string> missing;
    for (const auto& number : numbers) {
        if (!answer.jobs.contains(number)) missing.insert(number);
    }
    if (missing.empty()) return answer;
    // Many clusters keep no accounts; then old jobs have no state.
    const ChildResult accounts = run_child(
        {"sacct", "--noheader", "--parsable2", "--allocations",
         fmt::format("--jobs={}", fmt::join(missing, ",")), "--format=JobIDRaw,State,NodeList,Reason"},
        timeout_seconds);
    read_lines(accounts.out, missing, answer);
    return answer;
}

std::string slurm_number(const JobState& state) {
    if (!state.summary) return {};
    const std::string& step = state.summary->slurm_step;
    return step.substr(0, step.find('.'));
}

std::string look_at_slurm(const std::vector<JobState*>& states) {
    std::set<std::string> numbers;
    for (const JobState* state : states) {
        if (auto number = slurm_number(*state); !number.empty()) numbers.insert(std::move(number));
    }
    const SlurmAnswer answer = ask_slurm(numbers);
    for (JobState* state : states) {
        const auto found = answer.jobs.find(slurm_number(*state));
        if (found == answer.jobs.end()) continue;
        state->slurm = found->second.text();
        state->queued_again = found->second.state == "PENDING";
        state->owner_is_gone = state->owner_is_gone || found->second.has_no_processes();
    }
    return answer.problem;
}

}  // namespace dj
