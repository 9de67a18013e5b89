// SPDX-License-Identifier: Apache-2.0
#include "dj/text/ngram_model.hpp"

#include <array>
#include <bit>
#include <utility>
#include <variant>

#include "dj/base/error.hpp"
#include "text/murmur_hash.hpp"
#include "text/ngram_probing.hpp"
#include "text/ngram_trie.hpp"

namespace dj {
namespace ngram {
namespace {

/// The words before the next one, the last first, as far as longer n-grams may begin with them, and the backoff of each
/// n-gram that ends with the last.
struct State {
    std::array<std::uint32_t, kMostWords> words;
    std::array<float, kMostWords> backoffs;
    std::size_t length = 0;
};

/// KenLM's mark of an n-gram that begins no longer one and costs nothing to leave: minus zero.
bool begins_longer(float backoff) { return std::bit_cast<std::uint32_t>(backoff) != 0x80000000U; }

/// One search for n-grams that end in `word`, longer and longer; the score without backoffs of what was not found.
template <class Search>
float step(const Search& search, typename Search::Node node, const State& before, std::uint32_t word,
           State& after) {
    Entry entry = search.unigram(word, node);
    float score = entry.probability;
    std::size_t found = 1;  // words of the longest n-gram found
    after.words[0] = word;
    after.backoffs[0] = entry.backoff;
    after.length = begins_longer(entry.backoff) ? 1 : 0;
    for (std::size_t level = 0; level < before.length && entry.extends_left; ++level) {
        if (level + 2 == search.order()) {
            if (const auto probability = search.longest(before.words[level], node)) {
                score = *probability;
                found = search.order();
            }
            break;
        }
        const auto longer = search.middle(level, before.words[level], node);
        if (!longer) break;
        entry = *longer;
        score = entry.probability;
        found = level + 2;
        after.backoffs[level + 1] = entry.backoff;
        if (begins_longer(entry.backoff)) after.length = found;
    }
    for (std::size_t i = 1; i < after.length; ++i) after.words[i] = before.words[i - 1];
    for (std::size_t i = found - 1; i < before.length; ++i) score += before.backoffs[i];
    return score;
}

template <class Search>
class Form {
public:
    Form(FileParts& parts, const FileHeader& header) : vocabulary_(parts, header), search_(parts, header) {
        if (vocabulary_.version() != 0)
            throw UserError("it has a vocabulary of a version that is not known here");
        end_ = word("</s>");
        typename Search::Node unused;
        begin_.words[0] = word("<s>");
        begin_.backoffs[0] = search_.unigram(begin_.words[0], unused).backoff;
        begin_.length = 1;
    }
    [[nodiscard]] std::size_t order() const { return search_.order(); }
    [[nodiscard]] std::uint32_t word(std::string_view text) const {
        return vocabulary_.find(murmur_hash_64a(text));
    }
    [[nodiscard]] float score(std::span<const std::uint32_t> sentence) const {
        std::array<State, 2> states;
        states[0] = begin_;
        std::size_t now = 0;
        float score = 0;
        const MarkedSentence words(begin_.words[0], sentence, end_);
        typename Search::Lookahead ahead(search_, words);
        for (std::size_t at = 1; at < words.size(); ++at) {
            score += step(search_, ahead.node(at), states[now], words[at], states[1 - now]);
            now = 1 - now;
        }
        return score;
    }

private:
    typename Search::Vocabulary vocabulary_;
    Search search_;
    State begin_{};
    std::uint32_t end_ = 0;
};

}  // namespace

class Tables {
public:
    using Any = std::variant<Form<ProbingSearch<2>>, Form<ProbingSearch<3>>, Form<TrieSearch<false, false>>,
                             Form<TrieSearch<true, false>>, Form<TrieSearch<false, true>>,
                             Form<TrieSearch<true, true>>>;

    explicit Tables(std::string_view file) : any_(read(file)) {}
    [[nodiscard]] const Any& any() const { return any_; }

private:
    static Any read(std::string_view file) {
        const FileHeader header = read_header(file);
        FileParts parts(file, header.size_bytes);
        Any any = make(parts, header);
        if (header.has_words) {  // a check of all sizes before
            constexpr std::string_view kFirst("<unk>\0", 6);
            if (std::string_view(parts.take(kFirst.size()), kFirst.size()) != kFirst)
                throw UserError("it is damaged: its words are not where they should be");
        }
        return any;
    }
    static Any make(FileParts& parts, const FileHeader& header) {
        switch (header.form) {
            case FileForm::probing: return Form<ProbingSearch<2>>(parts, header);
            case FileForm::rest_probing: return Form<ProbingSearch<3>>(parts, header);
            case FileForm::trie: return Form<TrieSearch<false, false>>(parts, header);
            case FileForm::quant_trie: return Form<TrieSearch<true, false>>(parts, header);
            case FileForm::array_trie: return Form<TrieSearch<false, true>>(parts, header);
            case FileForm::quant_array_trie: return Form<TrieSearch<true, true>>(parts, header);
        }
        throw Bug("unknown FileForm");
    }

    Any any_;
};

}  // namespace ngram

NgramModel::NgramModel(std::string_view file) : tables_(std::make_unique<const ngram::Tables>(file)) {}
NgramModel::~NgramModel() = default;
NgramModel::NgramModel(NgramModel&&) noexcept = default;
NgramModel& NgramModel::operator=(NgramModel&&) noexcept = default;

std::size_t NgramModel::order() const {
    return std::visit([](const auto& form) { return form.order(); }, tables_->any());
}

NgramModel::Word NgramModel::word(std::string_view text) const {
    return std::visit([&](const auto& form) { return form.word(text); }, tables_->any());
}

float NgramModel::score(std::span<const Word> sentence) const {
    return std::visit([&](const auto& form) { return form.score(sentence); }, tables_->any());
}

}  // namespace dj
