// SPDX-License-Identifier: Apache-2.0
/// What a run came to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dj/base/exit_code.hpp"
#include "dj/base/step_count.hpp"

namespace dj {

/// What became of one input partition in the first pass.
struct PartitionResult {
    std::uint64_t records = 0;
    std::uint64_t rows = 0;  ///< That left the first pass; exported ones if there is only one.
    std::uint64_t faults = 0;
    int rank = -1;             ///< That read it; -1: none did.
    double begin_seconds = 0;  ///< Since the epoch.
    double end_seconds = 0;
    std::string content_hash;
    std::string error{};                      ///< Why it was given up; empty: it was not.
    int retries = 0;                          ///< How often it was tried again, by this start of the job.
    std::optional<std::uint64_t> exported{};  ///< Its rows in the output, where that can be told.
};

/// What one operator did with one partition's rows.
struct OpRows {
    bool known = false;
    std::uint64_t rows_in = 0;
    std::uint64_t rows_out = 0;
    std::uint64_t dropped = 0;
    std::uint64_t made = 0;
    std::uint64_t quarantined = 0;
};

struct JobResult {
    ExitCode exit = ExitCode::done;
    std::string error;             ///< Empty if none; else one or more lines for the user.
    std::vector<StepCount> steps;  ///< read, the operators in order, export.
    std::vector<PartitionResult> partitions;
    std::vector<OpRows> op_rows;  ///< At [partition * operators + operator]; empty if those are too many.
    std::uint64_t records_read = 0;
    std::uint64_t exported = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t in_failed_partitions = 0;
    bool counts_add_up =
        false;  ///< Promise 1: read + made = exported + dropped + merged + quarantined + failed.
    std::uint64_t input_bytes = 0;  ///< As they lie on disk.
    std::uint64_t output_bytes = 0;
    std::vector<OutputFile> outputs;
    std::uint64_t peak_rss_bytes = 0;  ///< Greatest over ranks.
    std::uint64_t spilled_bytes = 0;   ///< Summed over ranks.
    std::uint64_t peak_row_bytes =
        0;  ///< In memory, of rows under way and of rows that waited; greatest over ranks.
    double compute_seconds = 0;  ///< Of threads, summed over ranks.
    bool was_complete = false;   ///< Earlier starts of the job had reached the goal.
    double seconds = 0;
    double seconds_to_first_row =
        0;  ///< From the start of the program to the first processed morsel on any rank.
    std::uint64_t generations = 0;           ///< Committed by this attempt.
    std::uint64_t checkpoint_bytes = 0;      ///< Of their states, as stored.
    std::uint64_t checkpoint_raw_bytes = 0;  ///< Before compression.
    std::uint64_t resumed_partitions = 0;    ///< For which something that earlier attempts did was used.
    std::uint64_t retries = 0;
    std::uint64_t failed_partitions = 0;  ///< Given up after their retries.
};

}  // namespace dj
