// SPDX-License-Identifier: Apache-2.0
#include "pass.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <numeric>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "assembler.hpp"
#include "chain.hpp"
#include "dj/base/byte_stream.hpp"
#include "dj/base/clock.hpp"
#include "dj/events/job_events.hpp"
#include "work_queue.hpp"

namespace dj {

namespace {

/// What a thread takes from the queue: bytes read, a stored batch with the rows that the plan keeps, or a whole
/// partition whose rows must first be put in order.
struct MorselTask {
    std::uint32_t partition = 0;
    std::uint32_t sequence = 0;
    std::optional<RawMorsel> raw;
    std::optional<StagedPartition::Part> part;
    std::optional<std::vector<std::uint32_t>> rows;
    std::optional<StagedPartition> scattered;
};

std::vector<std::uint32_t> every_row(const Batch& batch) {
    std::vector<std::uint32_t> rows(batch.size());
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

Batch restore(StagedPartition::Part& part, const Pipeline& pipeline) {
    const std::string bytes = part.batch.take();
    std::string_view in = bytes;
    Batch batch = Batch::deserialise(in, pipeline.schema);
    for (RowOrigin& origin : batch.origins) origin.row += part.record_base;
    return batch;
}

/// The rows of a partition that arrived in any order, in the order of their positions.
Batch gather_in_order(StagedPartition& partition, const Pipeline& pipeline) {
    Batch all(pipeline.schema);
    std::vector<std::uint64_t> positions;
    for (StagedPartition::Part& part : partition.parts) {
        const Batch batch = restore(part, pipeline);
        all.append(batch, every_row(batch));
        positions.insert(positions.end(), part.positions.begin(), part.positions.end());
    }
    std::vector<std::uint32_t> order = every_row(all);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return positions[a] < positions[b]; });
    return all.take(order);
}

/// One thread's part of a pass.
class MorselWorker {
public:
    MorselWorker(const PassContext& context, std::uint32_t pass, Assembler& assembler)
        : context_(context),
          segment_(context.pipeline.segments[pass]),
          assembler_(assembler),
          morsel_{pass},
          chain_(context.pipeline, segment_),
          tallies_(context.pipeline.ops.size() + 1) {
        if (pass == 0) parser_ = context.pipeline.input->make_parser(context.pipeline.schema);
        dead_columns_ = context.pipeline.dead_after[pass];
        if (context.intermediate == nullptr) return;
        chain_.observe([this](std::size_t op, const Batch& batch, RowIndices rows) {
            context_.intermediate->keep(morsel_, op, batch, rows);
        });
    }

    void process(MorselTask&& task) {
        std::fill(tallies_.begin(), tallies_.end(), StepTally{});
        MorselRows result;
        result.sequence = task.sequence;
        const std::uint64_t bytes = bytes_of(task);
        std::vector<std::uint32_t> rows;
        Batch batch = task.raw ? read(task, result) : restore_rows(task, rows);
        if (!task.rows) rows = every_row(batch);
        const std::uint64_t rows_begun = task.raw ? result.records : rows.size();
        morsel_.partition = task.partition;
        morsel_.sequence = task.sequence;
        if (context_.intermediate != nullptr)
            context_.intermediate->begin(morsel_, segment_.first_op, batch, rows);
        chain_.run(batch, rows, tallies_, result.faults);
        if (segment_.ends_dataset_wide) {
            store_rows(batch, rows, result);
        } else {
            encode_rows(batch, rows, result);
        }
        context_.on_first_rows();
        context_.meter.add(tallies_, rows_begun, bytes);
        assembler_.add(task.partition, std::move(result), tallies_);
    }

private:
    static std::uint64_t bytes_of(const MorselTask& task) {
        if (task.raw) return task.raw->payload_bytes();
        if (task.part) return task.part->batch.size_bytes();
        std::uint64_t bytes = 0;
        for (const StagedPartition::Part& part : task.scattered->parts) bytes += part.batch.size_bytes();
        return bytes;
    }

