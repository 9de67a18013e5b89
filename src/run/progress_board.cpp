// SPDX-License-Identifier: Apache-2.0
#include "progress_board.hpp"

#include <algorithm>
#include <cmath>

namespace dj {

namespace {

/// A load is measured over at least so long: a shorter look at a clock of CPU time says little.
constexpr double kLoadSeconds = 0.9;
/// "Now" is the mean over about so long, the time to go is judged by so much of the past, and marks are so far apart.
constexpr double kRecentSeconds = 5;
constexpr double kRememberedSeconds = 30;
constexpr double kMarkSeconds = 0.5;
/// No time to go is told before so much has been seen.
constexpr double kJudgeSeconds = 2;

StepTally minus(StepTally a, const StepTally& b) {
    a.rows_in -= b.rows_in;
    a.rows_out -= b.rows_out;
    a.dropped -= b.dropped;
    a.made -= b.made;
    a.quarantined -= b.quarantined;
    a.bytes_in -= b.bytes_in;
    a.nanoseconds -= b.nanoseconds;
    return a;
}

/// Both are less than or equal to the truth, counter by counter.
StepTally nearer(const StepTally& a, const StepTally& b) {
    return {std::max(a.rows_in, b.rows_in),         std::max(a.rows_out, b.rows_out),
            std::max(a.dropped, b.dropped),         std::max(a.made, b.made),
            std::max(a.quarantined, b.quarantined), std::max(a.bytes_in, b.bytes_in),
            std::max(a.nanoseconds, b.nanoseconds)};
}

}  // namespace

ProgressBoard::ProgressBoard(const JobSpec& spec, const JobInput& input, const Coordinator& coordinator,
                             int ranks)
    : spec_(spec),
      coordinator_(coordinator),
      passes_(static_cast<std::uint32_t>(plan_segments(spec.ops).size())),
      ranks_(static_cast<std::size_t>(ranks)),
      totals_(spec.ops.size() + 1) {
    for (const Partition& partition : input.partitions) planned_bytes_ += partition.bytes;
    for (const InputFile& file : input.files) {
        const FileKind kind = file_kind_of(file.path);
        if (kind.format != FileFormat::jsonl || !kind.divisible()) planned_is_exact_ = false;
    }
}

void ProgressBoard::take(int from, Pulse&& pulse) {
    const std::lock_guard lock(mutex_);
    Rank& rank = ranks_.at(static_cast<std::size_t>(from));
    measure_load(rank, pulse);
    if (!rank.heard) {
        const auto [found, added] =
            host_numbers_.try_emplace(pulse.host, static_cast<std::uint32_t>(hosts_.size()));
        if (added) hosts_.push_back(pulse.host);
        rank.host = found->second;
        rank.heard = true;
        rank.last.tallies.resize(totals_.size());
    }
    pulse.tallies.resize(totals_.size());
    for (std::size_t i = 0; i < totals_.size(); ++i)
        totals_[i] += minus(pulse.tallies[i], rank.last.tallies[i]);
    rank.last = std::move(pulse);
}

void ProgressBoard::measure_load(Rank& rank, const Pulse& pulse) const {
    const double passed = pulse.seconds - rank.measured_seconds;
    if (rank.heard && passed < kLoadSeconds) return;
    if (rank.heard) {
        rank.busy = std::max(0.0, pulse.cpu_seconds - rank.measured_cpu_seconds) /
                    (passed * std::max(1, pulse.threads));
    }
    rank.measured_seconds = pulse.seconds;
    rank.measured_cpu_seconds = pulse.cpu_seconds;
}

void ProgressBoard::note(const ResolvedOp& resolved) {
    const std::lock_guard lock(mutex_);
    resolved_.push_back(resolved);
}

RunProgress ProgressBoard::look(const WorkMeter::Reading& here, double seconds) {
    RunProgress progress;
    progress.seconds = seconds;
    progress.pass = here.pass;
    progress.passes = passes_;
    progress.activity = here.activity.text;
    progress.activity_seconds =
        here.number == 0
            ? 0
            : std::chrono::duration<double>(std::chrono::steady_clock::now() - here.begun).count();
    progress.unit = here.activity.unit;
    progress.total = here.activity.total;
    progress.threads = spec_.threads;
    progress.memory_budget_bytes = spec_.memory_bytes;
    std::vector<StepTally> finished = coordinator_.tallies();

    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < finished.size(); ++i) finished[i] = nearer(finished[i], totals_[i]);
    progress.steps = count_steps(spec_, finished, resolved_);
    fill_ranks(progress, here.number);
    fill_amounts(progress, here);
    fill_rates(progress, here.number);
    return progress;
}

