// SPDX-License-Identifier: Apache-2.0
#include "pass.hpp"

#include <algorithm>
#include <numeric>
#include <thread>

#include <fmt/format.h>

#include "assembler.hpp"
#include "compute_slots.hpp"
#include "dj/base/clock.hpp"
#include "morsel_reader.hpp"
#include "morsel_worker.hpp"
#include "work_queue.hpp"

namespace dj {

namespace {

/// Reports a finished partition; keeps it, or hands its rows to the exporter.
class Finisher {
public:
    Finisher(const PassContext& context, std::uint32_t pass) : context_(context), pass_(pass) {}

    void finish(PartitionState&& state, double begin_seconds, int retries) {
        PartitionDone done;
        done.pass = pass_;
        done.partition = state.partition;
        done.rows = state.rows();
        done.records = state.records;
        done.bytes_read = state.bytes_read;
        done.fault_count = state.fault_count;
        done.position = state.position;
        done.begin_seconds = begin_seconds;
        done.end_seconds = seconds_since_epoch();
        done.retries = retries;
        done.content_hash = state.content_hash;
        done.tallies = state.tallies;
        for (const MorselRows& morsel : state.morsels) {
            done.weight = std::accumulate(morsel.weights.begin(), morsel.weights.end(), done.weight);
            done.stats_bytes += morsel.stats.size_bytes();
        }
        if (context_.collector != nullptr) context_.collector->partition_done(state, begin_seconds);
        keep(std::move(state));
        context_.desk.send(0, Tag::partition_done, done.pack());
    }

    /// Without the partition, if the recipe allows that; else the job ends.
    void give_up(const PartitionTries::Try& tried) {
        if (!context_.spec.retry.continue_after_failure) {
            context_.desk.fail(tried.error);
            return;
        }
        PartitionState state;
        state.partition = tried.assignment.partition;
        state.pass = pass_;
        state.from_input = true;
        PartitionDone done;
        done.pass = pass_;
        done.partition = state.partition;
        done.begin_seconds = done.end_seconds = seconds_since_epoch();
        done.failed = true;
        done.records_lost = tried.records;
        done.retries = tried.retry;
        done.error = text_of(tried.error);
        keep(std::move(state));
        context_.desk.send(0, Tag::partition_done, done.pack());
    }

    std::vector<PartitionState> take() {
        std::sort(states_.begin(), states_.end(),
                  [](const PartitionState& a, const PartitionState& b) { return a.partition < b.partition; });
        return std::move(states_);
    }

private:
    void keep(PartitionState&& state) {
        const bool exports = context_.spec.goal == RunGoal::export_rows;
        if (exports && !context_.pipeline.segments[pass_].ends_dataset_wide) {
            PartitionState rows;
            rows.partition = state.partition;
            rows.pass = state.pass;
            rows.morsels = std::move(state.morsels);
            context_.exporter.add(std::move(rows));
        }
        const std::lock_guard lock(mutex_);
        states_.push_back(std::move(state));
    }

    const PassContext& context_;
    const std::uint32_t pass_;
    std::mutex mutex_;
    std::vector<PartitionState> states_;
};

/// What rank 0 should know of a pass besides its partitions.
void tell(const PassContext& context, const PartitionTries& tries) {
    if (tries.retries() > 0) context.desk.send(0, Tag::retried, ByteWriter().put(tries.retries()).take());
    if (context.intermediate == nullptr) return;
    const std::string warning = context.intermediate->take_warning();
    if (!warning.empty()) context.warn(warning);
}

}  // namespace

Activity pass_activity(const JobSpec& spec, const Pipeline& pipeline, std::uint32_t pass, bool reads_input,
                       std::uint64_t rows) {
    if (reads_input) return {"reading the input", WorkUnit::bytes, 0};
    const Segment& segment = pipeline.segments[pass];
    const std::size_t end = segment.end_op + (segment.ends_dataset_wide ? 1 : 0);
    if (segment.first_op == end) return {"writing the output", WorkUnit::rows, rows};
    const std::string& first = spec.ops[segment.first_op].name;
    const std::string& last = spec.ops[end - 1].name;
    return {first == last ? first : fmt::format("{} to {}", first, last), WorkUnit::rows, rows};
}

std::vector<PartitionState> run_pass(const PassContext& context, std::uint32_t pass,
                                     std::vector<StagedPartition> staged) {
    Finisher finisher(context, pass);
    Assembler::Options options;
    options.pass = pass;
    options.steps = context.pipeline.ops.size() + 1;
    options.from_input = pass == context.first_pass;
    options.by_row = pass < context.pipeline.input_segments;
    PartitionTries tries(context.spec.retry, context.spec.job_id);
    Assembler assembler(options, context.store,
                        [&](std::uint64_t ticket, PartitionState&& state, double begin) {
                            if (context.intermediate != nullptr)
                                context.intermediate->finish(pass, state.partition, state.morsels.size());
                            finisher.finish(std::move(state), begin, tries.retry_of(ticket));
                            tries.succeed(ticket);
                        });
    WorkQueue<MorselTask> queue(static_cast<std::size_t>(context.spec.threads) * 2 + 2);
    MorselReader source(context, queue, assembler, tries);
    std::thread reader([&] {
        try {
            if (options.from_input) {
                source.read_input([&](const PartitionTries::Try& tried) { finisher.give_up(tried); });
            } else {
                source.read_staged(staged);
            }
        } catch (...) {
            context.desk.fail(std::current_exception());
        }
        queue.close();
    });
    const auto process = [&](MorselWorker& worker, MorselTask&& task) {
        const std::uint64_t ticket = task.ticket;
        const std::uint32_t partition = task.partition;
        try {
            worker.process(std::move(task));
        } catch (const UserError&) {
            throw;
        } catch (...) {
            // Rows that lay in the stage store are gone with the try: only the input can be read again.
            if (!options.from_input) throw;
            source.failed(ticket, partition, std::current_exception());
        }
    };
    // No exception may leave the region: the first one is reported, the rest of the queue thrown away.
#pragma omp parallel num_threads(context.spec.threads)
    {
        try {
            MorselWorker worker(context, pass, assembler);
            while (auto task = queue.pop()) {
                if (context.desk.abandoned()) continue;
                const ComputeShare::Turn turn(context.compute);
                process(worker, std::move(*task));
            }
        } catch (...) {
            queue.cancel();
            context.desk.fail(std::current_exception());
        }
    }
    reader.join();
    tell(context, tries);
    return finisher.take();
}

}  // namespace dj
