// SPDX-License-Identifier: Apache-2.0
/// What a plain struct must offer to be an operator, and the `Op` made of one. Operators' files include `op_spec.hpp`.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <utility>

#include "dj/ops/base_params.hpp"
#include "dj/ops/op.hpp"
#include "dj/ops/stored_stat.hpp"

namespace dj {

template <class T>
concept HasScratch = requires {
    typename T::Scratch;
};

namespace op_detail {

struct NoScratch {};

template <class T>
struct ScratchOf {
    using type = NoScratch;
};
template <HasScratch T>
struct ScratchOf<T> {
    using type = typename T::Scratch;
};
template <class T>
using Scratch = typename ScratchOf<T>::type;

template <class T>
struct ScratchHolder final : OpScratch {
    explicit ScratchHolder(const T& op) : value(make(op)) {}
    static Scratch<T> make(const T& op) {
        if constexpr (requires { op.make_scratch(); }) {
            return op.make_scratch();
        } else {
            return {};
        }
    }
    Scratch<T> value;
};

}  // namespace op_detail

template <class T>
concept RowMapper = requires(const T op, const Sample& sample, op_detail::Scratch<T>& scratch) {
    op.map(sample, scratch);
}
|| requires(const T op, const Sample& sample) { op.map(sample); };
template <class T>
concept RowSplitter = requires(const T op, const Sample& sample, TextSink& out,
                               op_detail::Scratch<T>& scratch) {
    op.split(sample, out, scratch);
}
|| requires(const T op, const Sample& sample, TextSink& out) { op.split(sample, out); };
template <class T>
concept RowFilter = requires(const T op, std::span<const double> stats, const KeepRange& range) {
    { op.keep(stats, range) } -> std::same_as<bool>;
};
/// A filter without stats.
template <class T>
concept RowChooser = requires(const T op, const Sample& sample, const KeepRange& range,
                              op_detail::Scratch<T>& scratch) {
    { op.keeps(sample, range, scratch) } -> std::same_as<bool>;
};
template <class T>
concept RowSelector = requires(const T op, std::uint64_t rows) {
    { op.select_count(rows) } -> std::same_as<std::uint64_t>;
    { op.descending() } -> std::same_as<bool>;
};
template <class T>
concept RowDeduplicator = !RowSelector<T> && requires(const T op, std::string_view key) {
    { op.hash_text(key) } -> std::same_as<std::string>;
};
template <class T>
concept Operator = std::default_initializable<T> &&
    (RowMapper<T> || RowSplitter<T> || RowFilter<T> || RowChooser<T> || RowSelector<T> || RowDeduplicator<T>);

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
        if constexpr (RowChooser<T>) {
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
    std::vector<std::string> fields_read() const override {
        if constexpr (requires { op_.fields_read(); }) return op_.fields_read();
        return {};
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
