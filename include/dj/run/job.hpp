// SPDX-License-Identifier: Apache-2.0
/// What a run needs to know, as plain values: made on rank 0 from recipe and plan, broadcast to all ranks.
/// `run` never sees YAML.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dj/base/exit_code.hpp"
#include "dj/base/file_system.hpp"
#include "dj/base/step_count.hpp"
#include "dj/events/event.hpp"
#include "dj/events/run_progress.hpp"
#include "dj/format/input.hpp"
#include "dj/mpi/communicator.hpp"
#include "dj/ops/op.hpp"
#include "dj/plan/execution_plan.hpp"

namespace dj {

/// The recipe's export keys.
struct ExportOptions {
    std::filesystem::path path;
    FileKind kind;
    std::uint64_t shard_bytes = 0;  ///< 0: one file. Uncompressed bytes of records per shard otherwise.
    bool keep_stats = false;        ///< keep_stats_in_res_ds
    bool keep_hashes = false;       ///< keep_hashes_in_res_ds
};

/// The same on all ranks.
struct JobSpec {
    std::string job_id;
    int attempt = 1;  ///< Number of this start of the job, from 1; part of temporary names.
    std::filesystem::path job_folder;
    std::vector<OpCall> ops;
    std::string text_key = "text";
    FileKind input_kind;  ///< All input files are of one format; compressions may differ.
    ExportOptions output;
    bool repair_utf8 = false;  ///< invalid_utf8: repair
    std::optional<std::uint64_t> max_faulty_rows;
    std::optional<double> max_faulty_share;
    int threads = 1;                          ///< Per rank.
    std::uint64_t memory_bytes = 1ULL << 30;  ///< Budget per rank.
    std::uint64_t morsel_bytes = 512ULL << 10;
    std::filesystem::path scratch_folder;
    std::optional<double> max_runtime_seconds;
};

[[nodiscard]] nlohmann::json to_json(const JobSpec& spec);
[[nodiscard]] JobSpec job_spec_from_json(const nlohmann::json& json);

/// What became of one input partition in the first pass.
struct PartitionResult {
    std::uint64_t records = 0;
    std::uint64_t rows = 0;  ///< That left the first pass; exported ones if there is only one.
    std::uint64_t faults = 0;
    int rank = -1;             ///< That read it; -1: none did.
    double begin_seconds = 0;  ///< Since the epoch.
    double end_seconds = 0;
    std::string content_hash;
};

struct JobResult {
    ExitCode exit = ExitCode::done;
    std::string error;             ///< Empty if none; else one or more lines for the user.
    std::vector<StepCount> steps;  ///< read, the operators in order, export.
    std::vector<PartitionResult> partitions;
    std::size_t passes = 1;
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
    double seconds = 0;
    double seconds_to_first_row =
        0;  ///< From the start of the program to the first processed morsel on any rank.
};

/// Set from signal handlers and control files; read by all threads.
class StopRequest;

/// Who watches a run: `look` is called on rank 0, from one thread, about every `interval_seconds`.
struct ProgressWatch {
    std::function<void(const RunProgress&)> look{};  ///< Empty: nobody.
    double interval_seconds = 1;
};

/// Rank 0's side: what is read, where events go, who watches.
struct JobInput {
    std::vector<InputFile> files;
    std::vector<Partition> partitions;
    EventSink* events = nullptr;
    ProgressWatch progress{};
};

/// Throws UserError if operators, input and output do not go together (a missing column, a column of another type), as far
/// as the schema of the first file tells: what would end the job at its start.
void check_job(const JobSpec& spec, const OpCatalog& catalog, const JobInput& input);

/// What a job runs in, on each rank; referred to, and outlives the run.
struct JobSurroundings {
    FileSystem& files;
    const OpCatalog& catalog;
    const StopRequest& stop;
};

/// Collective. Runs the job; `input` is used on rank 0 only. All ranks return the same `exit`; the rest of the result
/// is complete on rank 0. Errors are in the result, not thrown: no rank may leave the others waiting.
[[nodiscard]] JobResult run_job(const mpi::Communicator& communicator, const JobSurroundings& surroundings,
                                const JobSpec& spec, const JobInput& input);

}  // namespace dj
