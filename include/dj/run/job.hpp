// SPDX-License-Identifier: Apache-2.0
/// What a run needs to know, as plain values: made on rank 0 from recipe and plan, broadcast to all ranks.
/// `run` never sees YAML.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dj/base/file_system.hpp"
#include "dj/events/event.hpp"
#include "dj/events/run_progress.hpp"
#include "dj/format/input.hpp"
#include "dj/format/table_file.hpp"
#include "dj/mpi/communicator.hpp"
#include "dj/ops/op.hpp"
#include "dj/plan/checkpoint_positions.hpp"
#include "dj/plan/commit_interval.hpp"
#include "dj/plan/execution_plan.hpp"
#include "dj/plan/ops_hash.hpp"
#include "dj/plan/retry_delay.hpp"
#include "dj/run/job_result.hpp"
#include "dj/storage/checkpoint_state.hpp"

namespace dj {

/// The recipe's export keys.
struct ExportOptions {
    std::filesystem::path path;
    FileKind kind;
    std::uint64_t shard_bytes = 0;  ///< 0: one file. Uncompressed bytes of records per shard otherwise.
    bool keep_stats = false;        ///< keep_stats_in_res_ds
    bool keep_hashes = false;       ///< keep_hashes_in_res_ds
};

/// The recipe's checkpoint keys, decided.
struct CheckpointSpec {
    bool enabled = false;  ///< False under strategy disabled, too.
    CheckpointStrategy strategy = CheckpointStrategy::every_n_ops;
    std::vector<bool> taps;  ///< [i]: the strategy wants a state after operator i.
    CommitPolicy commit;
    std::uint32_t keep_versions = 2;
    CheckpointCompression compression = CheckpointCompression::zstd;
    std::filesystem::path folder;               ///< Of the generations and their manifest.
    std::vector<std::filesystem::path> shared;  ///< Of nodes whose states this one may go on from.
};

/// The recipe's fault_tolerance keys, decided.
struct RetrySpec {
    int max_retries = 0;  ///< Of a partition that failed; 0: none.
    RetryDelays delays;
    bool continue_after_failure = false;  ///< Go on without the partition (exit code 3).
};

/// What becomes of the rows behind the last operator.
enum class RunGoal : std::uint8_t {
    export_rows,
    keep_states,  ///< They are committed, as states, for the runs that go on from them. Nothing is exported.
};

/// A chain of operators and its end: a whole job, or one node of a job with branches. The same on all ranks.
struct JobSpec {
    std::string job_id;
    std::string
        node;  ///< Of the branch DAG: names its folders below the job's; empty: the job has no branches.
    RunGoal goal = RunGoal::export_rows;
    int attempt = 1;  ///< Number of this start of the job, from 1; part of temporary names.
    std::filesystem::path job_folder;
    std::vector<OpCall> ops;
    std::string text_key = "text";
    /// Further fields that must be text in every record, because operators of later nodes read them.
    std::vector<std::string> text_fields;
    /// Hashes of deduplicators stay with the rows, because a later deduplicator takes them as its keys.
    bool keeps_keys = false;
    FileKind input_kind;       ///< All input files are of one format; compressions may differ.
    std::string input_ending;  ///< Of the first input file's name, in small letters: ".jsonl.gz".
    ExportOptions output;
    bool repair_utf8 = false;  ///< invalid_utf8: repair
    std::optional<std::uint64_t> max_faulty_rows;
    std::optional<double> max_faulty_share;
    int threads = 1;                          ///< Per rank.
    std::uint64_t memory_bytes = 1ULL << 30;  ///< Budget per rank.
    bool memory_is_limit = false;             ///< What needs more fails; else it may take more for a moment.
    std::uint64_t morsel_bytes = 512ULL << 10;
    std::filesystem::path scratch_folder;
    std::optional<double> max_runtime_seconds;
    std::optional<TableOptions> intermediate;  ///< Keep the rows after each operator, in such files.
    CheckpointSpec checkpoint;
    RetrySpec retry;
    /// An earlier attempt may have left states and a part of the output; input and partitions are those it had.
    bool resumes = false;
    /// What was read of the input before is to be read again and compared with the hashes in the states, whatever the
    /// stamps of its files say (--verify-input).
    bool verify_input = false;
    /// Hash (hex) of what the bytes of the output depend on, and of where they go: recipe, input, export, program. Attempts
    /// in which it is the same write the same bytes at the same places. Empty: not known.
    std::string output_identity;
    /// Hash (hex) of the input and of how it is cut into partitions: states of other partitions are none of this job's.
    std::string input_identity;
};

[[nodiscard]] nlohmann::json to_json(const JobSpec& spec);
[[nodiscard]] JobSpec job_spec_from_json(const nlohmann::json& json);

/// Whether a deduplicator stands there more than once: later ones take the keys of the first, as in 1.6.1.
[[nodiscard]] bool repeats_deduplicator(const std::vector<OpCall>& ops);

/// Identifies, with `ops_hashes` of the operators, what a state of this job holds.
[[nodiscard]] OpsIdentity ops_identity(const JobSpec& spec);

/// Set from signal handlers and control files; read by all threads.
class StopRequest;

/// Who watches a run: `look` is called on rank 0, from one thread, about every `interval_seconds`.
struct ProgressWatch {
    std::function<void(const RunProgress&)> look{};  ///< Empty: nobody.
    double interval_seconds = 1;
};

/// Rank 0's side: what is read, where events go, who watches.
struct JobInput {
    std::span<const InputFile> files{};  ///< The caller's.
    std::span<const Partition> partitions{};
    EventSink* events = nullptr;
    /// By node (empty: of a job without branches), the newest that events of earlier starts of the job tell of.
    std::map<std::string, std::uint64_t> told_generations{};
    ProgressWatch progress{};
};

/// Throws UserError if operators, input and output do not go together (a missing column, a column of another type), as far
/// as the schema of the first file tells: what would end the job at its start.
void check_job(const JobSpec& spec, const OpCatalog& catalog, FileSystem& files, const JobInput& input);

/// A run's part in the threads of its rank, where several runs go on at once: see compute_slots.hpp in src/run.
class ComputeShare;

/// What a job runs in, on each rank; referred to, and outlives the run.
struct JobSurroundings {
    FileSystem& files;
    const OpCatalog& catalog;
    const StopRequest& stop;
    /// Whether this rank claims partitions of the input; some rank must.
    bool claims = true;
    ComputeShare* compute = nullptr;  ///< Null: the run has all threads to itself.
};

/// Collective. Runs the job; `input` is used on rank 0 only. All ranks return the same `exit`; the rest of the result
/// is complete on rank 0. Errors are in the result, not thrown: no rank may leave the others waiting.
[[nodiscard]] JobResult run_job(const mpi::Communicator& communicator, const JobSurroundings& surroundings,
                                const JobSpec& spec, const JobInput& input);

}  // namespace dj
