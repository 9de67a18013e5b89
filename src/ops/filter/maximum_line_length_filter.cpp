// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>
#include <optional>

#include "dj/ops/op_spec.hpp"

namespace dj {
namespace {

struct MaximumLineLengthFilter {
    std::optional<std::int64_t> min_len = 10;
    std::optional<std::int64_t> max_len = std::numeric_limits<std::int64_t>::max();

    void compute(const Sample& sample, std::span<double> stats) const {
        const TextProfile& profile = sample.facts().profile();
        stats[0] = static_cast<double>(profile.longest_line);
    }
    bool keep(std::span<const double> stats, const KeepRange& range) const {
        return range.keeps(stats[0], min_len, max_len);
    }
};

}  // namespace

OpSpec maximum_line_length_filter() {
    using T = MaximumLineLengthFilter;
    return Describe<T>("maximum_line_length_filter",
                       "Keeps rows whose longest line is neither too short nor too long.\n\n"
                       "Lines end where Python's `str.splitlines` ends them: at line feeds, carriage returns "
                       "(both together are one), "
                       "vertical tabs, form feeds, U+001C to U+001E, U+0085, U+2028 and U+2029. Line breaks "
                       "do not count; an empty text has a longest line of 0.")
        .param(&T::min_len, "min_len", "The least length. Null: any.")
        .param(&T::max_len, "max_len", "The greatest length. Null: any.")
        .stat("max_line_length", "Characters of the longest line.", StatType::integer)
        .example(R"({"min_len": 3})", R"("ab\ncd")", "false")
        .example(R"({"min_len": 2})", R"("ab\ncd")", "true")
        .example(R"({"min_len": 0, "max_len": 5})", R"("a line\n")", "false");
}

}  // namespace dj
