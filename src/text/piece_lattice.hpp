// SPDX-License-Identifier: Apache-2.0
/// The best way to cut a word into pieces, as SentencePiece's unigram model finds it. Private to `text`.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/piece_file.hpp"

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
    PieceTable(const PieceTable&) = delete;  // what is found refers to its own texts
    PieceTable& operator=(const PieceTable&) = delete;

    [[nodiscard]] std::int32_t find(std::string_view text) const;
    [[nodiscard]] const std::string& text(std::size_t number) const { return texts_[number]; }
    [[nodiscard]] float score(std::int32_t number) const { return scores_[static_cast<std::size_t>(number)]; }
    [[nodiscard]] std::size_t size() const { return texts_.size(); }
    [[nodiscard]] std::size_t longest() const { return longest_; }
    /// What a character costs that no piece is made of.
    [[nodiscard]] float unknown_score() const { return unknown_score_; }
    [[nodiscard]] std::int32_t unknown() const { return unknown_; }

private:
    std::vector<std::string> texts_;
    std::vector<float> scores_;
    std::unordered_map<std::string_view, std::int32_t> numbers_;
    std::size_t longest_ = 0;
    float unknown_score_ = 0;
    std::int32_t unknown_ = 0;
};

/// Owned by one thread and used for one word after the other.
///
/// SentencePiece adds the scores of a whole text up in one float, from its first piece on: of two ways to cut a word that are
/// nearly as good, rounding chooses, and how it rounds hangs on all that is before the word. So a way is found for the sum at
/// hand, and told with it up to which sums no rounding can change it.
class Lattice {
public:
    /// Cuts `word` (normalised) behind pieces of `before` in all. Both results are good until the next call.
    void cut(const PieceTable& table, std::string_view word, float before);
    [[nodiscard]] const std::vector<Cut>& cuts() const { return cuts_; }
    /// The largest magnitude of `before` for which the result is sure to be the same; negative: for none.
    [[nodiscard]] float sure_up_to() const { return sure_up_to_; }

private:
    struct Node {
        std::int32_t from = -1;
        std::int32_t number = 0;
        float rounded = 0;                                       ///< As the library adds up.
        double best = -std::numeric_limits<double>::infinity();  ///< Of the word alone.
        double second = -std::numeric_limits<double>::infinity();
    };
    void offer(std::size_t from, std::size_t to, std::int32_t number, float score, bool is_known);
    void trace(const PieceTable& table, std::size_t size);

    std::vector<Node> nodes_;
    std::vector<Cut> cuts_;
    float sure_up_to_ = -1;
};

/// Adds the scores of a word's pieces to the sum of those before it, rounding as the library does.
[[nodiscard]] float add_scores(float before, const float* scores, std::size_t count);

}  // namespace dj::pieces
