// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/ops/op_spec.hpp"
#include "dj/text/python_regex.hpp"
#include "dj/text/simhash.hpp"
#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"
#include "ops/pattern_replacement.hpp"

namespace dj {
namespace {

/// Pieces of a text, joined by a space each (or by nothing), so that neighbouring ones are a part of it as they stand.
struct JoinedPieces {
    std::string buffer;
    std::string_view text;
    std::vector<RegexSpan> pieces;
};

void take_words(std::string_view text, JoinedPieces& joined) {
    joined.buffer.clear();
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(' ', at), text.size());
        if (end > at) {
            if (!joined.pieces.empty()) joined.buffer += ' ';
            joined.pieces.push_back({joined.buffer.size(), joined.buffer.size() + end - at});
            joined.buffer.append(text, at, end - at);
        }
        at = end + 1;
    }
    joined.text = joined.buffer;
}

void take_characters(std::string_view text, JoinedPieces& joined) {
    joined.text = text;
    for (std::size_t at = 0; at < text.size();) {
        const auto begin = at;
        (void)next_code_point(text, at);
        joined.pieces.push_back({begin, at});
    }
}

/// What is between the matches, pieces without a character too. False: the pattern gave up.
bool take_split(std::string_view text, RegexMatcher& matcher, JoinedPieces& joined) {
    joined.buffer.clear();
    matcher.start(text);
    std::size_t at = 0;
    const auto take = [&](std::size_t end) {
        joined.pieces.push_back({joined.buffer.size(), joined.buffer.size() + end - at});
        joined.buffer.append(text, at, end - at);
    };
    auto outcome = matcher.next();
    for (; outcome == RegexOutcome::match; outcome = matcher.next()) {
        const auto match = *matcher.group(0);
        take(match.begin);
        joined.buffer += ' ';
        at = match.end;
    }
    take(text.size());
    joined.text = joined.buffer;
    return outcome == RegexOutcome::none;
}

/// `text` without what matches, in `out`. False: the pattern gave up.
bool remove_matches(std::string_view text, RegexMatcher& matcher, std::string& out) {
    out.clear();
    matcher.start(text);
    std::size_t at = 0;
    auto outcome = matcher.next();
    for (; outcome == RegexOutcome::match; outcome = matcher.next()) {
        const auto match = *matcher.group(0);
        out.append(text, at, match.begin - at);
        at = match.end;
    }
    out.append(text, at);
    return outcome == RegexOutcome::none;
}

struct DocumentSimhashDeduplicator {
    std::string tokenization = "space";
    std::uint64_t window_size = 6;
    bool lowercase = true;
    std::optional<std::string> ignore_pattern;
    std::uint32_t num_blocks = 6;
    std::uint32_t hamming_distance = 4;

    struct Scratch {
        std::optional<RegexMatcher> ignored;
        std::optional<RegexMatcher> punctuation;
        std::string lowered;
        std::string rest;
        JoinedPieces joined;
        SimhashBuilder builder;
    };

    void prepare() {
        if (tokenization == "sentencepiece")
            throw UserError(
                "tokenization sentencepiece is not available for simhash, in Data-Juicer neither: use space, "
                "punctuation or character");
        if (hamming_distance >= num_blocks)
            throw UserError(
                fmt::format("hamming_distance ({}) must be less than num_blocks ({}): raise num_blocks to {}",
                            hamming_distance, num_blocks, hamming_distance + 1));
        // As the pattern is compiled there: without DOTALL, and as it stands, whatever quotes it has.
        if (ignore_pattern && !ignore_pattern->empty())
            ignored_.emplace(*ignore_pattern, RegexModule::regex, /*dot_all=*/false);
        if (tokenization == "punctuation")
            punctuation_.emplace(R"(\p{P})", RegexModule::regex, /*dot_all=*/false);
    }

    Scratch make_scratch() const {
        Scratch scratch;
        if (ignored_) scratch.ignored.emplace(*ignored_);
        if (punctuation_) scratch.punctuation.emplace(*punctuation_);
        return scratch;
    }

