// SPDX-License-Identifier: Apache-2.0
/// Runs of neighbouring tokens of a text ("shingles"; Broder, 1997), as the near-duplicate operators of Data-Juicer 1.6.1 cut them.
/// Private to `ops`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dj/text/piece_tokenizer.hpp"
#include "dj/text/python_regex.hpp"

namespace dj {

struct ShingleOptions {
    std::string tokenization;  ///< space, punctuation, character or sentencepiece
    std::uint64_t window_size = 1;
    bool lowercase = true;
    std::optional<std::string> ignore_pattern;
};

/// Const after `prepare` and shared by threads.
class Shingler {
public:
    /// Pieces of a text, joined by a space each (or by nothing), so that neighbouring ones are a part of it as they stand.
    struct JoinedPieces {
        std::string buffer;
        std::string_view text;
        std::vector<RegexSpan> pieces;
    };
    /// A thread's part.
    struct Scratch {
        std::optional<RegexMatcher> ignored;
        std::optional<RegexMatcher> punctuation;
        std::optional<PieceSplitter> splitter;
        std::string lowered;
        std::string rest;
        JoinedPieces joined;
    };

    /// For the tokenization `sentencepiece`; before `make_scratch`.
    void take_tokenizer(std::shared_ptr<const PieceModel> tokenizer) { tokenizer_ = std::move(tokenizer); }
    /// Throws UserError for a pattern that does not compile.
    void prepare(ShingleOptions options);
    [[nodiscard]] Scratch make_scratch() const;

    /// Calls `visit(std::string_view)` for each shingle, from the first on; what it gets is good during the call. False: a
    /// pattern gave up.
    template <class Visit>
    bool for_each(std::string_view text, Scratch& scratch, Visit visit) const {
        if (!cut(text, scratch)) return false;
        const auto& [buffer, joined, pieces] = scratch.joined;
        const std::size_t window = options_.window_size;
        for (std::size_t last = window - 1; last < pieces.size(); ++last) {
            const auto begin = pieces[last - (window - 1)].begin;
            visit(joined.substr(begin, pieces[last].end - begin));
        }
        return true;
    }

private:
    [[nodiscard]] bool cut(std::string_view text, Scratch& scratch) const;

    ShingleOptions options_;
    std::optional<PythonRegex> ignored_;
    std::optional<PythonRegex> punctuation_;
    std::shared_ptr<const PieceModel> tokenizer_;
};

}  // namespace dj
