// SPDX-License-Identifier: Apache-2.0
#include "text/bpe_merges.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj::bpe {
namespace {

constexpr std::uint32_t kEnd = std::numeric_limits<std::uint32_t>::max();
/// Up to so many bytes a piece is searched from end to end for each merge; a heap costs more there.
constexpr std::size_t kShort = 48;

/// Bytes that stand nowhere in UTF-8 need no token.
bool is_in_utf8(unsigned byte) { return byte < 0xC0 || (byte >= 0xC2 && byte <= 0xF4); }

}  // namespace

MergeTable::MergeTable(std::size_t merges) {
    const std::size_t size = std::bit_ceil(2 * merges + 2);
    places_.resize(size);
    mask_ = size - 1;
    shift_ = 64U - static_cast<unsigned>(std::countr_zero(size));
}

void MergeTable::add(TokenId left, TokenId right, Merge merge) {
    const std::uint64_t pair = key(left, right);
    std::size_t at = place(pair);
    while (places_[at].key != kEmpty && places_[at].key != pair) at = (at + 1) & mask_;
    places_[at] = {.key = pair, .merge = merge};  // of two for the same pair the later one counts
}

Merges::Merges(const BpeFile& file) : table(file.merges.size()) {
    std::unordered_map<std::string_view, TokenId> ids;
    ids.reserve(file.vocabulary.size());
    for (const auto& [token, id] : file.vocabulary) ids[token] = id;
    const auto letters = byte_letters();
    for (unsigned byte = 0; byte < tokens_of_bytes.size(); ++byte) {
        const auto found = ids.find(letters[byte]);
        if (found != ids.end()) {
            tokens_of_bytes[byte] = found->second;
        } else if (is_in_utf8(byte)) {
            throw UserError(
                fmt::format("its vocabulary has no token for the byte {:#04x}: it is not of a byte-level "
                            "tokenizer, or damaged",
                            byte));
        }
    }
    const auto id_of = [&](const std::string& token) {
        const auto found = ids.find(token);
        if (found == ids.end())
            throw UserError(
                fmt::format("it is damaged: a merge has {}, which is not in its vocabulary", token));
        return found->second;
    };
    for (std::size_t rank = 0; rank < file.merges.size(); ++rank) {
        const auto& [left, right] = file.merges[rank];
        const auto token = id_of(left + right);
        table.add(id_of(left), id_of(right), {.rank = static_cast<std::uint32_t>(rank), .token = token});
    }
}

void Merger::merge(const Merges& merges, std::string_view piece, std::vector<TokenId>& out) {
    if (piece.size() <= kShort) {
        merge_short(merges, piece, out);
    } else {
        merge_long(merges, piece, out);
    }
}

void Merger::merge_short(const Merges& merges, std::string_view piece, std::vector<TokenId>& out) {
    tokens_.clear();
    for (const char byte : piece) tokens_.push_back(merges.tokens_of_bytes[static_cast<unsigned char>(byte)]);
    joints_.clear();  // the i-th is that of the i-th token and the next one
    for (std::size_t i = 0; i + 1 < tokens_.size(); ++i)
        joints_.push_back(merges.table.find(tokens_[i], tokens_[i + 1]));
    while (!joints_.empty()) {
        const auto first = std::ranges::min_element(joints_, {}, &MergeTable::Merge::rank);
        if (first->rank == MergeTable::kNoRank) break;
        const auto at = first - joints_.begin();
        const auto i = static_cast<std::size_t>(at);
        tokens_[i] = first->token;
        tokens_.erase(tokens_.begin() + at + 1);
        joints_.erase(first);
        if (i < joints_.size()) joints_[i] = merges.table.find(tokens_[i], tokens_[i + 1]);
        if (i > 0) joints_[i - 1] = merges.table.find(tokens_[i - 1], tokens_[i]);
    }
    out.insert(out.end(), tokens_.begin(), tokens_.end());
}

void Merger::consider(const Merges& merges, std::uint32_t at) {
    Symbol& symbol = symbols_[at];
    symbol.rank = MergeTable::kNoRank;
    if (symbol.next == kEnd) return;
    const auto joint = merges.table.find(symbol.token, symbols_[symbol.next].token);
    if (joint.rank == MergeTable::kNoRank) return;
    symbol.rank = joint.rank;
    symbol.merged = joint.token;
    heap_.push_back({.rank = joint.rank, .at = at});
    std::ranges::push_heap(heap_, std::greater<>());
}

void Merger::merge_long(const Merges& merges, std::string_view piece, std::vector<TokenId>& out) {
    const auto size = static_cast<std::uint32_t>(piece.size());
    symbols_.assign(size, {});
    heap_.clear();
    for (std::uint32_t at = 0; at < size; ++at) {
        symbols_[at].token = merges.tokens_of_bytes[static_cast<unsigned char>(piece[at])];
        symbols_[at].previous = at == 0 ? kEnd : at - 1;
        symbols_[at].next = at + 1 == size ? kEnd : at + 1;
    }
    for (std::uint32_t at = 0; at < size; ++at) consider(merges, at);
    while (!heap_.empty()) {
        std::ranges::pop_heap(heap_, std::greater<>());
        const Candidate best = heap_.back();
        heap_.pop_back();
        Symbol& left = symbols_[best.at];
        if (left.rank != best.rank) continue;  // one of the two has been joined with another since
        Symbol& right = symbols_[left.next];
        left.token = left.merged;
        left.next = right.next;
        right.rank = MergeTable::kNoRank;
        if (left.next != kEnd) symbols_[left.next].previous = best.at;
        consider(merges, best.at);
        if (left.previous != kEnd) consider(merges, left.previous);
    }
    for (std::uint32_t at = 0; at != kEnd; at = symbols_[at].next) out.push_back(symbols_[at].token);
}

}  // namespace dj::bpe
