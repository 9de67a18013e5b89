// SPDX-License-Identifier: Apache-2.0
#include "text/piece_lattice.hpp"

#include <algorithm>
#include <cmath>

#include "dj/text/utf8.hpp"

namespace dj::pieces {
namespace {

/// Where a sum is as large as this, it begins at 0 again.
constexpr float kLargestSum = 100000;

PieceTrie trie_of(const PieceFile& file) {
    std::vector<std::pair<std::string_view, std::int32_t>> keys;
    for (std::size_t n = 0; n < file.pieces.size(); ++n) {
        if (file.pieces[n].kind == PieceKind::normal)
            keys.emplace_back(file.pieces[n].text, static_cast<std::int32_t>(n));
    }
    return PieceTrie(std::move(keys));
}

/// Calls `visit(from, to, number, score)` for each piece in the word, and for each character that is none.
template <class Begin, class Visit>
void for_each_piece(const PieceTable& table, std::string_view word, Begin begin, Visit visit) {
    const PieceTrie& trie = table.trie();
    for (std::size_t from = 0; from < word.size();) {
        std::size_t next = from;
        (void)next_code_point(word, next);
        begin(from);
        bool has_character = false;
        PieceTrie::Node node = PieceTrie::kRoot;
        for (std::size_t at = from; at < word.size(); ++at) {
            if (!trie.step(node, static_cast<unsigned char>(word[at]))) break;
            const std::int32_t number = trie.number(node);
            if (number == PieceTrie::kNone) continue;
            visit(from, at + 1, number, table.score(number));
            has_character = has_character || at + 1 == next;
        }
        if (!has_character) visit(from, next, table.unknown(), table.unknown_score());
        from = next;
    }
}

}  // namespace

PieceTable::PieceTable(const PieceFile& file) : trie_(trie_of(file)) {
    constexpr float kUnknownPenalty = 10;
    float lowest = std::numeric_limits<float>::max();
    texts_.reserve(file.pieces.size());
    for (const FilePiece& piece : file.pieces) {
        texts_.emplace_back(piece.text);
        scores_.push_back(piece.score);
        if (piece.kind == PieceKind::normal) lowest = std::min(lowest, piece.score);
        if (piece.kind == PieceKind::unknown) unknown_ = static_cast<std::int32_t>(texts_.size() - 1);
    }
    unknown_score_ = lowest - kUnknownPenalty;
}

void Lattice::offer(std::size_t from, std::size_t to, std::int32_t number, float score) {
    Node& end = nodes_[to];
    const float sum = score + nodes_[from].sum;
    if (end.from < 0 || sum > end.sum) end = {sum, static_cast<std::int32_t>(from), number};
}

void Lattice::begin_anew(std::size_t from, std::size_t furthest) {
    const float offset = nodes_[from].sum;
    nodes_[from].sum = 0;
    for (std::size_t at = from + 1; at <= furthest; ++at) {
        if (nodes_[at].from >= 0) nodes_[at].sum -= offset;
    }
}

void Lattice::cut(const PieceTable& table, std::string_view word, float before) {
    nodes_.assign(word.size() + 1, Node());
    nodes_.front().sum = before;
    std::size_t furthest = 0;
    for_each_piece(
        table, word,
        [&](std::size_t from) {
            if (std::abs(nodes_[from].sum) > kLargestSum) begin_anew(from, furthest);
        },
        [&](std::size_t from, std::size_t to, std::int32_t number, float score) {
            furthest = std::max(furthest, to);
            offer(from, to, number, score);
        });
    trace(table);
}

void Lattice::cut_surely(const PieceTable& table, std::string_view word) {
    cut(table, word, 0);
    sure_up_to_ = find_bound(table, word);
}

void Lattice::TwoBest::take(double sum) {
    if (sum > best) {
        second = best;
        best = sum;
    } else {
        second = std::max(second, sum);
    }
}

float Lattice::find_bound(const PieceTable& table, std::string_view word) {
    two_best_.assign(word.size() + 1, TwoBest());
    two_best_.front().best = 0;
    std::size_t characters = 0;
    double deepest = 0;
    for_each_piece(
        table, word,
        [&](std::size_t from) {
            ++characters;
            deepest = std::max(deepest, std::abs(two_best_[from].best));
        },
        [&](std::size_t from, std::size_t to, std::int32_t, float score) {
            for (const double way : {two_best_[from].best, two_best_[from].second})
                two_best_[to].take(way + static_cast<double>(score));
        });
    // Each of at most `characters` additions is off by half a unit in the last place of the sum; the two ways that are compared
    // differ by less than four times that in all.
    const TwoBest& end = two_best_.back();
    deepest = std::max(deepest, std::abs(end.best));
    const double room = (end.best - end.second) / (4.0 * static_cast<double>(characters + 1));
    constexpr double kUnit = std::numeric_limits<float>::epsilon();
    const double by_rounding = room / kUnit - std::abs(end.best);
    constexpr double kMargin = 10;  // more than all roundings of a sum below `kLargestSum`
    const double by_size = static_cast<double>(kLargestSum) - deepest - kMargin;
    return std::isnan(by_rounding) ? -1.0F : static_cast<float>(std::min(by_rounding, by_size));
}

void Lattice::trace(const PieceTable& table) {
    cuts_.clear();
    for (std::size_t at = nodes_.size() - 1; at > 0; at = static_cast<std::size_t>(nodes_[at].from)) {
        const Node& node = nodes_[at];
        const bool is_unknown = node.number == table.unknown();
        cuts_.push_back({.end = static_cast<std::uint32_t>(at),
                         .number = node.number,
                         .score = is_unknown ? table.unknown_score() : table.score(node.number)});
    }
    std::ranges::reverse(cuts_);
}

float add_scores(float before, const float* scores, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) before += scores[i];
    return before;
}

}  // namespace dj::pieces
