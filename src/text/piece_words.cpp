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
    if (words_.is_full() || bytes_.size() > kMostBytes) clear();
    if (!library_->blanks() || !split_words(text)) split_whole(text);
    return out_;
}

void WordCache::clear() {
    words_.clear();
    bytes_.clear();
    scores_.clear();
    kept_.clear();
}

void WordCache::split_whole(std::string_view text) {
    library_->encode(text, whole_);
    out_.clear();
    for (const std::string& piece : whole_) out_.push_back({.text = piece});
}

bool WordCache::split_words(std::string_view text) {
    if (text.find(kBlank) != std::string_view::npos)
        return false;  // taken for a blank of the normalised text
    const auto& blanks = *library_->blanks();
    const auto is_blank = [&](std::size_t at) { return blanks[static_cast<unsigned char>(text[at])]; };
    sum_ = 0;
    pending_.clear();
    for (std::size_t at = 0; at < text.size();) {
        if (is_blank(at)) {
            ++at;
            continue;
        }
        const std::size_t begin = at;
        while (at < text.size() && !is_blank(at)) ++at;
        if (!take_word(text.substr(begin, at - begin))) return false;
    }
    for (const KeptPiece& piece : pending_) {
        const std::string_view known = piece.number < 0
                                           ? std::string_view()
                                           : library_->table().text(static_cast<std::size_t>(piece.number));
        out_.push_back(
            {.text = piece.number < 0 ? std::string_view(bytes_).substr(piece.begin, piece.size) : known,
             .number = piece.number});
    }
    return true;
}

bool WordCache::take_word(std::string_view word) {
    const auto [entry, is_new, is_kept] = words_.find_or_add(word);
    if (is_new) fill(entry, word);
    if (!entry.is_sound) return false;
    if (std::abs(sum_) <= entry.sure_up_to || entry.score_count == 0) {
        const auto first = kept_.begin() + entry.first_piece;
        pending_.insert(pending_.end(), first, first + entry.piece_count);
        sum_ = add_scores(sum_, scores_.data() + entry.first_score, entry.score_count);
        return true;
    }
    lattice_.cut(library_->table(), std::string_view(bytes_).substr(entry.normal, entry.normal_size), sum_);
    append_cuts(entry.normal, pending_);
    for (const Cut& cut : lattice_.cuts()) sum_ = add_scores(sum_, &cut.score, 1);
    return true;
}

void WordCache::fill(Entry& entry, std::string_view word) {
    entry = {.first_piece = static_cast<std::uint32_t>(kept_.size()),
             .first_score = static_cast<std::uint32_t>(scores_.size()),
             .normal = static_cast<std::uint32_t>(bytes_.size())};
    library_->encode(word, whole_);
    for (const std::string& piece : whole_) bytes_ += piece;
    entry.normal_size = static_cast<std::uint32_t>(bytes_.size()) - entry.normal;
    lattice_.cut(library_->table(), std::string_view(bytes_).substr(entry.normal), 0);
    append_cuts(entry.normal, kept_);
    for (const Cut& cut : lattice_.cuts()) scores_.push_back(cut.score);
    entry.piece_count = static_cast<std::uint32_t>(kept_.size()) - entry.first_piece;
    entry.score_count = static_cast<std::uint32_t>(scores_.size()) - entry.first_score;
    entry.sure_up_to = lattice_.sure_up_to();
    // Of this word by itself the library must say the same: if it has learnt other rules, it splits every text.
    entry.is_sound = entry.piece_count == whole_.size();
    for (std::uint32_t i = 0; i < entry.piece_count && entry.is_sound; ++i) {
        const KeptPiece& piece = kept_[entry.first_piece + i];
        entry.is_sound = std::string_view(bytes_).substr(piece.begin, piece.size) == whole_[i];
    }
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