void ProgressBoard::fill_ranks(RunProgress& progress, std::uint32_t activity) const {
    progress.hosts = hosts_;
    progress.ranks.reserve(ranks_.size());
    for (const Rank& rank : ranks_) {
        progress.ranks.push_back(
            {rank.busy, rank.last.rss_bytes, rank.last.peak_rss_bytes, rank.last.cpu_seconds, rank.host});
        // A rank that was heard of in another activity has not begun this one, as far as is known.
        if (!rank.heard || rank.last.activity != activity) continue;
        progress.rows += rank.last.rows;
        progress.bytes += rank.last.bytes;
    }
}

void ProgressBoard::fill_amounts(RunProgress& progress, const WorkMeter::Reading& here) const {
    const Coordinator::PassState pass = coordinator_.pass_state();
    if (here.activity.unit == WorkUnit::bytes) estimate_input(progress, pass);
    progress.done = here.activity.unit == WorkUnit::bytes ? progress.bytes : progress.rows;
    const bool all_worked_on = pass.partitions > 0 && pass.done == pass.partitions;
    if (here.activity.unit == WorkUnit::keys || here.number == 0) return;
    // The tail of a pass, whatever the last pulses say.
    if (here.is_pass && all_worked_on) {
        progress.done = progress.total;
        progress.total_is_estimated = false;
        if (pass.exporting) progress.activity = "writing the rest of the output";
    }
}

/// What all of the input comes to when it is read, in the bytes that ranks count.
void ProgressBoard::estimate_input(RunProgress& progress, const Coordinator::PassState& pass) const {
    progress.bytes = std::max(progress.bytes, pass.bytes_read);
    progress.rows = std::max(progress.rows, coordinator_.records());
    progress.total = planned_bytes_;
    if (planned_is_exact_) return;
    progress.total_is_estimated = true;
    if (pass.planned_bytes_done == 0) {
        progress.total = 0;
        return;
    }
    const double swelling =
        static_cast<double>(pass.bytes_read) / static_cast<double>(pass.planned_bytes_done);
    const double rest =
        static_cast<double>(planned_bytes_ - std::min(planned_bytes_, pass.planned_bytes_done)) * swelling;
    progress.total = pass.bytes_read + static_cast<std::uint64_t>(std::llround(rest));
}

void ProgressBoard::fill_rates(RunProgress& progress, std::uint32_t activity) {
    if (activity != marked_activity_) {
        marks_.clear();
        marked_activity_ = activity;
    }
    const Mark now{progress.activity_seconds, progress.rows, progress.bytes, progress.done};
    if (marks_.empty()) marks_.push_back({});
    const auto rates_since = [&](const Mark& then) {
        const double passed = now.seconds - then.seconds;
        if (passed <= 0) return WorkRates{};
        return WorkRates{static_cast<double>(now.rows - std::min(now.rows, then.rows)) / passed,
                         static_cast<double>(now.bytes - std::min(now.bytes, then.bytes)) / passed};
    };
    const auto recent = std::find_if(marks_.rbegin(), marks_.rend(), [&](const Mark& mark) {
        return now.seconds - mark.seconds >= kRecentSeconds;
    });
    progress.mean = rates_since({});
    progress.recent = rates_since(recent == marks_.rend() ? marks_.front() : *recent);
    const double seen = now.seconds - marks_.front().seconds;
    if (progress.total > now.done && now.done > marks_.front().done && seen >= kJudgeSeconds) {
        progress.seconds_left = static_cast<double>(progress.total - now.done) * seen /
                                static_cast<double>(now.done - marks_.front().done);
    }
    if (now.seconds - marks_.back().seconds >= kMarkSeconds) marks_.push_back(now);
    while (marks_.size() > 1 && now.seconds - marks_[1].seconds >= kRememberedSeconds) marks_.pop_front();
}

}  // namespace dj
