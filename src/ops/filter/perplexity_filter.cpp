// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dj/ops/op_spec.hpp"
#include "dj/text/ngram_model.hpp"
#include "dj/text/piece_tokenizer.hpp"
#include "dj/text/python_float.hpp"
#include "dj/text/python_lines.hpp"
#include "ops/filter/tokenization.hpp"

namespace dj {
namespace {

/// A model in the bytes of its file.
class LanguageModel {
public:
    explicit LanguageModel(std::shared_ptr<const FileBytes> file)
        : file_(std::move(file)), model_(file_->all()) {}
    [[nodiscard]] const NgramModel& model() const { return model_; }

private:
    std::shared_ptr<const FileBytes> file_;
    NgramModel model_;  ///< Refers to the bytes of `file_`.
};

struct PerplexityFilter {
    std::string lang = "en";
    std::optional<double> min_ppl = 0;
    std::optional<double> max_ppl = 1500;
    std::optional<std::string> sp_model_path;
    std::optional<std::string> kenlm_model_path;

    struct Scratch {
        std::optional<PieceSplitter> splitter;
        std::vector<NgramModel::Word> words;
        std::string joined;
    };

    void take_model(std::size_t which, std::shared_ptr<const FileBytes> file) {
        if (which == 0) {
            tokenizer_ = std::make_shared<const PieceModel>(file->all());
        } else {
            model_ = std::make_shared<const LanguageModel>(std::move(file));
        }
    }
    void prepare() {
        if (!tokenizer_ || !model_) return;
        for (std::size_t n = 0; n < tokenizer_->size(); ++n) {
            const std::string_view piece = tokenizer_->piece(n);
            const bool is_word =
                !piece.empty() && !has_python_space(piece) && piece.find('\0') == std::string_view::npos;
            words_of_pieces_.push_back(is_word ? model_->model().word(piece) : kNoWord);
        }
    }
    Scratch make_scratch() const {
        Scratch scratch;
        if (tokenizer_) scratch.splitter.emplace(*tokenizer_);
        return scratch;
    }
    void compute(const Sample& sample, std::span<double> stats, Scratch& scratch) const {
        if (!model_ || !scratch.splitter) throw Bug("perplexity_filter runs without its models");
        const Total total = total_of(scratch.splitter->split(sample.text()), scratch);
        constexpr double kBase = 10.0;
        const double perplexity =
            total.words == 0 ? 0.0 : std::pow(kBase, -total.logarithm / static_cast<double>(total.words));
        if (!std::isfinite(perplexity)) {
            sample.fail("the model gives this text no probability");
            return;
        }
        stats[0] = python_round(perplexity, 1);
    }
    bool keep(std::span<const double> stats, const KeepRange& range) const {
        return range.keeps(stats[0], min_ppl, max_ppl);
    }

private:
    static constexpr NgramModel::Word kNoWord = ~NgramModel::Word{0};

    struct Total {
        double logarithm = 0;
        std::uint64_t words = 0;  ///< The mark of a line's end is one.
    };

    /// Pieces are joined by spaces, cut into lines and these into words, and a piece may have space in it: then as it is
    /// written, else each piece is a word of one line.
    Total total_of(std::span<const TextPiece> pieces, Scratch& scratch) const {
        if (pieces.empty()) return {};
        scratch.words.clear();
        for (const TextPiece& piece : pieces) {
            if (piece.number != TextPiece::kNone) {
                const auto word = words_of_pieces_[static_cast<std::size_t>(piece.number)];
                if (word == kNoWord) return total_of_joined(pieces, scratch);
                scratch.words.push_back(word);
            } else {
                if (piece.text.empty() || has_python_space(piece.text) ||
                    piece.text.find('\0') != std::string_view::npos)
                    return total_of_joined(pieces, scratch);
                scratch.words.push_back(model_->model().word(piece.text));
            }
        }
        return {.logarithm = static_cast<double>(model_->model().score(scratch.words)),
                .words = pieces.size() + 1};
    }