    void key(const Sample& sample, std::string& key, Scratch& scratch) const {
        auto text = sample.text();
        if (lowercase) {
            scratch.lowered.clear();
            append_python_lower(scratch.lowered, text);
            text = scratch.lowered;
        }
        if (scratch.ignored) {
            if (!remove_matches(text, *scratch.ignored, scratch.rest)) {
                sample.fail(kTooManySteps);
                return;
            }
            text = scratch.rest;
        }
        if (!cut(text, scratch)) {
            sample.fail(kTooManySteps);
            return;
        }
        const auto& joined = scratch.joined;
        for (std::size_t last = window_size - 1; last < joined.pieces.size(); ++last) {
            const auto begin = joined.pieces[last - (window_size - 1)].begin;
            scratch.builder.add(joined.text.substr(begin, joined.pieces[last].end - begin));
        }
        append(key, scratch.builder.take());
    }

    /// As numpy writes it.
    std::string hash_text(std::string_view key) const {
        std::uint64_t fingerprint = 0;
        std::memcpy(&fingerprint, key.data(), std::min(key.size(), sizeof fingerprint));
        return fmt::format("{}", fingerprint);
    }
    void key_of_hash(std::string_view hash, std::string& key) const {
        std::uint64_t fingerprint = 0;
        std::from_chars(hash.data(), hash.data() + hash.size(), fingerprint);
        append(key, fingerprint);
    }
    std::uint32_t key_distance() const { return hamming_distance; }

private:
    static void append(std::string& key, std::uint64_t fingerprint) {
        key.append(reinterpret_cast<const char*>(&fingerprint), sizeof fingerprint);
    }

    bool cut(std::string_view text, Scratch& scratch) const {
        scratch.joined.pieces.clear();
        if (scratch.punctuation) return take_split(text, *scratch.punctuation, scratch.joined);
        tokenization == "character" ? take_characters(text, scratch.joined)
                                    : take_words(text, scratch.joined);
        return true;
    }

    std::optional<PythonRegex> ignored_;
    std::optional<PythonRegex> punctuation_;
};

}  // namespace

OpSpec document_simhash_deduplicator() {
    using T = DocumentSimhashDeduplicator;
    return Describe<T>(
               "document_simhash_deduplicator",
               "Drops rows whose text is nearly the same as one before.\n\n"
               "A text has a fingerprint of 64 bits (SimHash) in which runs of `window_size` neighbouring "
               "tokens count. Texts whose fingerprints differ in at most `hamming_distance` bits belong "
               "together, and so do those that are linked by others. Of texts that belong together the first "
               "in the order of the data set stays, whatever the number of ranks, threads and partitions. "
               "Texts with fewer than `window_size` tokens all have the fingerprint 0, as in Data-Juicer: "
               "put a `text_length_filter` or `words_num_filter` in front if they are to stay.")
        .param(&T::tokenization, "tokenization",
               "What a token is: `space`: a word between spaces; `punctuation`: what is between two "
               "characters of punctuation; `character`: a character, which suits Chinese and the like.",
               {.choices = {"space", "punctuation", "character", "sentencepiece"}})
        .param(&T::window_size, "window_size", "How many neighbouring tokens count together.",
               {.bounds = {.min = 1}})
        .param(&T::lowercase, "lowercase", "Compare the texts in lower case.")
        .param(&T::ignore_pattern, "ignore_pattern",
               "A pattern of Python's `regex` module, where `.` does not match line breaks: what matches is "
               "left out before the text is cut into tokens. Null: nothing.")
        .param(&T::num_blocks, "num_blocks",
               "Must be greater than `hamming_distance`. Nothing else depends on it here: into how many "
               "blocks fingerprints are cut follows from how many there are.",
               {.bounds = {.min = 1, .max = 64}})
        .param(&T::hamming_distance, "hamming_distance",
               "In how many bits fingerprints of texts that belong together differ at most.",
               {.bounds = {.min = 1, .max = 63}})
        .cost(CostClass::dear)
        .hash_column("__dj__simhash")
        .example("{}", R"(["to be or not to be", "To be or  not to be", "not to be or to be", "to be"])",
                 R"(["to be or not to be", "not to be or to be", "to be"])")
        .example(R"({"tokenization": "character", "window_size": 2})",
                 R"(["天地玄黄", "天地玄黄", "宇宙洪荒"])", R"(["天地玄黄", "宇宙洪荒"])")
        .example(R"({"ignore_pattern": "\\d+", "window_size": 1})",
                 R"(["page 1 of", "page 2 of", "no page"])", R"(["page 1 of", "no page"])");
}

}  // namespace dj
