// SPDX-License-Identifier: Apache-2.0
/// One operator over rows in memory: what tests compare engines and recordings with. Rows are JSON objects.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dj/base/error.hpp"
#include "dj/data/python_json.hpp"
#include "dj/data/short_code.hpp"
#include "dj/ops/op.hpp"
#include "support/linked_rows.hpp"
#include "support/row_paths.hpp"

namespace dj::testing {

struct RunResult {
    std::vector<Row> rows;            ///< What comes out, in order, with `__dj__stats__` and the hash column.
    std::vector<Row> stats;           ///< Filters: of each input row.
    std::vector<std::string> hashes;  ///< Deduplicators: of each input row.
    std::vector<std::string> faults;  ///< Why rows went to the quarantine, in order.
};

class InMemoryRun {
public:
    /// Throws UserError where the parameters are wrong.
    InMemoryRun(const OpSpec& spec, const nlohmann::json& params, std::vector<Row> rows)
        : spec_(&spec), stats_(spec.stats_for(params)), rows_(std::move(rows)), op_(make(spec, params)) {}

    RunResult run() {
        switch (spec_->shape) {
            case OpShape::map_row: run_map(); break;
            case OpShape::split_row: run_split(); break;
            case OpShape::filter_row: run_filter(); break;
            case OpShape::group_by_key: run_group(); break;
            case OpShape::order_by_key: run_order(); break;
        }
        return std::move(result_);
    }

private:
    static std::unique_ptr<const Op> make(const OpSpec& spec, const nlohmann::json& params) {
        const auto problems = check_values(spec.params, params);
        if (!problems.empty()) throw UserError(problems.front().param + ": " + problems.front().message);
        return spec.make(params);
    }

    /// One batch of one row, as an engine would bind it.
    struct Bound {
        Batch batch;
        SampleBinding binding;
        SampleOutput output;
    };

    std::optional<Bound> bind(const Row& row) {
        auto schema = std::make_shared<BatchSchema>();
        schema->columns.push_back({.name = "the text", .kind = ColumnKind::text});
        for (const auto& path : op_->fields_read())
            schema->columns.push_back({.name = path, .kind = ColumnKind::json});
        Bound bound{Batch(schema), {}, {}};
        const Row* const text = find_path(row, op_->text_key());
        if (spec_->reads_text && (text == nullptr || !text->is_string())) {
            result_.faults.push_back("field " + op_->text_key() + " is not a string");
            return std::nullopt;
        }
        bound.batch.origins.push_back({});
        bound.batch.text(0).push_back(spec_->reads_text ? text->get<std::string>() : "");
        for (std::size_t column = 1; column < schema->columns.size(); ++column) {
            const Row* const value = find_path(row, schema->columns[column].name);
            bound.batch.json(column).push_back(value == nullptr ? std::string() : json_text(*value));
            bound.binding.field_columns.push_back(column);
        }
        return bound;
    }

    /// nlohmann writes NaN and infinities, which JSON does not have, as null.
    static std::string json_text(const Row& value) {
        if (!value.is_number_float()) return value.dump();
        std::string text;
        append_json_float(text, value.get<double>());
        return text;
    }

    /// Calls `visit(row, sample, output)` for each row; rows it fails are faults.
    template <class Visit>
    void for_each(Visit visit) {
        for (auto& row : rows_) {
            auto bound = bind(row);
            if (!bound) continue;
            TextFacts facts;
            facts.reset(bound->batch.text(0).at(0));
            const Sample sample(bound->batch, bound->binding, 0, bound->output, facts);
            visit(row, sample, bound->output);
            if (sample.failed()) result_.faults.push_back(bound->output.fault);
        }
    }

    void run_map() {
        for_each([&](Row& row, const Sample& sample, SampleOutput& output) {
            op_->map(sample, scratch_.get());
            if (sample.failed()) return;
            result_.rows.push_back(output.text_written ? set_path(row, op_->text_key(), output.text) : row);
        });
    }

