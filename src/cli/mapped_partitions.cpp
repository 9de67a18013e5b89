// SPDX-License-Identifier: Apache-2.0
#include "cli/mapped_partitions.hpp"

namespace dj {
namespace {

/// Whether the output stands where it belongs.
bool exported(const JobResult& result) {
    return result.exit == ExitCode::done || result.exit == ExitCode::done_with_failures;
}

}  // namespace

MappedPartitions::MappedPartitions(std::span<const Partition> partitions, const std::vector<OpCall>& ops,
                                   const JobResult* result)
    : partitions_(partitions), ops_(ops), result_(result) {
    if (result == nullptr) return;
    std::uint64_t row = 0;
    for (const PartitionResult& partition : result->partitions) {
        if (partition.rank < 0 && !exported(*result)) break;
        first_rows_.push_back(row);
        row += partition.records;
    }
    std::uint64_t row_out = 0;
    for (const PartitionResult& partition : result->partitions) {
        if (!exported(*result) || (partition.rank >= 0 && !partition.exported)) break;
        first_rows_out_.push_back(row_out);
        row_out += partition.exported.value_or(0);
    }
}

PartitionSource MappedPartitions::source() const {
    return {partitions_.size(), [this](std::size_t i) { return at(i); }};
}

MappedPartition MappedPartitions::at(std::size_t number) const {
    const Partition& planned = partitions_[number];
    MappedPartition partition;
    partition.partition_id = number;
    partition.ranges = planned.ranges;
    partition.file_size_bytes = planned.bytes;
    if (result_ == nullptr || number >= result_->partitions.size()) return partition;
    const PartitionResult& read = result_->partitions[number];
    if (read.rank < 0) {
        if (exported(*result_)) partition.processing_status = "failed";
        return partition;
    }
    partition.retry_count = read.retries;
    if (!read.error.empty()) {
        partition.processing_status = "failed";
        partition.error_message = read.error;
        if (number < first_rows_.size()) partition.first_row = first_rows_[number];
        partition.end_time = read.end_seconds;
        return partition;
    }
    // Read, but without an output that holds what became of it.
    partition.processing_status = exported(*result_) ? "completed" : "processing";
    partition.sample_count = read.records;
    if (number < first_rows_.size()) partition.first_row = first_rows_[number];
    if (number < first_rows_out_.size()) {
        partition.rows_out = read.exported;
        partition.first_row_out = first_rows_out_[number];
    }
    partition.start_time = read.begin_seconds;
    partition.end_time = read.end_seconds;
    partition.checksum = read.content_hash;
    add_steps(number, partition);
    return partition;
}

void MappedPartitions::add_steps(std::size_t number, MappedPartition& partition) const {
    const std::size_t ops = ops_.size();
    for (std::size_t op = 0; op < ops; ++op) {
        const std::size_t place = number * ops + op;
        if (place >= result_->op_rows.size() || !result_->op_rows[place].known) continue;
        const OpRows& rows = result_->op_rows[place];
        StepCount step;
        step.name = ops_[op].name;
        step.rows_in = rows.rows_in;
        step.rows_out = rows.rows_out;
        step.dropped = rows.dropped;
        step.made = rows.made;
        step.quarantined = rows.quarantined;
        partition.steps.push_back(std::move(step));
    }
}

}  // namespace dj
