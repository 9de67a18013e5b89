// SPDX-License-Identifier: Apache-2.0
#include "job_accounts.hpp"

#include "dj/base/clock.hpp"
#include "dj/events/job_events.hpp"

namespace dj {

namespace {

StepCount step_count(const JobSpec& spec, std::size_t index, const StepTally& tally) {
    StepCount step;
    step.name = index == 0 ? "read" : spec.ops[index - 1].name;
    step.family = index == 0 ? "read" : spec.ops[index - 1].family;
    step.rows_in = tally.rows_in;
    step.rows_out = tally.rows_out;
    step.dropped = tally.dropped;
    step.made = tally.made;
    step.quarantined = tally.quarantined;
    step.bytes_in = tally.bytes_in;
    step.cpu_seconds = static_cast<double>(tally.nanoseconds) * 1e-9;
    return step;
}

void add_exchange(StepCount& step, const ResolvedOp& resolved) {
    step.rows_in += resolved.counts.rows_in;
    step.rows_out += resolved.counts.rows_out;
    step.dropped += resolved.counts.rows_in - resolved.counts.rows_out;
    step.cpu_seconds += resolved.seconds;
}

}  // namespace

std::vector<StepCount> count_steps(const JobSpec& spec, const std::vector<StepTally>& tallies,
                                   const std::vector<ResolvedOp>& resolved) {
    std::vector<StepCount> steps;
    for (std::size_t i = 0; i < tallies.size(); ++i) {
        steps.push_back(step_count(spec, i, tallies[i]));
        for (const ResolvedOp& one : resolved) {
            if (i == one.op_index + 1) add_exchange(steps.back(), one);
        }
    }
    return steps;
}

void add_up(JobResult& result, const JobSpec& spec, const std::vector<StepTally>& tallies,
            const std::vector<ResolvedOp>& resolved) {
    std::uint64_t made = 0;
    std::uint64_t dropped = 0;
    result.quarantined = 0;
    result.steps = count_steps(spec, tallies, resolved);
    for (const StepCount& step : result.steps) {
        made += step.made;
        dropped += step.dropped;
        result.quarantined += step.quarantined;
    }
    StepCount end;
    end.name = "export";
    end.family = "export";
    end.rows_in = end.rows_out = result.exported;
    result.steps.push_back(std::move(end));
    result.counts_add_up = result.records_read + made ==
                           result.exported + dropped + result.quarantined + result.in_failed_partitions;
}

void record_resolution(EventSink& events, const JobSpec& spec, const ResolvedOp& resolved, const OpSpec& op) {
    OpFigures figures;
    figures.op_index = resolved.op_index;
    figures.count.name = op.name;
    figures.count.family = std::string(to_string(op.family));
    add_exchange(figures.count, resolved);
    figures.seconds = resolved.seconds;
    Event start = op_start_event(figures, spec.ops[resolved.op_index].params);
    start.timestamp = seconds_since_epoch() - resolved.seconds;
    events.record(std::move(start));
    events.record(op_complete_event(figures));
}

}  // namespace dj