    void run_split() {
        for_each([&](Row& row, const Sample& sample, SampleOutput&) {
            TextColumn pieces;
            TextSink sink(pieces);
            op_->split(sample, sink, scratch_.get());
            if (sample.failed()) return;
            for (std::size_t i = 0; i < pieces.size(); ++i)
                result_.rows.push_back(set_path(row, op_->text_key(), std::string(pieces.at(i))));
        });
    }

    void run_filter() {
        for_each([&](Row& row, const Sample& sample, SampleOutput&) {
            if (stats_.empty()) {
                const bool keeps = op_->keeps(sample, scratch_.get());
                if (sample.failed()) return;
                show_fields(row);
                if (keeps) result_.rows.push_back(row);
                return;
            }
            std::vector<double> values(stats_.size());
            op_->compute(sample, values, scratch_.get());
            if (sample.failed()) return;
            auto& stats = row["__dj__stats__"];
            const auto is_there = [&](const auto& stat) { return stats.contains(stat.name); };
            const bool known = std::ranges::all_of(stats_, is_there);  // and not computed again: all or none
            for (std::size_t i = 0; i < values.size(); ++i) {
                Row& stat = stats[stats_[i].name];
                if (known) values[i] = value_of(stat, stats_[i].type);
                if (!known) stat = json_of(values[i], stats_[i].type);
            }
            result_.stats.push_back(stats);
            if (op_->keep(values)) result_.rows.push_back(row);
        });
    }

    void show_fields(Row& row) {
        if (!op_->shows_fields_in_stats()) return;
        for (const std::string& path : op_->fields_read()) {
            const Row* const value = find_path(row, path);
            const Row copy = value == nullptr ? Row() : *value;
            row["__dj__stats__"][path] = copy;
        }
        result_.stats.push_back(row["__dj__stats__"]);
    }

    static double value_of(const Row& stat, StatType type) {
        return type == StatType::code ? ShortCode(stat.get<std::string>()).stat() : stat.get<double>();
    }
    static Row json_of(double value, StatType type) {
        if (type == StatType::integer) return static_cast<std::int64_t>(value);
        return type == StatType::code ? Row(ShortCode::of_stat(value).text()) : Row(value);
    }

    void run_group() {
        std::vector<Row> rows;
        for_each([&](Row& row, const Sample& sample, SampleOutput&) {
            std::string key;
            op_->key(sample, key, scratch_.get());
            if (sample.failed()) return;
            if (spec_->hash_column.empty()) {
                result_.hashes.push_back(op_->hash_text(key));
                rows.push_back(row);
                return;
            }
            auto& hash = row[spec_->hash_column];
            result_.hashes.push_back(hash.is_null() ? op_->hash_text(key) : hash.get<std::string>());
            hash = result_.hashes.back();
            rows.push_back(row);
        });
        const std::vector<bool> first = first_of_linked(*op_, result_.hashes);
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (first[i]) result_.rows.push_back(rows[i]);
    }

    void run_order() {
        if (!op_->reorders()) {
            result_.rows = rows_;
            return;
        }
        std::vector<std::pair<std::string, Row>> keyed;
        for_each([&](Row& row, const Sample& sample, SampleOutput&) {
            std::string key;
            op_->key(sample, key, scratch_.get());
            if (!sample.failed()) keyed.emplace_back(std::move(key), row);
        });
        const auto less = [&](const auto& a, const auto& b) {
            if (a.first.front() != b.first.front()) throw UserError("the field holds numbers and strings");
            return op_->descending() ? b.first < a.first : a.first < b.first;
        };
        std::stable_sort(keyed.begin(), keyed.end(), less);
        keyed.resize(std::min<std::size_t>(keyed.size(), op_->select_count(keyed.size())));
        for (auto& [key, row] : keyed) result_.rows.push_back(std::move(row));
    }

    const OpSpec* spec_;
    std::vector<StatSpec> stats_;
    std::vector<Row> rows_;
    std::unique_ptr<const Op> op_;
    std::unique_ptr<OpScratch> scratch_ = op_->make_scratch();
    RunResult result_;
};

}  // namespace dj::testing
