// SPDX-License-Identifier: Apache-2.0
/// The `Op` made of a plain struct. Operators' files include `op_spec.hpp`.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "dj/ops/base_params.hpp"
#include "dj/ops/op.hpp"
#include "dj/ops/op_concepts.hpp"
#include "dj/ops/stored_stat.hpp"

namespace dj {

/// The running form of a described operator.
template <Operator T>
class DescribedOp final : public Op {
public:
    DescribedOp(T op, BaseParams base, const std::vector<StatSpec>& stats)
        : op_(std::move(op)), base_(std::move(base)), text_key_(base_.resolved_text_key()) {
        for (const StatSpec& stat : stats) is_code_.push_back(stat.type == StatType::code);
    }

    std::unique_ptr<OpScratch> make_scratch() const override {
        if constexpr (HasScratch<T>) {
            return std::make_unique<op_detail::ScratchHolder<T>>(op_);
        } else {
            return nullptr;
        }
    }
    void map(const Sample& sample, OpScratch* scratch) const override {
        if constexpr (RowMapper<T>) {
            if constexpr (HasScratch<T>) {
                op_.map(sample, own(scratch));
            } else {
                op_.map(sample);
            }
        } else {
            Op::map(sample, scratch);
        }
    }
    void split(const Sample& sample, TextSink& out, OpScratch* scratch) const override {
        if constexpr (RowSplitter<T>) {
            if constexpr (HasScratch<T>) {
                op_.split(sample, out, own(scratch));
            } else {
                op_.split(sample, out);
            }
        } else {
            Op::split(sample, out, scratch);
        }
    }
    void compute(const Sample& sample, std::span<double> stats, OpScratch* scratch) const override {
        if constexpr (RowFilter<T>) {
            if constexpr (HasScratch<T>) {
                op_.compute(sample, stats, own(scratch));
            } else {
                op_.compute(sample, stats);
            }
            for (std::size_t i = 0; i < stats.size(); ++i) {
                if (!is_code_[i]) stats[i] = stored_stat(stats[i]);
            }
        } else {
            Op::compute(sample, stats, scratch);
        }
    }
    bool keep(std::span<const double> stats) const override {
        if constexpr (RowFilter<T>) {
            return op_.keep(stats, base_.range);
        } else {
            return Op::keep(stats);
        }
    }
    bool keeps(const Sample& sample, OpScratch* scratch) const override {
        if constexpr (FieldFilter<T>) {
            return op_.keeps(sample, base_.range, own(scratch));
        } else {
            return Op::keeps(sample, scratch);
        }
    }
    void key(const Sample& sample, std::string& key, OpScratch* scratch) const override {
        if constexpr (RowDeduplicator<T> || RowSelector<T>) {
            if constexpr (HasScratch<T>) {
                op_.key(sample, key, own(scratch));
            } else {
                op_.key(sample, key);
            }
        } else {
            Op::key(sample, key, scratch);
        }
    }
    bool descending() const override {
        if constexpr (RowSelector<T>) return op_.descending();
        return Op::descending();
    }
    std::uint64_t select_count(std::uint64_t rows) const override {
        if constexpr (RowSelector<T>) return op_.select_count(rows);
        return Op::select_count(rows);
    }
    bool reorders() const override {
        if constexpr (requires { op_.reorders(); }) return op_.reorders();
        return Op::reorders();
    }
    std::string hash_text(std::string_view key) const override {
        if constexpr (RowDeduplicator<T>) return op_.hash_text(key);
        return Op::hash_text(key);
    }
    void key_of_hash(std::string_view hash, std::string& key) const override {
        if constexpr (requires { op_.key_of_hash(hash, key); }) {
            op_.key_of_hash(hash, key);
        } else {
            Op::key_of_hash(hash, key);
        }
    }
    std::uint32_t key_distance() const override {
        if constexpr (requires { op_.key_distance(); }) return op_.key_distance();
        return Op::key_distance();
    }
    std::uint32_t key_bands() const override {
        if constexpr (requires { op_.key_bands(); }) return op_.key_bands();
        return Op::key_bands();
    }
    std::vector<std::string> fields_read() const override {
        if constexpr (requires { op_.fields_read(); }) return op_.fields_read();
        return {};
    }
    bool shows_fields_in_stats() const override {
        if constexpr (requires { op_.shows_fields_in_stats(); }) return op_.shows_fields_in_stats();
        return Op::shows_fields_in_stats();
    }
    std::string text_key() const override { return text_key_; }

private:
    static auto& own(OpScratch* scratch) { return static_cast<op_detail::ScratchHolder<T>*>(scratch)->value; }

    T op_;
    BaseParams base_;
    std::string text_key_;
    std::vector<bool> is_code_;  ///< By stat.
};

}  // namespace dj
