// SPDX-License-Identifier: Apache-2.0
#include "text/piece_words.hpp"

#include <cmath>

namespace dj::pieces {
namespace {

constexpr std::size_t kMostBytes = std::size_t{4} << 20;  // with the other tables about 8 MB a thread

}  // namespace

WordCache::WordCache(std::shared_ptr<const Library> library) : library_(std::move(library)) {}

std::span<const TextPiece> WordCache::split(std::string_view text) {
    out_.clear();
    pending_.clear();
    if (words_.is_full() || bytes_.size() > kMostBytes) clear();
    const bool has_sign_of_blank =
        text.find(kBlank) != std::string_view::npos;  // at an end it is taken for a blank
    if (library_->normalizer() == nullptr) {
        split_by_library(text);
    } else if (!library_->blanks() || has_sign_of_blank) {
        split_whole(text);
    } else {
        split_words(text);
    }
    return out_;
}

void WordCache::clear() {
    words_.clear();
    bytes_.clear();
    scores_.clear();
    kept_.clear();
}

void WordCache::split_by_library(std::string_view text) {
    library_->encode(text, whole_);
    for (const std::string& piece : whole_) out_.push_back({.text = piece});
}

void WordCache::split_whole(std::string_view text) {
    normal_.clear();
    library_->normalizer()->append(text, normal_);
    lattice_.cut(library_->table(), normal_, 0);
    append_cuts(0, pending_);
    for (const KeptPiece& piece : pending_) out_.push_back(piece_of(piece, normal_));
}

TextPiece WordCache::piece_of(const KeptPiece& piece, std::string_view normal) const {
    if (piece.number == TextPiece::kNone) return {.text = normal.substr(piece.begin, piece.size)};
    return {.text = library_->table().text(static_cast<std::size_t>(piece.number)), .number = piece.number};
}

void WordCache::split_words(std::string_view text) {
    const auto& blanks = *library_->blanks();
    const auto is_blank = [&](std::size_t at) { return blanks[static_cast<unsigned char>(text[at])]; };
    sum_ = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (is_blank(at)) {
            ++at;
            continue;
        }
        const std::size_t begin = at;
        while (at < text.size() && !is_blank(at)) ++at;
        take_word(text.substr(begin, at - begin));
    }
    for (const KeptPiece& piece : pending_) out_.push_back(piece_of(piece, bytes_));
}

void WordCache::take_word(std::string_view word) {
    const auto [entry, is_new, is_kept] = words_.find_or_add(word);
    if (is_new) fill(entry, word);
    if (std::abs(sum_) <= entry.sure_up_to || entry.score_count == 0) {
        const auto first = kept_.begin() + entry.first_piece;
        pending_.insert(pending_.end(), first, first + entry.piece_count);
        sum_ = add_scores(sum_, scores_.data() + entry.first_score, entry.score_count);
        return;
    }
    lattice_.cut(library_->table(), std::string_view(bytes_).substr(entry.normal, entry.normal_size), sum_);
    append_cuts(entry.normal, pending_);
    sum_ = lattice_.sum();
}

void WordCache::fill(Entry& entry, std::string_view word) {
    entry = {.first_piece = static_cast<std::uint32_t>(kept_.size()),
             .first_score = static_cast<std::uint32_t>(scores_.size()),
             .normal = static_cast<std::uint32_t>(bytes_.size())};
    library_->normalizer()->append(word, bytes_);
    entry.normal_size = static_cast<std::uint32_t>(bytes_.size()) - entry.normal;
    lattice_.cut_surely(library_->table(), std::string_view(bytes_).substr(entry.normal));
    append_cuts(entry.normal, kept_);
    for (const Cut& cut : lattice_.cuts()) scores_.push_back(cut.score);
    entry.piece_count = static_cast<std::uint32_t>(kept_.size()) - entry.first_piece;
    entry.score_count = static_cast<std::uint32_t>(scores_.size()) - entry.first_score;
    entry.sure_up_to = lattice_.sure_up_to();
}

void WordCache::append_cuts(std::uint32_t normal, std::vector<KeptPiece>& out) const {
    std::uint32_t begin = 0;
    bool was_unknown = false;
    for (const Cut& cut : lattice_.cuts()) {
        const bool is_unknown = cut.number == library_->table().unknown();
        if (is_unknown && was_unknown) {  // what is unknown in a row is one piece
            out.back().size += cut.end - begin;
        } else {
            out.push_back(
                {.begin = normal + begin, .size = cut.end - begin, .number = is_unknown ? -1 : cut.number});
        }
        was_unknown = is_unknown;
        begin = cut.end;
    }
}

}  // namespace dj::pieces