    Batch read(const MorselTask& task, MorselRows& result) {
        const auto begin = std::chrono::steady_clock::now();
        ParsedMorsel parsed = parser_->parse(*task.raw);
        for (RowOrigin& origin : parsed.batch.origins) origin.partition = task.partition;
        for (RecordFault& fault : parsed.faults) {
            RowFault record;
            record.origin = {fault.offset, fault.index, task.raw->file, task.partition};
            record.size_bytes = fault.size_bytes;
            record.reason = std::move(fault.reason);
            record.excerpt = std::move(fault.excerpt);
            result.faults.push_back(std::move(record));
        }
        result.records = parsed.records;
        StepTally& tally = tallies_[0];
        tally.rows_in = parsed.records;
        tally.rows_out = parsed.batch.size();
        tally.quarantined = result.faults.size();
        tally.bytes_in = task.raw->payload_bytes();
        tally.nanoseconds = static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin)
                .count());
        return std::move(parsed.batch);
    }

    Batch restore_rows(MorselTask& task, std::vector<std::uint32_t>& rows) {
        if (task.scattered) return gather_in_order(*task.scattered, context_.pipeline);
        if (task.rows) rows = std::move(*task.rows);
        return restore(*task.part, context_.pipeline);
    }

    void store_rows(Batch& batch, std::vector<std::uint32_t>& rows, MorselRows& result) {
        TextColumn keys;
        chain_.make_keys(batch, rows, keys, tallies_, result.faults);
        for (const std::size_t column : dead_columns_) batch.drop_values(column);
        if (rows.size() != batch.size()) batch = batch.take(rows);
        std::string bytes;
        bytes.reserve(batch.payload_bytes() + batch.payload_bytes() / 16);
        batch.serialise(bytes);
        result.rows = rows.size();
        result.batch = context_.store.put(std::move(bytes));
        if (context_.pipeline.ops[segment_.end_op].spec->shape == OpShape::order_by_key) {
            ByteWriter sizes;
            sizes.put_all(batch.row_bytes());
            result.sizes = context_.store.put(sizes.take());
        }
        std::string key_bytes;
        keys.serialise(key_bytes);
        result.keys = context_.store.put(std::move(key_bytes));
    }

    void encode_rows(const Batch& batch, const std::vector<std::uint32_t>& rows, MorselRows& result) {
        result.rows = rows.size();
        if (rows.empty()) return;
        EncodedRows encoded = context_.pipeline.output->encode(batch, rows);
        result.weights = std::move(encoded.weights);
        result.encoded = context_.store.put(std::move(encoded.bytes));
        if (context_.pipeline.stats_output) {
            result.stats = context_.store.put(context_.pipeline.stats_output->encode(batch, rows).bytes);
        }
    }

    const PassContext& context_;
    const Segment& segment_;
    Assembler& assembler_;
    IntermediateStorage::Morsel morsel_;  ///< At hand.
    Chain chain_;
    std::unique_ptr<InputFormat::Parser> parser_;
    std::vector<std::size_t> dead_columns_;
    std::vector<StepTally> tallies_;
};

/// The reader thread of a pass: fills the queue in partition order.
class MorselReader {
public:
    MorselReader(const PassContext& context, WorkQueue<MorselTask>& queue, Assembler& assembler)
        : context_(context), queue_(queue), assembler_(assembler) {}

    void read_input() {
        context_.desk.claim();
        while (auto assignment = context_.desk.next_assignment()) {
            if (assignment->partition == Assignment::kNoPartition) return;
            context_.desk.claim();  // one ahead of need
            if (!read_partition(*assignment)) return;
        }
    }

    void read_staged(std::vector<StagedPartition>& staged) {
        for (StagedPartition& partition : staged) {
            const std::uint32_t number = partition.partition;
            assembler_.begin(number);
            std::uint32_t sequence = 0;
            if (partition.scattered) {
                if (!push_scattered(partition, sequence)) return;
            } else if (!push_parts(partition, sequence)) {
                return;
            }
            assembler_.end(number, sequence, 0, {});
        }
    }

private:
    bool read_partition(const Assignment& assignment) {
        assembler_.begin(assignment.partition);
        std::uint32_t sequence = 0;
        std::uint64_t bytes = 0;
        std::string hash;
        for (const Assignment::Part& part : assignment.parts) {
            const auto source = context_.pipeline.input->open(context_.files, part.path, part.kind,
                                                              part.range, context_.spec.morsel_bytes);
            MorselTask task;
            while (source->next(task.raw.emplace())) {
                task.partition = assignment.partition;
                task.sequence = sequence++;
                bytes += task.raw->payload_bytes();
                if (!push(std::move(task))) return false;
                task = {};
            }
            check_unchanged(part);
            if (!hash.empty()) hash += '+';
            hash += source->content_hash();
        }
        assembler_.end(assignment.partition, sequence, bytes, std::move(hash));
        return true;
    }

    /// Rows of a file that was cut short, replaced or appended to meanwhile would be half of one input and half of another.
    void check_unchanged(const Assignment::Part& part) const {
        const auto now = context_.files.info(part.path);
        const bool same = now && now->size_bytes == part.size_bytes &&
                          (part.modified_ns == 0 || now->modified_ns == part.modified_ns);
        if (same) return;
        throw EnvironmentError(fmt::format(
            "{} changed while it was being read ({}). Nothing was exported; run the job again when "
            "the file stays as it is",
            part.path,
            !now ? std::string("it is gone")
            : now->size_bytes != part.size_bytes
                ? fmt::format("from {} to {} bytes", part.size_bytes, now->size_bytes)
                : std::string("it was written to or replaced")));
    }