    Total total_of_joined(std::span<const TextPiece> pieces, Scratch& scratch) const {
        scratch.joined.clear();
        for (const TextPiece& piece : pieces) {
            if (&piece != pieces.data()) scratch.joined += ' ';
            scratch.joined += piece.text;
        }
        Total total;
        std::string_view rest = scratch.joined;
        while (const auto line = next_python_line(rest)) {
            total.logarithm += static_cast<double>(score_line(*line, scratch.words));
            total.words += count_python_words(*line) + 1;
        }
        return total;
    }

    /// As KenLM's package is given a line: a C string, which ends at a NUL, of words between ASCII's white space.
    float score_line(std::string_view line, std::vector<NgramModel::Word>& words) const {
        constexpr std::string_view kSpaces = " \t\n\v\f\r";
        words.clear();
        line = line.substr(0, line.find('\0'));
        while (true) {
            line.remove_prefix(std::min(line.find_first_not_of(kSpaces), line.size()));
            if (line.empty()) break;
            const std::string_view word = line.substr(0, line.find_first_of(kSpaces));
            words.push_back(model_->model().word(word));
            line.remove_prefix(word.size());
        }
        return model_->model().score(words);
    }

    std::shared_ptr<const PieceModel> tokenizer_;
    std::shared_ptr<const LanguageModel> model_;
    std::vector<NgramModel::Word> words_of_pieces_;  ///< `kNoWord` for a piece that is not one word.
};

ModelNeed ngram_model_need() {
    return {.noun = "an n-gram model of KenLM",
            .path_param = "kenlm_model_path",
            .names = {"{}.arpa.bin"},
            .packaged = {},
            .advice =
                "Get {}.arpa.bin, which CCNet trained on Wikipedia, from "
                "https://huggingface.co/edugp/kenlm/tree/main/wikipedia (one to seven GB a language)",
            .language_param = "lang"};
}

}  // namespace

OpSpec perplexity_filter() {
    using T = PerplexityFilter;
    return Describe<T>(
               "perplexity_filter",
               "Keeps rows whose text a model of the language finds neither too expected nor too odd.\n\n"
               "A model of SentencePiece splits the text into pieces, and an n-gram model of KenLM says how "
               "probable each "
               "is behind those before it. The perplexity is the inverse of the pieces' mean probability "
               "(geometric; the "
               "text's end counts as a piece), rounded to one digit: low for smooth text, high for lists, "
               "code or other "
               "languages. A text without pieces has a perplexity of 0.\n\n"
               "Both models belong together: `{lang}.sp.model` and `{lang}.arpa.bin`. Without the parameters "
               "that name "
               "them they are looked for in the folder where the job is started and in Data-Juicer's folders "
               "of models "
               "(`DATA_JUICER_EXTERNAL_MODELS_HOME`, then `DATA_JUICER_MODELS_CACHE` or "
               "`~/.cache/data_juicer/models`). Nothing is downloaded; CCNet's models of 48 languages are at "
               "https://huggingface.co/edugp/kenlm/tree/main/wikipedia. The job tells which files it uses; "
               "all nodes must "
               "see them under the same path, and they must stay as they are while the job runs. A node has "
               "an n-gram "
               "model in memory once, however many ranks it runs.")
        .param(&T::lang, "lang", "The language of both models.")
        .param(&T::min_ppl, "min_ppl", "The least perplexity of a text. Null: any.")
        .param(&T::max_ppl, "max_ppl", "The greatest perplexity of a text. Null: any.")
        .param(&T::sp_model_path, "sp_model_path", kTokenizerPathDoc)
        .param(&T::kenlm_model_path, "kenlm_model_path",
               "The n-gram model, in any form of KenLM's binary files (not as ARPA text), or the folder of a "
               "`{lang}.arpa.bin`. Not known to Data-Juicer. Null: it is looked for likewise.")
        .model(tokenizer_need(""))
        .model(ngram_model_need())
        .cost(CostClass::dear)
        .stat("perplexity", "Perplexity of the text.")
        .example(R"({"max_ppl": 1e9})", R"("Any text at all.")", "true")
        .example(R"({"min_ppl": 1})", R"("")", "false");
}

}  // namespace dj
