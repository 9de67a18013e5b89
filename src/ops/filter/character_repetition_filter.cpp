// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>

#include "dj/ops/op_spec.hpp"
#include "dj/text/text_grams.hpp"
#include "ops/filter/ratio.hpp"

namespace dj {
namespace {

struct CharacterRepetitionFilter {
    std::int64_t rep_len = 10;
    std::optional<double> min_ratio = 0.0;
    std::optional<double> max_ratio = 0.5;

    struct Scratch {
        RepeatCounter counter;
    };

    void compute(const Sample& sample, std::span<double> stats, Scratch& scratch) const {
        const std::uint64_t grams =
            count_character_grams(sample.text(), static_cast<std::uint64_t>(rep_len), scratch.counter);
        // The most frequent of those that are repeated: as many as the root of the number of different n-grams.
        const std::span<std::uint32_t> repeats = scratch.counter.repeats();
        const auto root =
            static_cast<std::size_t>(std::sqrt(static_cast<double>(scratch.counter.distinct())));
        const std::size_t counted = std::min(root, repeats.size());
        const auto middle = repeats.begin() + static_cast<std::ptrdiff_t>(counted);
        std::nth_element(repeats.begin(), middle, repeats.end(), std::greater<>());
        stats[0] = ratio(std::accumulate(repeats.begin(), middle, std::uint64_t{0}), grams);
    }
    bool keep(std::span<const double> stats, const KeepRange& range) const {
        return range.keeps(stats[0], min_ratio, max_ratio);
    }
};

}  // namespace

OpSpec character_repetition_filter() {
    using T = CharacterRepetitionFilter;
    return Describe<T>(
               "character_repetition_filter",
               "Keeps rows whose text does not repeat the same sequences of characters over and over.\n\n"
               "All sequences of `rep_len` characters are counted. Of those that occur more than once, the "
               "most frequent "
               "ones are added up (no more than the square root of the number of different sequences), and "
               "divided by the "
               "number of all. A text shorter than `rep_len` has a share of 0.")
        .param(&T::rep_len, "rep_len", "Characters of a sequence.", {.bounds = {.min = 1}})
        .param(&T::min_ratio, "min_ratio", "The least share of repeated sequences. Null: any.")
        .param(&T::max_ratio, "max_ratio", "The greatest share of repeated sequences. Null: any.")
        .stat("char_rep_ratio", "Frequent repeated sequences, divided by all.")
        .cost(CostClass::moderate)
        .example(R"({"rep_len": 2})", R"("abababab")", "false")
        .example(R"({"rep_len": 2})", R"("abcdefgh")", "true")
        .example(R"({"rep_len": 3, "max_ratio": 0.2})", R"("one, one, two")", "false");
}

}  // namespace dj