    bool push_parts(StagedPartition& partition, std::uint32_t& sequence) {
        std::size_t row = 0;
        for (StagedPartition::Part& part : partition.parts) {
            MorselTask task;
            task.partition = partition.partition;
            task.sequence = sequence++;
            if (!partition.keep.empty()) {
                task.rows.emplace();
                for (std::uint32_t i = 0; i < part.rows; ++i) {
                    if (partition.keep[row + i]) task.rows->push_back(i);
                }
            }
            row += part.rows;
            task.part = std::move(part);
            if (!push(std::move(task))) return false;
        }
        return true;
    }

    bool push_scattered(StagedPartition& partition, std::uint32_t& sequence) {
        if (partition.parts.empty()) return true;
        MorselTask task;
        task.partition = partition.partition;
        task.sequence = sequence++;
        task.scattered = std::move(partition);
        return push(std::move(task));
    }

    bool push(MorselTask&& task) {
        if (context_.desk.abandoned()) return false;
        if (context_.stop.requested()) {
            context_.desk.stop(context_.stop.reason());
            return false;
        }
        return queue_.push(std::move(task));
    }

    const PassContext& context_;
    WorkQueue<MorselTask>& queue_;
    Assembler& assembler_;
};

/// Reports a finished partition; keeps it, or hands its rows to the exporter.
class Finisher {
public:
    Finisher(const PassContext& context, std::uint32_t pass) : context_(context), pass_(pass) {}

    void finish(PartitionState&& state, double begin_seconds) {
        PartitionDone done;
        done.pass = pass_;
        done.partition = state.partition;
        done.rows = state.rows();
        done.records = state.records;
        done.bytes_read = state.bytes_read;
        done.fault_count = state.fault_count;
        done.begin_seconds = begin_seconds;
        done.end_seconds = seconds_since_epoch();
        done.content_hash = state.content_hash;
        done.tallies = state.tallies;
        for (const MorselRows& morsel : state.morsels) {
            done.weight = std::accumulate(morsel.weights.begin(), morsel.weights.end(), done.weight);
            done.stats_bytes += morsel.stats.size_bytes();
        }
        const bool exports = !context_.pipeline.segments[pass_].ends_dataset_wide;
        PartitionState kept = std::move(state);
        if (exports) {
            PartitionState rows;
            rows.partition = kept.partition;
            rows.pass = kept.pass;
            rows.morsels = std::move(kept.morsels);
            context_.exporter.add(std::move(rows));
        }
        {
            const std::lock_guard lock(mutex_);
            states_.push_back(std::move(kept));
        }
        context_.desk.send(0, Tag::partition_done, done.pack());
    }

    std::vector<PartitionState> take() {
        std::sort(states_.begin(), states_.end(),
                  [](const PartitionState& a, const PartitionState& b) { return a.partition < b.partition; });
        return std::move(states_);
    }

private:
    const PassContext& context_;
    const std::uint32_t pass_;
    std::mutex mutex_;
    std::vector<PartitionState> states_;
};

}  // namespace

std::vector<PartitionState> run_pass(const PassContext& context, std::uint32_t pass,
                                     std::vector<StagedPartition> staged) {
    Finisher finisher(context, pass);
    Assembler assembler(pass, context.pipeline.ops.size() + 1, context.store,
                        [&](PartitionState&& state, double begin) {
                            if (context.intermediate != nullptr)
                                context.intermediate->finish(pass, state.partition, state.morsels.size());
                            finisher.finish(std::move(state), begin);
                        });
    WorkQueue<MorselTask> queue(static_cast<std::size_t>(context.spec.threads) * 2 + 2);
    std::thread reader([&] {
        try {
            MorselReader source(context, queue, assembler);
            pass == 0 ? source.read_input() : source.read_staged(staged);
        } catch (...) {
            context.desk.fail(std::current_exception());
        }
        queue.close();
    });
    // No exception may leave the region: the first one is reported, the rest of the queue thrown away.
#pragma omp parallel num_threads(context.spec.threads)
    {
        try {
            MorselWorker worker(context, pass, assembler);
            while (auto task = queue.pop()) {
                if (!context.desk.abandoned()) worker.process(std::move(*task));
            }
        } catch (...) {
            queue.cancel();
            context.desk.fail(std::current_exception());
        }
    }
    reader.join();
    if (context.intermediate != nullptr) {
        const std::string warning = context.intermediate->take_warning();
        if (!warning.empty()) context.desk.send(0, Tag::event, serialise(warning_event(warning)));
    }
    return finisher.take();
}

}  // namespace dj
