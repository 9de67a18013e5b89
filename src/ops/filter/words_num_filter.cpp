// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "dj/ops/op_spec.hpp"
#include "ops/filter/tokenization.hpp"

namespace dj {
namespace {

struct WordsNumFilter {
    std::string lang = "en";
    bool tokenization = false;
    std::optional<std::int64_t> min_num = 10;
    std::optional<std::int64_t> max_num = std::numeric_limits<std::int64_t>::max();

    void prepare() const { refuse_tokenization(tokenization); }
    void compute(const Sample& sample, std::span<double> stats) const {
        stats[0] = static_cast<double>(sample.facts().profile().words);
    }
    bool keep(std::span<const double> stats, const KeepRange& range) const {
        return range.keeps(stats[0], min_num, max_num);
    }
};

}  // namespace

OpSpec words_num_filter() {
    using T = WordsNumFilter;
    return Describe<T>("words_num_filter",
                       "Keeps rows whose text has neither too few nor too many words.\n\n"
                       "A word is what stands between spaces, tabs and line breaks (`\\n`), unless it is "
                       "made of punctuation, digits, "
                       "emoji and other special characters alone. Chinese and Japanese text, which is "
                       "written without spaces, has "
                       "few words in this sense.")
        .param(&T::lang, "lang", kLangOfTokenizerDoc, {.inert = true})
        .param(&T::tokenization, "tokenization", kTokenizationDoc)
        .param(&T::min_num, "min_num", "The fewest words a text must have. Null: any number.")
        .param(&T::max_num, "max_num", "The most words a text may have. Null: any number.")
        .stat("num_words", "Number of words in the text.", StatType::integer)
        .example(R"({"min_num": 3})", R"("two words")", "false")
        .example(R"({"min_num": 3})", R"("now three words")", "true")
        .example(R"({"min_num": 3})", R"("a - b 42")", "false");
}

}  // namespace dj
