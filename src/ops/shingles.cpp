// SPDX-License-Identifier: Apache-2.0
#include "ops/shingles.hpp"

#include <algorithm>

#include "dj/base/error.hpp"
#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

using JoinedPieces = Shingler::JoinedPieces;

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

void take_pieces(std::string_view text, PieceSplitter& splitter, JoinedPieces& joined) {
    joined.buffer.clear();
    for (const TextPiece& piece : splitter.split(text)) {
        joined.pieces.push_back({joined.buffer.size(), joined.buffer.size() + piece.text.size()});
        joined.buffer += piece.text;
    }
    joined.text = joined.buffer;
}

}  // namespace

void Shingler::prepare(ShingleOptions options) {
    options_ = std::move(options);
    // As the pattern is compiled there: without DOTALL, and as it stands, whatever quotes it has.
    if (options_.ignore_pattern && !options_.ignore_pattern->empty())
        ignored_.emplace(*options_.ignore_pattern, RegexModule::regex, /*dot_all=*/false);
    if (options_.tokenization == "punctuation")
        punctuation_.emplace(R"(\p{P})", RegexModule::regex, /*dot_all=*/false);
}

Shingler::Scratch Shingler::make_scratch() const {
    Scratch scratch;
    if (ignored_) scratch.ignored.emplace(*ignored_);
    if (punctuation_) scratch.punctuation.emplace(*punctuation_);
    if (tokenizer_) scratch.splitter.emplace(*tokenizer_);
    return scratch;
}

bool Shingler::cut(std::string_view text, Scratch& scratch) const {
    if (options_.lowercase) {
        scratch.lowered.clear();
        append_python_lower(scratch.lowered, text);
        text = scratch.lowered;
    }
    if (scratch.ignored) {
        if (!remove_matches(text, *scratch.ignored, scratch.rest)) return false;
        text = scratch.rest;
    }
    scratch.joined.pieces.clear();
    if (scratch.punctuation) return take_split(text, *scratch.punctuation, scratch.joined);
    if (options_.tokenization == "character") {
        take_characters(text, scratch.joined);
    } else if (options_.tokenization == "sentencepiece") {
        if (!scratch.splitter) throw Bug("an operator that splits by a model runs without one");
        take_pieces(text, *scratch.splitter, scratch.joined);
    } else {
        take_words(text, scratch.joined);
    }
    return true;
}

}  // namespace dj
