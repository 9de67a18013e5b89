// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "dj/ops/op_spec.hpp"
#include "ops/filter/ratio.hpp"

namespace dj {
namespace {

struct SpecialCharactersFilter {
    std::optional<double> min_ratio = 0.0;
    std::optional<double> max_ratio = 0.25;

    void compute(const Sample& sample, std::span<double> stats) const {
        const TextProfile& profile = sample.facts().profile();
        stats[0] = ratio(profile.special, profile.code_points);
    }
    bool keep(std::span<const double> stats, const KeepRange& range) const {
        return range.keeps(stats[0], min_ratio, max_ratio);
    }
};

}  // namespace

OpSpec special_characters_filter() {
    using T = SpecialCharactersFilter;
    return Describe<T>("special_characters_filter",
                       "Keeps rows whose text has a fitting share of special characters.\n\n"
                       "Special are ASCII punctuation, digits and white space, emoji, and some hundred other "
                       "signs; the list is "
                       "Data-Juicer's. Spaces count: ordinary English text has a share of about 0.2. An "
                       "empty text has a share of 0.")
        .param(&T::min_ratio, "min_ratio", "The least share of special characters. Null: any.")
        .param(&T::max_ratio, "max_ratio", "The greatest share of special characters. Null: any.")
        .stat("special_char_ratio", "Special characters, divided by all characters.")
        .example("{}", R"("five words of plain text")", "true")
        .example("{}", R"("**  1 - 2  **")", "false")
        .example(R"({"max_ratio": 0.5})", R"("a\u2605")", "true");
}

}  // namespace dj
