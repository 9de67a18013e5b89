// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/run_estimate.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "dj/plan/byte_size.hpp"
#include "dj/plan/memory_shares.hpp"

namespace dj {
namespace {

// Bytes of text per second and thread, rounded down from what one 2020s core does.
constexpr double kReadAndWriteRate = 250e6;  // parse, copy, encode
constexpr double kUnpackRate = 300e6;        // inflate or zstd
constexpr double kPackRate = 100e6;          // zstd and deflate at their fast levels
constexpr double kCheapRate = 400e6;         // one scan
constexpr double kModerateRate = 60e6;       // words, n-grams, regular expressions
constexpr double kDearRate = 8e6;            // signatures, models
constexpr double kStageRate = 500e6;         // rows through the stage store and back
constexpr double kStartSeconds = 0.1;

// Text of the web packs about so well.
constexpr double kCompressionRatio = 3.0;
constexpr double kParquetRatio = 2.0;
/// `__dj__stats__` beside a record of some 2 KiB.
constexpr double kStatsShare = 0.05;

// Measured as peak resident size at budgets too small for anything else: 230 MB with two threads.
/// Morsels in their four forms (raw, parsed, changed, encoded), a re-ordered partition of 8 MiB likewise.
constexpr std::uint64_t kBytesPerThread = 64 * kMebibyte;
/// Program, libraries, MPI, tables of the operators.
constexpr std::uint64_t kBytesPerProcess = 96 * kMebibyte;

double rate_of(const OpCall& op) {
    const auto cost = cost_class_of(op);
    return cost == "dear" ? kDearRate : cost == "moderate" ? kModerateRate : kCheapRate;
}

double packing_ratio(Packing packing) {
    return packing == Packing::compressed ? kCompressionRatio
           : packing == Packing::parquet  ? kParquetRatio
                                          : 1.0;
}

double seconds_per_byte(const std::vector<OpCall>& ops, const EstimateInput& input) {
    double cost = 1 / kReadAndWriteRate;
    if (input.input_packing != Packing::plain) cost += 1 / kUnpackRate;
    if (input.output_packing != Packing::plain) cost += 1 / kPackRate;
    for (const auto& op : ops) {
        cost += 1 / rate_of(op);
        if (op.dataset_wide) cost += 1 / kStageRate;
    }
    return cost;
}

}  // namespace

std::string cost_class_of(const OpCall& op) {
    if (!op.cost.empty()) return op.cost;
    const std::string_view name = op.name;
    const auto has = [&](std::string_view part) { return name.find(part) != std::string_view::npos; };
    if (name.ends_with("_deduplicator") || has("_embedding_") || has("_model_") || has("_vision_") ||
        has("_audio_")) {
        return "dear";
    }
    if (name.ends_with("_filter") || name.starts_with("clean_") || name.starts_with("remove_"))
        return "cheap";
    return "moderate";
}

RunEstimate estimate_run(const std::vector<OpCall>& ops, const EstimateInput& input,
                         const Resources& resources) {
    RunEstimate estimate;
    const auto ranks = static_cast<std::uint64_t>(std::max(resources.ranks, 1));
    const auto threads = static_cast<std::uint64_t>(std::max(resources.threads_per_rank, 1));
    const auto text = static_cast<double>(input.input_bytes) * packing_ratio(input.input_packing);
    estimate.text_bytes = static_cast<std::uint64_t>(text);

    const double added = input.keeps_stats ? 1 + kStatsShare : 1;
    estimate.output_bytes = static_cast<std::uint64_t>(text * added / packing_ratio(input.output_packing));

    const auto working = kBytesPerProcess + threads * kBytesPerThread;
    estimate.least_memory_bytes_per_rank = working;
    const auto budget = std::max(resources.memory_bytes_per_rank, working);
    const bool passes = std::ranges::any_of(ops, &OpCall::dataset_wide);
    const auto staged = passes ? text : 0.0;
    const auto stage_memory = kStageShare * static_cast<double>(budget) * static_cast<double>(ranks);
    if (staged > stage_memory) estimate.scratch_bytes = static_cast<std::uint64_t>(staged - stage_memory);

    const auto staged_per_rank = static_cast<std::uint64_t>(std::min(staged, stage_memory)) / ranks;
    estimate.memory_bytes_per_rank = std::min(budget, working + staged_per_rank);

    // Ranks that a file cannot be divided among wait for the one that reads it.
    const auto share = std::max(text / static_cast<double>(ranks * threads),
                                static_cast<double>(input.largest_partition_bytes) *
                                    packing_ratio(input.input_packing) / static_cast<double>(threads));
    estimate.seconds = kStartSeconds + share * seconds_per_byte(ops, input);
    return estimate;
}

RunEstimate with_branch(RunEstimate job, const RunEstimate& branch) {
    job.output_bytes += branch.output_bytes;
    job.scratch_bytes += branch.scratch_bytes;
    job.memory_bytes_per_rank = std::max(job.memory_bytes_per_rank, branch.memory_bytes_per_rank);
    job.least_memory_bytes_per_rank =
        std::max(job.least_memory_bytes_per_rank, branch.least_memory_bytes_per_rank);
    job.seconds += branch.seconds - kStartSeconds;
    return job;
}

std::string human_seconds(double seconds) {
    if (seconds < 1) return "under 1 s";
    const auto whole = static_cast<std::uint64_t>(std::llround(std::min(seconds, 1e15)));
    if (whole < 120) return fmt::format("{} s", whole);
    const auto minutes = (whole + 30) / 60;
    if (minutes < 120) return fmt::format("{} min", minutes);
    return minutes % 60 == 0 ? fmt::format("{} h", minutes / 60)
                             : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

}  // namespace dj
