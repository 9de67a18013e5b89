// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>
#include <optional>

#include "dj/ops/op_spec.hpp"
#include "ops/filter/ratio.hpp"
#include "ops/filter/tokenization.hpp"

namespace dj {
namespace {

struct AlphanumericFilter {
    bool tokenization = false;
    std::optional<double> min_ratio = 0.25;
    std::optional<double> max_ratio = static_cast<double>(std::numeric_limits<std::int64_t>::max());

    void prepare() const { refuse_tokenization(tokenization); }
    void compute(const Sample& sample, std::span<double> stats) const {
        stats[0] = ratio(sample.facts().alphanumeric(), sample.facts().code_points());
    }
    bool keep(std::span<const double> stats, const KeepRange& range) const {
        return range.keeps(stats[0], min_ratio, max_ratio);
    }
};

}  // namespace

OpSpec alphanumeric_filter() {
    using T = AlphanumericFilter;
    return Describe<T>(
               "alphanumeric_filter",
               "Keeps rows whose text has a fitting share of letters and digits.\n\n"
               "Letters and digits of all scripts count (Python's `str.isalnum`), combining marks do not. "
               "An empty text has a share of 0.")
        .param(&T::tokenization, "tokenization", kNoTokenizationDoc)
        .param(&T::min_ratio, "min_ratio", "The least share of letters and digits. Null: any.")
        .param(&T::max_ratio, "max_ratio", "The greatest share of letters and digits. Null: any.")
        .stat("alnum_ratio", "Letters and digits, divided by all characters.")
        .example(R"({"min_ratio": 0.5})", R"("a1!")", "true")
        .example(R"({"min_ratio": 0.5})", R"("a!?")", "false")
        .example(R"({"max_ratio": 0.9})", R"("\u6f22\u5b57")", "false");
}

}  // namespace dj
