// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>

#include "dj/ops/op_spec.hpp"
#include "dj/text/text_grams.hpp"
#include "ops/filter/ratio.hpp"
#include "ops/filter/tokenization.hpp"

namespace dj {
namespace {

struct WordRepetitionFilter {
    std::string lang = "en";
    bool tokenization = false;
    std::int64_t rep_len = 10;
    std::optional<double> min_ratio = 0.0;
    std::optional<double> max_ratio = 0.5;

    struct Scratch {
        RepeatCounter counter;
        OptionalTokenizer::Scratch tokenizer;
    };
    std::optional<std::string> sp_model_path;

    void take_model(std::size_t /*the only one*/, const std::shared_ptr<const FileBytes>& file) {
        tokenizer_.take_model(*file);
    }
    Scratch make_scratch() const { return {.counter = {}, .tokenizer = tokenizer_.make_scratch()}; }
    void compute(const Sample& sample, std::span<double> stats, Scratch& scratch) const {
        const RefinedWords& words = tokenization
                                        ? OptionalTokenizer::refined_words(sample.text(), scratch.tokenizer)
                                        : sample.facts().refined_words();
        const std::uint64_t grams =
            count_word_grams(words, static_cast<std::uint64_t>(rep_len), scratch.counter);
        const std::span<const std::uint32_t> repeats = scratch.counter.repeats();
        stats[0] = ratio(std::accumulate(repeats.begin(), repeats.end(), std::uint64_t{0}), grams);
    }
    bool keep(std::span<const double> stats, const KeepRange& range) const {
        return range.keeps(stats[0], min_ratio, max_ratio);
    }

private:
    OptionalTokenizer tokenizer_;
};

}  // namespace

OpSpec word_repetition_filter() {
    using T = WordRepetitionFilter;
    return Describe<T>("word_repetition_filter",
                       "Keeps rows whose text does not repeat the same sequences of words over and over.\n\n"
                       "Words are what stands between spaces, tabs and line breaks (`\\n`), in lower case "
                       "and without special characters at "
                       "both ends. All sequences of `rep_len` words are counted; those that occur more than "
                       "once are added up and divided by "
                       "the number of all. A text of fewer words has a share of 0.")
        .param(&T::lang, "lang", kLangOfTokenizerDoc)
        .param(&T::tokenization, "tokenization", kTokenizationDoc)
        .param(&T::rep_len, "rep_len", "Words of a sequence.", {.bounds = {.min = 1}})
        .param(&T::min_ratio, "min_ratio", "The least share of repeated sequences. Null: any.")
        .param(&T::max_ratio, "max_ratio", "The greatest share of repeated sequences. Null: any.")
        .param(&T::sp_model_path, "sp_model_path", kTokenizerPathDoc)
        .model(tokenizer_need("tokenization"))
        .stat("word_rep_ratio", "Repeated sequences, divided by all.")
        .cost(CostClass::moderate)
        .example(R"({"rep_len": 2})", R"("so it goes, so it goes")", "false")
        .example(R"({"rep_len": 2})", R"("all words differ here")", "true")
        .example(R"({"rep_len": 1, "max_ratio": 0.9})", R"("Again, again!")", "false");
}

}  // namespace dj
