// SPDX-License-Identifier: Apache-2.0
/// KenLM's trie of bit-packed records, the last word of an n-gram first. Private to `text`.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "text/ngram_file.hpp"
#include "text/ngram_probing.hpp"

namespace dj::ngram {

/// Bits of the largest number.
[[nodiscard]] inline std::uint32_t bits_for(std::uint64_t largest) {
    return static_cast<std::uint32_t>(std::bit_width(largest));
}

/// Up to 57 bits at any position.
[[nodiscard]] inline std::uint64_t read_bits(const char* base, std::uint64_t at, std::uint64_t mask) {
    return (load<std::uint64_t>(base + (at >> 3)) >> (at & 7)) & mask;
}
[[nodiscard]] constexpr std::uint64_t mask_of(std::uint32_t bits) { return (std::uint64_t{1} << bits) - 1; }

/// Sorted hashes; a word's number is its place, from 1 on.
class SortedVocabulary {
public:
    SortedVocabulary(FileParts& parts, const FileHeader& header);
    [[nodiscard]] static std::uint32_t version() { return 0; }
    [[nodiscard]] std::uint32_t find(std::uint64_t hash) const;

private:
    const char* hashes_ = nullptr;
    std::uint64_t count_ = 0;
};

/// Numbers of bits that the file says of itself.
struct TrieBits {
    std::uint32_t probability = 0;  ///< Of a quantised one.
    std::uint32_t backoff = 0;
    std::uint32_t most_chopped = 0;  ///< Of a pointer, to be told by an array instead.
};

/// Where the longer n-grams of a node are.
struct NodeRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// One length of n-grams but the longest and the shortest.
template <bool Quantised, bool Array>
class TrieLevel {
public:
    TrieLevel(FileParts& parts, const FileHeader& header, const TrieBits& bits, std::size_t words);

    /// Where the weights of `word` are, as a position in bits; `range` becomes that of its own longer n-grams.
    [[nodiscard]] std::optional<std::uint64_t> find(std::uint32_t word, NodeRange& range) const;
    [[nodiscard]] const char* base() const { return records_; }

private:
    [[nodiscard]] NodeRange next(std::uint64_t index, std::uint64_t at) const;

    const char* records_ = nullptr;
    const char* offsets_ = nullptr;  ///< Array of the pointers' upper bits: where each begins.
    std::uint64_t offset_count_ = 0;
    std::uint64_t entries_ = 0;
    std::uint64_t next_entries_ = 0;
    std::uint64_t vocabulary_ = 0;
    std::uint32_t word_bits_ = 0;
    std::uint32_t weight_bits_ = 0;
    std::uint32_t next_bits_ = 0;
    std::uint32_t total_bits_ = 0;
};

template <bool Quantised, bool Array>
class TrieSearch {
public:
    using Vocabulary = SortedVocabulary;
    using Node = NodeRange;
    /// Nothing can be asked for before it is known where the shorter n-grams end.
    class Lookahead {
    public:
        Lookahead(const TrieSearch& /*search*/, const MarkedSentence& /*words*/) {}
        static Node node(std::size_t /*at*/) { return {}; }
    };

    TrieSearch(FileParts& parts, const FileHeader& header);

    [[nodiscard]] std::size_t order() const { return levels_.size() + 2; }
    [[nodiscard]] Entry unigram(std::uint32_t word, Node& node) const;
    [[nodiscard]] std::optional<Entry> middle(std::size_t level, std::uint32_t word, Node& node) const;
    [[nodiscard]] std::optional<float> longest(std::uint32_t word, Node node) const;

private:
    TrieBits bits_;
    std::vector<const char*>
        probabilities_;  ///< Tables of what quantised ones stand for, by level, the longest last.
    std::vector<const char*> backoffs_;
    const char* unigrams_ = nullptr;
    std::uint64_t bigrams_ = 0;
    std::vector<TrieLevel<Quantised, Array>> levels_;
    const char* longest_ = nullptr;
    std::uint64_t longest_count_ = 0;
    std::uint64_t vocabulary_ = 0;
    std::uint32_t word_bits_ = 0;
};

}  // namespace dj::ngram
