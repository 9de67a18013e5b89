// SPDX-License-Identifier: Apache-2.0
/// The running form of an operator, and what it declares about itself. An `Op` is const after construction and shared
/// by all threads of a rank; it does no I/O and knows nothing of MPI, YAML or threads. Scratch space that must outlive
/// a call belongs to the thread: an op that needs some makes it in `make_scratch`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/base/file_system.hpp"
#include "dj/data/sample.hpp"
#include "dj/ops/model_file.hpp"
#include "dj/ops/word_lists.hpp"
#include "dj/spec/param.hpp"

namespace dj {

enum class OpFamily : std::uint8_t { mapper, filter, deduplicator, selector, grouper, aggregator };

[[nodiscard]] std::string_view to_string(OpFamily family);

/// What the engine does with an op's rows.
enum class OpShape : std::uint8_t {
    map_row,       ///< 1→1: `map`.
    split_row,     ///< 1→0..n: `split`.
    filter_row,    ///< `compute` stats, then `keep`; without stats, `keeps` alone.
    group_by_key,  ///< Dataset-wide: rows with equal `key` are duplicates; the first row in order stays.
    order_by_key,  ///< Dataset-wide: rows ordered by `key` (bytewise), ties by row order; the first `select_count` stay.
};

/// How dear an op is per byte: chooses checkpoint positions and weighs partitions.
enum class CostClass : std::uint8_t { cheap, moderate, dear };

/// A `code` is a `ShortCode`, the bits of which stand in for the number.
enum class StatType : std::uint8_t { integer, number, code };
/// As users know it: "integer", "number" or "string".
[[nodiscard]] std::string_view to_string(StatType type);

struct StatSpec {
    std::string name;  ///< Key inside `__dj__stats__`.
    std::string doc;
    StatType type = StatType::number;
    /// Computed only where that parameter, a boolean, has that value.
    struct Condition {
        std::string param;
        bool value = true;
    };
    std::optional<Condition> only_with{};
};

/// Those of `stats` that an op computes with these parameters (missing ones have the defaults of `params`).
[[nodiscard]] std::vector<StatSpec> stats_computed(const std::vector<StatSpec>& stats,
                                                   const std::vector<ParamSpec>& params,
                                                   const nlohmann::json& values);

/// Thread-owned state of an op (match data, reused tables). Opaque to the engine.
class OpScratch {
public:
    virtual ~OpScratch() = default;
};

class Op {
public:
    virtual ~Op() = default;

    [[nodiscard]] virtual std::unique_ptr<OpScratch> make_scratch() const { return nullptr; }

    /// map_row. Writes through `sample.rewrite_text()`, or not at all if nothing changes.
    virtual void map(const Sample& sample, OpScratch* scratch) const;
    /// split_row. Emits the rows that replace this one, in order.
    virtual void split(const Sample& sample, TextSink& out, OpScratch* scratch) const;
    /// filter_row. Fills one value per stat of `OpSpec::stats_for` (integers exactly representable), as `stored_stat` makes it.
    virtual void compute(const Sample& sample, std::span<double> stats, OpScratch* scratch) const;
    [[nodiscard]] virtual bool keep(std::span<const double> stats) const;
    /// filter_row, of an op that declares no stats: whether the row stays. Called instead of `compute` and `keep`.
    [[nodiscard]] virtual bool keeps(const Sample& sample, OpScratch* scratch) const;
    /// group_by_key and order_by_key, the local half: appends the row's key to the empty `key`.
    virtual void key(const Sample& sample, std::string& key, OpScratch* scratch) const;
    /// order_by_key, the resolving half: whether greater keys come first, and how many rows of `rows` stay.
    [[nodiscard]] virtual bool descending() const { return false; }
    [[nodiscard]] virtual std::uint64_t select_count(std::uint64_t rows) const { return rows; }
    /// order_by_key: false if the op leaves the data set as it is with these parameters (the engine then skips it).
    [[nodiscard]] virtual bool reorders() const { return true; }
    /// group_by_key: text of the column that `keep_hashes_in_res_ds` shows for a key; the column is `hash_column`.
    [[nodiscard]] virtual std::string hash_text(std::string_view key) const;
    /// group_by_key: appends to the empty `key` what stands for the key that `hash_text` showed: where an operator before
    /// made the column. The text itself, unless keys are compared by their bits.
    virtual void key_of_hash(std::string_view hash, std::string& key) const { key.append(hash); }
    /// group_by_key: 0: equal keys are duplicates. Else keys are fingerprints of 64 bits (8 bytes, in the order of the
    /// machine), and those that differ in at most so many bits are linked: of all that are linked, also by others, the
    /// first row in order stays.
    [[nodiscard]] virtual std::uint32_t key_distance() const { return 0; }
    /// group_by_key: not 0: keys are so many digests of 16 bytes, and rows that have one in common are linked.
    [[nodiscard]] virtual std::uint32_t key_bands() const { return 0; }

