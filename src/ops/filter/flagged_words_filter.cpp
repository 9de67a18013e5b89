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

struct FlaggedWordsFilter {
    std::string lang = "en";
    bool tokenization = false;
    std::optional<double> min_ratio = 0.0;
    std::optional<double> max_ratio = 0.045;
    std::optional<std::string> flagged_words_dir;
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

OpSpec flagged_words_filter() {
    using T = FlaggedWordsFilter;
    return Describe<T>(
               "flagged_words_filter",
               "Keeps rows whose text has few flagged words.\n\n"
               "Flagged words are obscene words and words of pornography. The share is of all words; a word "
               "is what "
               "stands between spaces, tabs and line breaks (`\\n`), in lower case, without punctuation, "
               "digits, "
               "emoji and other special characters at its ends. A text without words has a share of 0.")
        .param(&T::lang, "lang", kListLangDoc)
        .param(&T::tokenization, "tokenization", kTokenizationDoc)
        .param(&T::min_ratio, "min_ratio", "The least share of flagged words. Null: any.")
        .param(&T::max_ratio, "max_ratio", "The greatest share of flagged words. Null: any.")
        .param(
            &T::flagged_words_dir, "flagged_words_dir",
            "A folder with lists of your own: every file with `flagged_words` in its name that ends in "
            "`.json`, "
            "each `{\"en\": [\"word\", ...], ...}`, together. Words of a text are compared in lower case and "
            "without special characters at both ends: list them so. Null: the lists that come with dj-mpi.")
        .param(&T::use_words_aug, "use_words_aug", kUseWordsAugDoc)
        .param(&T::words_aug_group_sizes, "words_aug_group_sizes", kGroupSizesDoc,
               {.bounds = {.min = 1, .max = std::nullopt}})
        .param(&T::words_aug_join_char, "words_aug_join_char", kJoinCharDoc)
        .words({.kind = "flagged_words", .folder_param = "flagged_words_dir", .language_param = "lang"})
        .stat("flagged_words_ratio", "Share of flagged words in all words.")
        .example(R"({})", R"("Nothing to see here.")", "true")
        .example(R"({})", R"("Free porn!")", "false")
        .example(R"({"max_ratio": 0.5})", R"("Free porn!")", "true");
}

}  // namespace dj
