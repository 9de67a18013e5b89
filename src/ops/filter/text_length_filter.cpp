// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>
#include <optional>

#include "dj/ops/op_spec.hpp"

namespace dj {
namespace {

struct TextLengthFilter {
    std::optional<std::int64_t> min_len = 10;
    std::optional<std::int64_t> max_len = std::numeric_limits<std::int64_t>::max();

    void compute(const Sample& sample, std::span<double> stats) const {
        stats[0] = static_cast<double>(sample.facts().code_points());
    }
    bool keep(std::span<const double> stats, const KeepRange& range) const {
        return range.keeps(stats[0], min_len, max_len);
    }
};

}  // namespace

OpSpec text_length_filter() {
    using T = TextLengthFilter;
    return Describe<T>(
               "text_length_filter",
               "Keeps rows whose text is neither too short nor too long.\n\n"
               "The length is the number of characters (Unicode code points, as Python's `len` counts them), "
               "not "
               "of bytes: \"né\" has two. Both ends belong to the range unless `min_closed_interval` or "
               "`max_closed_interval` says otherwise.")
        .param(&T::min_len, "min_len", "The fewest characters a text must have. Null: any number.")
        .param(&T::max_len, "max_len", "The most characters a text may have. Null: any number.")
        .stat("text_len", "Number of characters in the text.", StatType::integer)
        .example(R"({"min_len": 3})", R"("ab")", "false")
        .example(R"({"min_len": 3})", R"("né!")", "true")
        .example(R"({"min_len": 0, "max_len": 3, "max_closed_interval": false})", R"("abc")", "false")
        .example(R"({"min_len": 2, "max_len": 3, "reversed_range": true})", R"("abcd")", "true");
}

}  // namespace dj
