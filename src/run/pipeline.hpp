// SPDX-License-Identifier: Apache-2.0
/// The recipe's operators made ready to run: parameters bound, fields resolved to columns. Made once per rank from the
/// same `JobSpec`, so that all ranks agree on every column position; const and shared by threads from then on.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dj/data/batch.hpp"
#include "dj/format/input.hpp"
#include "dj/format/output.hpp"
#include "dj/ops/op.hpp"
#include "dj/plan/execution_plan.hpp"
#include "dj/run/job.hpp"

namespace dj {

/// An operator and the columns its fields and stats stand for.
struct BoundOp {
    const OpSpec* spec = nullptr;
    std::vector<StatSpec> stats;  ///< Those that it computes with its parameters.
    std::unique_ptr<const Op> op;
    std::size_t index = 0;  ///< In the recipe.
    SampleBinding binding;
    std::vector<std::size_t> stat_columns;
    /// What of its fields the stats show for the first time: path and column.
    std::vector<AddedField::Member> shown_fields;
    /// False if an earlier operator filled the same stats: like 1.6.1, the values are used again, not recomputed.
    bool computes_stats = true;
    std::optional<std::size_t> hash_column;
    /// False if an earlier operator filled the same hash column: like 1.6.1, its values are used again as keys.
    bool computes_hash = true;
    /// A later operator of this chain, or its output, takes the hashes; else the column is only for states.
    bool hash_is_used = false;
};

struct Pipeline {
    std::shared_ptr<const BatchSchema> schema;
    std::vector<FieldUse> fields;  ///< Of the input, that some operator touches.
    std::vector<BoundOp> ops;
    std::vector<Segment> segments;
    /// Segments [0, input_segments) hold partitions of the input; behind a re-ordering operator partitions are new ones.
    std::size_t input_segments = 0;
    std::vector<AddedField> added;        ///< As the recipe wants them in the exported records.
    std::vector<AddedField> stats_added;  ///< For `{export}_stats.jsonl`; empty if no operator has stats.
    /// Per segment: columns that nothing behind it reads and that the output does not need.
    std::vector<std::vector<std::size_t>> dead_after;
    std::unique_ptr<InputFormat> input;
    std::unique_ptr<OutputFormat> output;
    std::unique_ptr<OutputFormat> stats_output;  ///< Null without stats.
};

/// Throws UserError if an operator refuses its parameters, EnvironmentError where a model is not as rank 0 found it. The
/// pipeline points into `catalog`, which outlives it. `files`: where the models are. `first_file` and `input_description`: see `make_parquet_input`.
[[nodiscard]] Pipeline make_pipeline(const JobSpec& spec, const OpCatalog& catalog, FileSystem& files,
                                     const std::filesystem::path& first_file,
                                     const std::string& input_description);

}  // namespace dj
