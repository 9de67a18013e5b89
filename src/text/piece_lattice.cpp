// SPDX-License-Identifier: Apache-2.0
#include "text/piece_lattice.hpp"

#include <algorithm>
#include <cmath>

#include "dj/text/utf8.hpp"

namespace dj::pieces {

PieceTable::PieceTable(const PieceFile& file) {
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
    for (std::size_t n = 0; n < texts_.size(); ++n) {
        if (file.pieces[n].kind != PieceKind::normal) continue;
        numbers_.emplace(texts_[n], static_cast<std::int32_t>(n));
        longest_ = std::max(longest_, texts_[n].size());
    }
}

std::int32_t PieceTable::find(std::string_view text) const {
    const auto found = numbers_.find(text);
    return found == numbers_.end() ? -1 : found->second;
}

void Lattice::offer(std::size_t from, std::size_t to, std::int32_t number, float score, bool is_known) {
    const Node& begin = nodes_[from];
    Node& end = nodes_[to];
    // The library compares the sum before it is rounded if the piece is known, and else behind that.
    const double exact = static_cast<double>(score) + static_cast<double>(begin.rounded);
    const double candidate = is_known ? exact : static_cast<double>(static_cast<float>(exact));
    if (end.from < 0 || candidate > static_cast<double>(end.rounded)) {
        end.rounded = static_cast<float>(exact);
        end.from = static_cast<std::int32_t>(from);
        end.number = number;
    }
    for (const double way : {begin.best, begin.second}) {
        const double sum = way + static_cast<double>(score);
        if (sum > end.best) {
            end.second = end.best;
            end.best = sum;
        } else {
            end.second = std::max(end.second, sum);
        }
    }
}

void Lattice::cut(const PieceTable& table, std::string_view word, float before) {
    nodes_.assign(word.size() + 1, Node());
    nodes_.front().rounded = before;
    nodes_.front().best = 0;
    std::size_t characters = 0;
    for (std::size_t from = 0; from < word.size(); ++characters) {
        std::size_t next = from;
        (void)next_code_point(word, next);
        bool has_character = false;
        const std::size_t last = std::min(word.size(), from + table.longest());
        for (std::size_t to = from + 1; to <= last; ++to) {
            const std::int32_t number = table.find(word.substr(from, to - from));
            if (number < 0) continue;
            offer(from, to, number, table.score(number), true);
            has_character = has_character || to == next;
        }
        if (!has_character) offer(from, next, table.unknown(), table.unknown_score(), false);
        from = next;
    }
    trace(table, word.size());
    // Each of at most `characters` additions is off by half a unit in the last place of the sum; the two ways that are compared
    // differ by less than four times that in all.
    const Node& end = nodes_.back();
    const double room = (end.best - end.second) / (4.0 * static_cast<double>(characters + 1));
    constexpr double kUnit = std::numeric_limits<float>::epsilon();
    const double largest = room / kUnit - std::abs(end.best);
    constexpr double kBound = 1e30;
    sure_up_to_ = std::isnan(largest) ? -1.0F : static_cast<float>(std::min(largest, kBound));
}

void Lattice::trace(const PieceTable& table, std::size_t size) {
    cuts_.clear();
    for (std::size_t at = size; at > 0; at = static_cast<std::size_t>(nodes_[at].from)) {
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
