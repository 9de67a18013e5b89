// SPDX-License-Identifier: Apache-2.0
/// A job folder as a run leaves it, for the views.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/events/event_log.hpp"
#include "dj/events/job_events.hpp"
#include "dj/storage/job_layout.hpp"
#include "dj/storage/job_summary.hpp"

namespace dj {

inline constexpr double kSampleStart = 1700000000;

/// Reads 1000 rows of which 10 are faulty; a mapper, a filter that drops 90, exports 900.
[[nodiscard]] inline std::vector<StepCount> sample_steps() {
    return {{.name = "read",
             .family = "read",
             .rows_in = 1000,
             .rows_out = 990,
             .quarantined = 10,
             .bytes_in = 5'000'000,
             .cpu_seconds = 0.01},
            {.name = "whitespace_normalization_mapper",
             .family = "mapper",
             .rows_in = 990,
             .rows_out = 990,
             .bytes_in = 4'000'000,
             .cpu_seconds = 0.5},
            {.name = "text_length_filter",
             .family = "filter",
             .rows_in = 990,
             .rows_out = 900,
             .dropped = 90,
             .bytes_in = 4'000'000,
             .cpu_seconds = 0.125},
            {.name = "export", .family = "export", .rows_in = 900, .rows_out = 900}};
}

[[nodiscard]] inline JobSummary sample_summary(const JobLayout& layout) {
    JobSummary summary;
    summary.job_id = layout.job_id();
    summary.start_time = kSampleStart;
    summary.heartbeat = kSampleStart + 50;
    summary.work_dir = layout.folder().parent_path().string();
    summary.job_dir = layout.folder().string();
    summary.resumption_command = "dj-mpi --config recipe.yaml --job_id " + layout.job_id();
    summary.host = "n1";
    summary.ranks = 2;
    summary.threads = 4;
    summary.version = "0.1.0";
    summary.input_bytes = 5'000'000;
    summary.partitions = 4;
    return summary;
}

inline void set_done(JobSummary& summary) {
    summary.status = JobStatus::completed;
    summary.duration = 12.5;
    summary.end_time = kSampleStart + 12.5;
    summary.exit_code = 0;
    summary.steps = sample_steps();
    summary.records_read = 1000;
    summary.exported = 900;
    summary.quarantined = 10;
    summary.counts_add_up = true;
    summary.outputs = {{.path = "/data/out/result.jsonl", .rows = 900, .bytes = 3'600'000}};
    summary.output_bytes = 3'600'000;
    summary.peak_rss_bytes = 123'456'789;
}

[[nodiscard]] inline Event at(double seconds, Event event) {
    event.timestamp = kSampleStart + seconds;
    return event;
}

/// Events of a job that has done 2 of 4 partitions after 40 s.
inline void write_sample_events(FileSystem& files, const JobLayout& layout) {
    EventLogOptions options;
    options.events_path = layout.events(utc_timestamp(kSampleStart));
    options.text_path = layout.text_log(utc_timestamp(kSampleStart));
    options.job_id = layout.job_id();
    EventLog log(files, options);
    log.record(
        at(0, job_start_event({.total_partitions = 4, .total_bytes = 4000, .ranks = 2, .threads = 4})));
    for (std::uint64_t p = 0; p < 3; ++p) {
        const PartitionFigures figures{
            .partition = p, .bytes = 1000, .rows_in = 250, .rows_out = 200, .seconds = 20};
        log.record(at(static_cast<double>(p), partition_start_event(figures)));
        if (p == 2) break;
        for (std::size_t op = 0; op < 2; ++op) {
            const auto steps = sample_steps();
            OpFigures run{.partition = p, .op_index = op, .branch = {}, .count = steps[op + 1], .seconds = 5};
            log.record(at(20, op_complete_event(run)));
        }
        log.record(at(20 + 20 * static_cast<double>(p), partition_complete_event(figures)));
    }
    log.record(at(30, row_quarantined_event(3, "read", "not a JSON object", "a.jsonl")));
    log.record(at(31, warning_event("disk /scratch is 95 % full")));
    log.close();
}

}  // namespace dj
