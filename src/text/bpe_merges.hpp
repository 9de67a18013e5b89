// SPDX-License-Identifier: Apache-2.0
/// Byte pair encoding of one piece of text: of all neighbours, those are joined first whose merge was learnt first
/// (R. Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units", 2016). Private to `text`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "text/bpe_file.hpp"

namespace dj::bpe {

using TokenId = std::uint32_t;

/// Merges by the two tokens that they join.
class MergeTable {
public:
    static constexpr std::uint32_t kNoRank = std::numeric_limits<std::uint32_t>::max();
    struct Merge {
        std::uint32_t rank = kNoRank;  ///< Lower ones come first.
        TokenId token = 0;             ///< What the two become.
    };

    MergeTable() : MergeTable(0) {}
    explicit MergeTable(std::size_t merges);
    void add(TokenId left, TokenId right, Merge merge);
    /// `kNoRank` if they are not joined.
    [[nodiscard]] Merge find(TokenId left, TokenId right) const {
        const std::uint64_t pair = key(left, right);
        for (std::size_t at = place(pair);; at = (at + 1) & mask_) {
            if (places_[at].key == pair) return places_[at].merge;
            if (places_[at].key == kEmpty) return {};
        }
    }

private:
    static constexpr std::uint64_t kEmpty = std::numeric_limits<std::uint64_t>::max();
    struct Place {
        std::uint64_t key = kEmpty;
        Merge merge;
    };
    static std::uint64_t key(TokenId left, TokenId right) { return std::uint64_t{left} << 32U | right; }
    [[nodiscard]] std::size_t place(std::uint64_t key) const {
        constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;  // Fibonacci hashing (Knuth, TAOCP 3, 6.4)
        return static_cast<std::size_t>((key * kGolden) >> shift_);
    }

    std::vector<Place> places_;
    std::size_t mask_ = 0;
    unsigned shift_ = 0;
};

/// What is needed to merge; the same for all threads.
struct Merges {
    /// Throws UserError for a file that contradicts itself.
    explicit Merges(const BpeFile& file);

    std::array<TokenId, 256> tokens_of_bytes{};
    MergeTable table;
};

/// Merges pieces one after the other; owned by one thread.
class Merger {
public:
    /// Appends the tokens of `piece`, valid UTF-8.
    void merge(const Merges& merges, std::string_view piece, std::vector<TokenId>& out);

private:
    void merge_short(const Merges& merges, std::string_view piece, std::vector<TokenId>& out);
    void merge_long(const Merges& merges, std::string_view piece, std::vector<TokenId>& out);

    struct Symbol {
        TokenId token = 0;
        std::uint32_t previous = 0;
        std::uint32_t next = 0;
        std::uint32_t rank = MergeTable::kNoRank;  ///< Of the merge with the next one.
        TokenId merged = 0;
    };
    struct Candidate {
        std::uint32_t rank;
        std::uint32_t at;
        bool operator>(const Candidate& other) const {
            return rank != other.rank ? rank > other.rank : at > other.at;
        }
    };
    void consider(const Merges& merges, std::uint32_t at);

    std::vector<TokenId> tokens_;
    std::vector<MergeTable::Merge> joints_;
    std::vector<Symbol> symbols_;
    std::vector<Candidate> heap_;
};

}  // namespace dj::bpe
