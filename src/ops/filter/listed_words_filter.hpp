// SPDX-License-Identifier: Apache-2.0
/// The filters that ask how many of a text's words are in a list: of stop words, of flagged words. Private to `ops`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dj/ops/op_spec.hpp"
#include "ops/filter/tokenization.hpp"
#include "ops/listed_words.hpp"

namespace dj {

/// `List`: `kKind` (part of the names of operator, stat, folder parameter and files), `kNoun` for people, `kMinRatio` and
/// `kMaxRatio`, the defaults.
template <class List>
struct ListedWordsFilter {
    std::string lang = "en";
    bool tokenization = false;
    std::optional<double> min_ratio = List::kMinRatio;
    std::optional<double> max_ratio = List::kMaxRatio;
    std::optional<std::string> words_dir;
    bool use_words_aug = false;
    std::vector<std::int64_t> words_aug_group_sizes = {2};
    std::string words_aug_join_char;

    struct Scratch {
        std::string joined;
        OptionalTokenizer::Scratch tokenizer;
    };
    std::optional<std::string> sp_model_path;

    void take_model(std::size_t /*the only one*/, const std::shared_ptr<const FileBytes>& file) {
        tokenizer_.take_model(*file);
    }
    Scratch make_scratch() const { return {.joined = {}, .tokenizer = tokenizer_.make_scratch()}; }

    void take_words(const std::vector<std::string>& words) { listed_.take_words(words); }
    void prepare() {
        if (use_words_aug) listed_.look_up_groups(words_aug_group_sizes, words_aug_join_char);
    }
    void compute(const Sample& sample, std::span<double> stats, Scratch& scratch) const {
        const RefinedWords& words = tokenization
                                        ? OptionalTokenizer::refined_words(sample.text(), scratch.tokenizer)
                                        : sample.facts().refined_words();
        stats[0] = listed_.share(words, scratch.joined);
    }
    bool keep(std::span<const double> stats, const KeepRange& range) const {
        return range.keeps(stats[0], min_ratio, max_ratio);
    }

private:
    ListedWords listed_;
    OptionalTokenizer tokenizer_;
};

/// All of the declaration but the examples. `about` says what the operator is for.
template <class List>
[[nodiscard]] Describe<ListedWordsFilter<List>> describe_listed_words(const std::string& about) {
    using T = ListedWordsFilter<List>;
    const std::string kind = List::kKind;
    const std::string noun = List::kNoun;
    return Describe<T>(
               kind + "_filter",
               about +
                   " The share is of all words; a word is what stands between spaces, tabs and line breaks "
                   "(`\\n`), in lower case, without punctuation, digits, emoji and other special characters "
                   "at "
                   "its ends. A text without words has a share of 0.")
        .param(&T::lang, "lang", kListLangDoc)
        .param(&T::tokenization, "tokenization", kTokenizationDoc)
        .param(&T::min_ratio, "min_ratio", "The least share of " + noun + ". Null: any.")
        .param(&T::max_ratio, "max_ratio", "The greatest share of " + noun + ". Null: any.")
        .param(
            &T::words_dir, kind + "_dir",
            "A folder with lists of your own: every file with `" + kind +
                "` in its name that ends in `.json`, each `{\"en\": [\"word\", ...], ...}`, together. Words "
                "of a "
                "text are compared in lower case and without special characters at both ends: list them so. "
                "Null: the lists that come with dj-mpi.")
        .param(&T::use_words_aug, "use_words_aug", kUseWordsAugDoc)
        .param(&T::words_aug_group_sizes, "words_aug_group_sizes", kGroupSizesDoc,
               {.bounds = {.min = 1, .max = std::nullopt}})
        .param(&T::words_aug_join_char, "words_aug_join_char", kJoinCharDoc)
        .param(&T::sp_model_path, "sp_model_path", kTokenizerPathDoc)
        .model(tokenizer_need("tokenization"))
        .words({.kind = kind, .folder_param = kind + "_dir", .language_param = "lang"})
        .stat(kind + "_ratio", "Share of " + noun + " in all words.");
}

}  // namespace dj
