// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/base/file_system.hpp"
#include "dj/base/hash.hpp"
#include "dj/ops/op_spec.hpp"
#include "dj/text/minhash.hpp"
#include "ops/pattern_replacement.hpp"
#include "ops/shingles.hpp"

namespace dj {
namespace {

struct DocumentMinhashDeduplicator {
    std::string tokenization = "space";
    std::uint64_t window_size = 5;
    bool lowercase = true;
    std::optional<std::string> ignore_pattern;
    std::uint32_t num_permutations = 256;
    double jaccard_threshold = 0.7;
    std::optional<std::uint32_t> num_bands;
    std::optional<std::uint32_t> num_rows_per_band;
    std::optional<std::string> tokenizer_model;

    struct Scratch {
        Shingler::Scratch shingles;
        MinhashBuilder builder;
        std::string band;
    };

    void take_model(std::size_t /*which*/, const std::shared_ptr<const FileBytes>& file) {
        shingler_.take_tokenizer(std::make_shared<const PieceModel>(file->all()));
    }

    void prepare() {
        if (tokenization == "sentencepiece" && !tokenizer_model)
            throw UserError("tokenization sentencepiece needs tokenizer_model, the path of a model");
        if (num_bands && num_rows_per_band) {
            layout_ = {*num_bands, *num_rows_per_band};
        } else {
            layout_ = optimal_bands(jaccard_threshold, num_permutations);
        }
        if (std::uint64_t{layout_.bands} * layout_.values_per_band > num_permutations)
            throw UserError(
                fmt::format("num_bands ({}) times num_rows_per_band ({}) must not be more than "
                            "num_permutations ({})",
                            layout_.bands, layout_.values_per_band, num_permutations));
        shingler_.prepare({tokenization, window_size, lowercase, ignore_pattern});
        functions_ = std::make_shared<const MinhashFunctions>(num_permutations);
    }

    Scratch make_scratch() const { return {shingler_.make_scratch(), MinhashBuilder(*functions_), {}}; }

    void key(const Sample& sample, std::string& key, Scratch& scratch) const {
        const bool cut = shingler_.for_each(sample.text(), scratch.shingles,
                                            [&](std::string_view shingle) { scratch.builder.add(shingle); });
        const auto signature = scratch.builder.take();
        if (!cut) {
            sample.fail(kTooManySteps);
            return;
        }
        for (std::uint32_t n = 0; n < layout_.bands; ++n) {
            const auto values =
                signature.subspan(std::size_t{n} * layout_.values_per_band, layout_.values_per_band);
            // Equal values of different bands are not the same.
            scratch.band.assign(reinterpret_cast<const char*>(&n), sizeof n);
            scratch.band.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
            const Digest128 digest = xxh3_128(scratch.band);
            key.append(reinterpret_cast<const char*>(digest.data()), digest.size());
        }
    }

    std::string hash_text(std::string_view key) const { return std::string(key); }
    std::uint32_t key_bands() const { return layout_.bands; }

private:
    Shingler shingler_;
    BandLayout layout_;
    std::shared_ptr<const MinhashFunctions> functions_;
};

}  // namespace

OpSpec document_minhash_deduplicator() {
    using T = DocumentMinhashDeduplicator;
    return Describe<T>("document_minhash_deduplicator",
                       "Drops rows whose text shares many runs of words with one before.\n\n"
                       "Of a text's runs of `window_size` neighbouring tokens a signature of "
                       "`num_permutations` numbers is made (MinHash), in which "
                       "texts agree the more the greater their Jaccard similarity is. The signature is cut "
                       "into bands; texts that agree on a whole "
                       "band belong together, and so do those that are linked by others. Of texts that "
                       "belong together the first in the order of "
                       "the data set stays, whatever the number of ranks, threads and partitions. Texts with "
                       "fewer than `window_size` tokens all "
                       "belong together, as in Data-Juicer: put a `text_length_filter` or `words_num_filter` "
                       "in front if they are to stay.")
        .param(&T::tokenization, "tokenization",
               "What a token is: `space`: a word between spaces; `punctuation`: what is between two "
               "characters of punctuation; "
               "`character`: a character, which suits Chinese and the like; `sentencepiece`: a piece of "
               "`tokenizer_model`.",
               {.choices = {"space", "punctuation", "character", "sentencepiece"}})
        .param(&T::window_size, "window_size", "How many neighbouring tokens count together.",
               {.bounds = {.min = 1}})
        .param(&T::lowercase, "lowercase", "Compare the texts in lower case.")
        .param(&T::ignore_pattern, "ignore_pattern",
               "A pattern of Python's `regex` module, where `.` does not match line breaks: what matches is "
               "left out before the text "
               "is cut into tokens. Null: nothing.")
        .param(&T::num_permutations, "num_permutations", "How many numbers a signature has.",
               {.bounds = {.min = 1, .max = 65536}})
        .param(&T::jaccard_threshold, "jaccard_threshold",
               "From which similarity on texts are to be found, mostly: the bands are chosen for it, if they "
               "are not given.",
               {.bounds = {.min = 0, .max = 1}})
        .param(&T::num_bands, "num_bands",
               "Into how many bands a signature is cut. Null, or no `num_rows_per_band`: as suits the "
               "threshold.",
               {.bounds = {.min = 1}})
        .param(&T::num_rows_per_band, "num_rows_per_band", "How many numbers a band has. Null: likewise.",
               {.bounds = {.min = 1}})
        .param(&T::tokenizer_model, "tokenizer_model",
               "The model of SentencePiece, for the tokenization of that name.")
        .model({.noun = "a tokenizer model of SentencePiece",
                .path_param = "tokenizer_model",
                .names = {"tokenizer.model"},
                .packaged = {},
                .advice = "That of a language model will do, or one trained on the corpus (spm_train)",
                .only_with = "tokenization",
                .only_with_value = "sentencepiece"})
        .cost(CostClass::dear)
        .example("{}", R"(["a b c d e f", "A b  c d e f", "c d e f g h", "a b"])",
                 R"(["a b c d e f", "c d e f g h", "a b"])")
        .example(R"({"tokenization": "character", "window_size": 2})",
                 R"(["天地玄黄", "天地玄黄", "宇宙洪荒"])", R"(["天地玄黄", "宇宙洪荒"])")
        .example(R"({"num_permutations": 4, "num_bands": 4, "num_rows_per_band": 1, "window_size": 1})",
                 R"(["one two three four", "one two three five", "six seven"])",
                 R"(["one two three four", "six seven"])");
}

}  // namespace dj
