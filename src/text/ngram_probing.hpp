// SPDX-License-Identifier: Apache-2.0
/// KenLM's hash tables with linear probing. Private to `text`.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "text/ngram_file.hpp"

namespace dj::ngram {

/// What the model says of an n-gram that is not of the longest.
struct Entry {
    float probability = 0;  ///< Logarithm to base 10, as all here.
    float backoff = 0;
    bool extends_left = false;  ///< Whether it is the end of longer n-grams.
};

[[nodiscard]] inline std::uint64_t bucket_count(std::uint64_t entries, float multiplier) {
    const float scaled = multiplier * static_cast<float>(entries);  // in floats, as KenLM has it
    return std::max(entries + 1, static_cast<std::uint64_t>(scaled));
}

/// Entries of `Bytes` that begin with a key of 8; key 0 is an empty bucket.
template <std::size_t Bytes>
class HashTable {
public:
    HashTable() = default;
    HashTable(FileParts& parts, std::uint64_t entries, float multiplier)
        : buckets_(bucket_count(entries, multiplier)), begin_(parts.take(buckets_, Bytes)) {}

    /// What stands behind the key; null if it is not there.
    [[nodiscard]] const char* find(std::uint64_t key) const { return find(key, place(key)); }
    /// Where to look for the key first.
    [[nodiscard]] const char* place(std::uint64_t key) const { return begin_ + key % buckets_ * Bytes; }
    /// `find`, from the key's place on.
    [[nodiscard]] const char* find(std::uint64_t key, const char* at) const {
        const char* const end = begin_ + buckets_ * Bytes;
        for (std::uint64_t tries = 0; tries < buckets_;
             ++tries) {  // a damaged table may have no empty bucket
            const auto found = load<std::uint64_t>(at);
            if (found == key) return at + sizeof(std::uint64_t);
            if (found == 0) return nullptr;
            at += Bytes;
            if (at == end) at = begin_;
        }
        return nullptr;
    }

private:
    std::uint64_t buckets_ = 1;
    const char* begin_ = nullptr;
};

class ProbingVocabulary {
public:
    ProbingVocabulary(FileParts& parts, const FileHeader& header)
        : head_(parts.take(sizeof(std::uint64_t))),
          table_(parts, header.counts.front(), header.probing_multiplier),
          words_(header.counts.front()) {}

    [[nodiscard]] std::uint32_t version() const { return load<std::uint32_t>(head_); }
    [[nodiscard]] std::uint32_t find(std::uint64_t hash) const {
        const char* const found = table_.find(hash);
        const auto word = found == nullptr ? 0 : load<std::uint32_t>(found);
        return word <= words_ ? word : 0;
    }

private:
    const char* head_;
    HashTable<12> table_;
    std::uint64_t words_;
};

/// `Weights` floats an entry: probability, backoff, and with rest costs those, which no score needs.
template <std::size_t Weights>
class ProbingSearch {
public:
    using Vocabulary = ProbingVocabulary;
    /// The n-grams that end in one word, from two words on: their hashes, and where to look for them.
    struct Places {
        std::array<std::uint64_t, kMostWords> keys;
        std::array<const char*, kMostWords> at;
    };
    using Node = const Places*;

    /// Of a model of gigabytes hardly anything is in a cache. Where the n-grams are that end in a word hangs on the words alone:
    /// their places are found, and asked for, some words before.
    class Lookahead {
    public:
        Lookahead(const ProbingSearch& search, const MarkedSentence& words) : search_(search), words_(words) {
            for (std::size_t at = 1; at < std::min(words.size(), kAhead); ++at) ask(at);
        }
        /// For the word at `at`; called for one after the other, from 1 on.
        Node node(std::size_t at) {
            if (at + kAhead - 1 < words_.size()) ask(at + kAhead - 1);
            return &places_[at % kAhead];
        }

    private:
        static constexpr std::size_t kAhead = 8;
        void ask(std::size_t at) { search_.ask(words_, at, places_[at % kAhead]); }

        const ProbingSearch& search_;
        MarkedSentence words_;
        std::array<Places, kAhead> places_;
    };

    ProbingSearch(FileParts& parts, const FileHeader& header)
        : unigrams_(parts.take(header.counts.front() + 1, Weights * sizeof(float))) {
        for (std::size_t n = 1; n + 1 < header.counts.size(); ++n)
            middle_.emplace_back(parts, header.counts[n], header.probing_multiplier);
        longest_ = {parts, header.counts.back(), header.probing_multiplier};
    }

    [[nodiscard]] std::size_t order() const { return middle_.size() + 2; }
    [[nodiscard]] Entry unigram(std::uint32_t word, Node& /*node*/) const {
        return entry(unigrams_ + word * Weights * sizeof(float));
    }
    /// Of `level + 2` words.
    [[nodiscard]] std::optional<Entry> middle(std::size_t level, std::uint32_t /*word*/, Node& node) const {
        const char* const found = middle_[level].find(node->keys[level], node->at[level]);
        if (found == nullptr) return std::nullopt;
        return entry(found);
    }
    [[nodiscard]] std::optional<float> longest(std::uint32_t /*word*/, Node node) const {
        const char* const found = longest_.find(node->keys[middle_.size()], node->at[middle_.size()]);
        if (found == nullptr) return std::nullopt;
        return load<float>(found);
    }

private:
    void ask(const MarkedSentence& words, std::size_t at, Places& places) const {
        std::uint64_t key = words[at];
        __builtin_prefetch(unigrams_ + words[at] * Weights * sizeof(float));
        for (std::size_t level = 0; level <= middle_.size() && level < at; ++level) {
            key = combine(key, words[at - level - 1]);
            places.keys[level] = key;
            places.at[level] = level < middle_.size() ? middle_[level].place(key) : longest_.place(key);
            __builtin_prefetch(places.at[level]);
        }
    }
    static std::uint64_t combine(std::uint64_t node, std::uint32_t word) {
        constexpr std::uint64_t kOfNode = 8978948897894561157ULL;
        constexpr std::uint64_t kOfWord = 17894857484156487943ULL;
        return (node * kOfNode) ^ (static_cast<std::uint64_t>(std::uint32_t{1} + word) * kOfWord);
    }
    /// The sign of a probability, which is never positive, says whether no n-gram extends this one.
    static Entry entry(const char* at) {
        constexpr std::uint32_t kSign = 0x80000000U;
        const auto bits = load<std::uint32_t>(at);
        return {.probability = std::bit_cast<float>(bits | kSign),
                .backoff = load<float>(at + sizeof(float)),
                .extends_left = (bits & kSign) == 0};
    }

    const char* unigrams_;
    std::vector<HashTable<sizeof(std::uint64_t) + Weights * sizeof(float)>> middle_;
    HashTable<12> longest_;
};

}  // namespace dj::ngram