    /// Paths (dotted) of the fields besides the text that the op reads, in the order of `Sample::field_json`.
    [[nodiscard]] virtual std::vector<std::string> fields_read() const { return {}; }
    /// filter_row, of an op that declares no stats: whether the fields that it reads stand among the stats as well, under
    /// their paths, as Data-Juicer copies them there. The engine shows them from where they are.
    [[nodiscard]] virtual bool shows_fields_in_stats() const { return false; }
    /// Field that holds the text; `text_key` of every operator.
    [[nodiscard]] virtual std::string text_key() const = 0;
};

/// What an op gets besides its parameters, from who runs it. What it did not ask for is not looked at.
struct OpSupplies {
    std::vector<std::string> words{};  ///< For `OpSpec::word_list`.
    /// For `OpSpec::models_for(params)`, in its order; none, or null for one: the op will not run.
    std::vector<std::shared_ptr<const FileBytes>> models{};
    std::string input_ending{};  ///< Of the (first) input file's name: ".jsonl", ".jsonl.gz".
};

struct OpSpec {
    std::string name;
    OpFamily family = OpFamily::mapper;
    OpShape shape = OpShape::map_row;
    std::string doc;
    CostClass cost = CostClass::cheap;
    bool reads_text = true;
    std::vector<ParamSpec> params;  ///< Own parameters first, then the base parameters of the family.
    std::vector<StatSpec> stats;    ///< Which of them it computes depends on its parameters (`stats_for`).
    std::string hash_column;        ///< Deduplicators: `__dj__hash`, ...; else empty.
    struct Example {
        std::string params;  ///< JSON object.
        std::string input;   ///< JSON: the row's text, or a list of rows.
        std::string output;  ///< JSON: what comes out; for filters true or false.
    };
    std::vector<Example> examples;
    /// The list of words that the op looks words up in, if it needs one.
    std::optional<WordListNeed> word_list;
    /// The models that it computes with; which of them depends on its parameters (`models_for`).
    std::vector<ModelNeed> models;
    /// Makes the op from parameters that `check_values` found sound, and what it needs besides. Throws UserError for what
    /// only the op can judge (a pattern that does not compile, a file that is no model).
    std::function<std::unique_ptr<const Op>(const nlohmann::json& params, const OpSupplies& supplies)>
        make_supplied;

    /// The same with the words that come with the program, and without models: to look at, not to run. Throws Bug where
    /// the parameters name a folder.
    [[nodiscard]] std::unique_ptr<const Op> make(const nlohmann::json& values) const;

    /// The models that it needs with these parameters.
    [[nodiscard]] std::vector<ModelNeed> models_for(const nlohmann::json& values) const {
        return models_needed(models, params, values);
    }

    /// The stats that it computes with these parameters.
    [[nodiscard]] std::vector<StatSpec> stats_for(const nlohmann::json& values) const {
        return stats_computed(stats, params, values);
    }

    [[nodiscard]] bool dataset_wide() const {
        return shape == OpShape::group_by_key || shape == OpShape::order_by_key;
    }
    [[nodiscard]] bool writes_text() const {
        return shape == OpShape::map_row || shape == OpShape::split_row;
    }
};

/// Every operator by name. Built by `make_op_catalog` in `main` and passed down; immutable.
class OpCatalog {
public:
    explicit OpCatalog(std::vector<OpSpec> specs);
    [[nodiscard]] std::span<const OpSpec> all() const { return specs_; }
    [[nodiscard]] const OpSpec* find(std::string_view name) const;

private:
    std::vector<OpSpec> specs_;  // sorted by name
};

[[nodiscard]] OpCatalog make_op_catalog();

}  // namespace dj
