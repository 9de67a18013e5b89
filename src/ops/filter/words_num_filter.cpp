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

    std::optional<std::string> sp_model_path;

    using Scratch = OptionalTokenizer::Scratch;

    void take_model(std::size_t /*the only one*/, const std::shared_ptr<const FileBytes>& file) {
        tokenizer_.take_model(*file);
    }
    Scratch make_scratch() const { return tokenizer_.make_scratch(); }
    void compute(const Sample& sample, std::span<double> stats, Scratch& scratch) const {
        const std::uint64_t words = tokenization ? OptionalTokenizer::count_words(sample.text(), scratch)
                                                 : sample.facts().profile().words;
        stats[0] = static_cast<double>(words);
    }
    bool keep(std::span<const double> stats, const KeepRange& range) const {
        return range.keeps(stats[0], min_num, max_num);
    }

private:
    OptionalTokenizer tokenizer_;
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
        .param(&T::lang, "lang", kLangOfTokenizerDoc)
        .param(&T::tokenization, "tokenization", kTokenizationDoc)
        .param(&T::min_num, "min_num", "The fewest words a text must have. Null: any number.")
        .param(&T::max_num, "max_num", "The most words a text may have. Null: any number.")
        .param(&T::sp_model_path, "sp_model_path", kTokenizerPathDoc)
        .model(tokenizer_need("tokenization"))
        .stat("num_words", "Number of words in the text.", StatType::integer)
        .example(R"({"min_num": 3})", R"("two words")", "false")
        .example(R"({"min_num": 3})", R"("now three words")", "true")
        .example(R"({"min_num": 3})", R"("a - b 42")", "false");
}

}  // namespace dj
