// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dj/ops/op_spec.hpp"
#include "ops/filter/tokenization.hpp"
#include "ops/listed_words.hpp"

namespace dj {
namespace {

struct StopwordsFilter {
    std::string lang = "en";
    bool tokenization = false;
    std::optional<double> min_ratio = 0.3;
    std::optional<double> max_ratio = 1.0;
    std::optional<std::string> stopwords_dir;
    bool use_words_aug = false;
    std::vector<std::int64_t> words_aug_group_sizes = {2};
    std::string words_aug_join_char;
    ListedWords listed;

    struct Scratch {
        std::string joined;
    };

    void take_words(const std::vector<std::string>& words) { listed.take_words(words); }
    void prepare() {
        refuse_tokenization(tokenization);
        if (use_words_aug) listed.look_up_groups(words_aug_group_sizes, words_aug_join_char);
    }
    void compute(const Sample& sample, std::span<double> stats, Scratch& scratch) const {
        stats[0] = listed.share(sample.facts().refined_words(), scratch.joined);
    }
    bool keep(std::span<const double> stats, const KeepRange& range) const {
        return range.keeps(stats[0], min_ratio, max_ratio);
    }
};

}  // namespace

OpSpec stopwords_filter() {
    using T = StopwordsFilter;
    return Describe<T>(
               "stopwords_filter",
               "Keeps rows whose text has neither too few nor too many stop words.\n\n"
               "Stop words are the small words that every text of a language is full of (\"the\", \"of\", "
               "\"is\"): "
               "a text with hardly any is a list, a table, or of another language. The share is of all "
               "words; a "
               "word is what stands between spaces, tabs and line breaks (`\\n`), in lower case, without "
               "punctuation, digits, emoji and other special characters at its ends. A text without words "
               "has "
               "a share of 0.")
        .param(&T::lang, "lang", kListLangDoc)
        .param(&T::tokenization, "tokenization", kTokenizationDoc)
        .param(&T::min_ratio, "min_ratio", "The least share of stop words. Null: any.")
        .param(&T::max_ratio, "max_ratio", "The greatest share of stop words. Null: any.")
        .param(
            &T::stopwords_dir, "stopwords_dir",
            "A folder with lists of your own: every file with `stopwords` in its name that ends in `.json`, "
            "each `{\"en\": [\"word\", ...], ...}`, together. Words of a text are compared in lower case and "
            "without special characters at both ends: list them so. Null: the lists that come with dj-mpi.")
        .param(&T::use_words_aug, "use_words_aug", kUseWordsAugDoc)
        .param(&T::words_aug_group_sizes, "words_aug_group_sizes", kGroupSizesDoc,
               {.bounds = {.min = 1, .max = std::nullopt}})
        .param(&T::words_aug_join_char, "words_aug_join_char", kJoinCharDoc)
        .words({.kind = "stopwords", .folder_param = "stopwords_dir", .language_param = "lang"})
        .stat("stopwords_ratio", "Share of stop words in all words.")
        .example(R"({})", R"("This is one of the things that we do.")", "true")
        .example(R"({})", R"("price weight colour size")", "false")
        .example(R"({"lang": "de"})", R"("Das ist der Hund, und das ist die Katze.")", "true");
}

}  // namespace dj
