// SPDX-License-Identifier: Apache-2.0
/// What a plain struct must offer to be an operator: see `op_spec.hpp`.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "dj/data/sample.hpp"
#include "dj/ops/base_params.hpp"
#include "dj/ops/op.hpp"

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
/// A filter that measures nothing: it looks at fields that are there.
template <class T>
concept FieldFilter = requires(const T op, const Sample& sample, const KeepRange& range,
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
concept Operator = std::default_initializable<T> &&(RowMapper<T> || RowSplitter<T> || RowFilter<T> ||
                                                    FieldFilter<T> || RowSelector<T> || RowDeduplicator<T>);

}  // namespace dj
