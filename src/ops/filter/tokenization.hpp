// SPDX-License-Identifier: Apache-2.0
/// What filters have in common that split texts by a tokenizer model. Private to `ops`.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dj/base/error.hpp"
#include "dj/base/file_system.hpp"
#include "dj/ops/model_file.hpp"
#include "dj/text/piece_tokenizer.hpp"
#include "dj/text/refined_words.hpp"

namespace dj {

inline constexpr const char* kTokenizationDoc =
    "Words are what the model of SentencePiece of `lang` makes of a text, instead of what stands between "
    "spaces.";
inline constexpr const char* kLangOfTokenizerDoc =
    "The language of the tokenizer model (`en` stands for the file `en.sp.model`); not used without one.";
inline constexpr const char* kTokenizerPathDoc =
    "The tokenizer model, or the folder of a `{lang}.sp.model`. Not known to Data-Juicer. Null: it is looked "
    "for in the "
    "folder where the job is started and in Data-Juicer's folders of models.";

inline constexpr const char* kNoTokenizationDoc =
    "Splitting by a tokenizer model is not supported here: must be false.";

/// Throws UserError if a recipe asks for a tokenizer model of an operator of words that cannot have one here.
inline void refuse_tokenization(bool tokenization) {
    if (tokenization)
        throw UserError(
            "tokenization: a tokenizer model is not supported by this operator; with false, words are what "
            "stands between spaces");
}

/// `only_with`: the boolean parameter that asks for the model; empty: it is always needed.
[[nodiscard]] inline ModelNeed tokenizer_need(std::string only_with) {
    return {.noun = "a tokenizer model of SentencePiece",
            .path_param = "sp_model_path",
            .names = {"{}.sp.model"},
            .packaged = {},
            .advice =
                "Get {}.sp.model, which CCNet trained on Wikipedia, from "
                "https://huggingface.co/edugp/kenlm/tree/main/wikipedia",
            .language_param = "lang",
            .only_with = std::move(only_with)};
}

/// The tokenizer of an operator that may have one.
class OptionalTokenizer {
public:
    void take_model(const FileBytes& file) { model_ = std::make_shared<const PieceModel>(file.all()); }

    /// A thread's part.
    struct Scratch {
        std::optional<PieceSplitter> splitter;
        RefinedWords words;
    };
    [[nodiscard]] Scratch make_scratch() const {
        Scratch scratch;
        if (model_) scratch.splitter.emplace(*model_);
        return scratch;
    }
    /// The refined words that the model's pieces of `text` are. The operator was asked to split by the model.
    [[nodiscard]] static const RefinedWords& refined_words(std::string_view text, Scratch& scratch) {
        if (!scratch.splitter) throw Bug("an operator that splits by a model runs without one");
        scratch.words.clear();
        for (const TextPiece& piece : scratch.splitter->split(text)) scratch.words.add(piece.text);
        return scratch.words;
    }

    /// How many pieces are words. They are not made lower case: that of a special character may be a letter.
    [[nodiscard]] static std::uint64_t count_words(std::string_view text, Scratch& scratch) {
        if (!scratch.splitter) throw Bug("an operator that splits by a model runs without one");
        const auto pieces = scratch.splitter->split(text);
        return static_cast<std::uint64_t>(std::ranges::count_if(
            pieces, [](const TextPiece& piece) { return !is_only_special(piece.text); }));
    }

private:
    std::shared_ptr<const PieceModel> model_;
};

}  // namespace dj
