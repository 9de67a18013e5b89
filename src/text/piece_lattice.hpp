// SPDX-License-Identifier: Apache-2.0
/// The best way to cut a word into pieces, as SentencePiece's unigram model finds it. Private to `text`.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "text/piece_file.hpp"
#include "text/piece_trie.hpp"

namespace dj::pieces {

/// One step of the best way.
struct Cut {
    std::uint32_t end = 0;  ///< In the word; it begins where the one before it ends.
    std::int32_t number = 0;
    float score = 0;
};

/// The pieces that a unigram model cuts words into, by their text. Const after construction.
class PieceTable {
public:
    explicit PieceTable(const PieceFile& file);

    [[nodiscard]] const PieceTrie& trie() const { return trie_; }
    [[nodiscard]] const std::string& text(std::size_t number) const { return texts_[number]; }
    [[nodiscard]] float score(std::int32_t number) const { return scores_[static_cast<std::size_t>(number)]; }
    [[nodiscard]] std::size_t size() const { return texts_.size(); }
    /// What a character costs that no piece is made of.
    [[nodiscard]] float unknown_score() const { return unknown_score_; }
    [[nodiscard]] std::int32_t unknown() const { return unknown_; }

private:
    PieceTrie trie_;
    std::vector<std::string> texts_;
    std::vector<float> scores_;
    float unknown_score_ = 0;
    std::int32_t unknown_ = 0;
};

/// Owned by one thread and used for one word or text after the other.
///
/// SentencePiece (`unigram::Model::EncodeOptimized`, as of version 0.2.3) adds the scores of a whole text up in one float, from
/// its first piece on, and begins anew at 0 where the sum gets large: of two ways to cut a word that are equally good, or nearly,
/// rounding chooses, and how it rounds hangs on all that is before the word. So a way is found for the sum at hand, and told with
/// it up to which sums no rounding can change it. Earlier versions (0.1.97, say) compare sums before they are rounded, and choose
/// another of ways that are equally good.
class Lattice {
public:
    /// Cuts `word` (normalised) behind pieces of `before` in all. The results are good until the next call.
    void cut(const PieceTable& table, std::string_view word, float before);
    /// The same for a word behind no pieces; finds `sure_up_to` as well.
    void cut_surely(const PieceTable& table, std::string_view word);

    [[nodiscard]] const std::vector<Cut>& cuts() const { return cuts_; }
    /// The sum behind the word.
    [[nodiscard]] float sum() const { return nodes_.back().sum; }
    /// Of `cut_surely`: the largest magnitude of a sum before the word with which the result is sure to be the same; negative:
    /// there is none.
    [[nodiscard]] float sure_up_to() const { return sure_up_to_; }

private:
    /// The best way up to here.
    struct Node {
        float sum = 0;
        std::int32_t from = -1;
        std::int32_t number = 0;
    };
    void offer(std::size_t from, std::size_t to, std::int32_t number, float score);
    void begin_anew(std::size_t from, std::size_t furthest);
    void trace(const PieceTable& table);
    [[nodiscard]] float find_bound(const PieceTable& table, std::string_view word);

    std::vector<Node> nodes_;  ///< Of the beginning of the word, and behind each byte.
    std::vector<Cut> cuts_;
    /// Sums of the best two ways up to a byte, of the word alone.
    struct TwoBest {
        double best = -std::numeric_limits<double>::infinity();
        double second = -std::numeric_limits<double>::infinity();
        void take(double sum);
    };
    std::vector<TwoBest> two_best_;
    float sure_up_to_ = -1;
};

/// Adds the scores of a word's pieces to the sum of those before it, rounding as the library does.
[[nodiscard]] float add_scores(float before, const float* scores, std::size_t count);

}  // namespace dj::pieces
