// SPDX-License-Identifier: Apache-2.0
#include "text/ngram_trie.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj::ngram {
namespace {

constexpr std::size_t kUnigramBytes = 16;       // probability, backoff, where its bigrams begin
constexpr std::uint32_t kProbabilityBits = 31;  // the sign is known
constexpr std::uint32_t kBackoffBits = 32;
constexpr std::uint32_t kMostQuantisedBits = 25;
constexpr std::uint32_t kMostBits = 57;

struct Records {
    const char* base;
    std::uint32_t total_bits;
    std::uint32_t word_bits;
};

/// Interpolation between the words at both ends of the range, which lie evenly.
std::optional<std::uint64_t> find_word(const Records& records, NodeRange range, std::uint64_t vocabulary,
                                       std::uint64_t word) {
    const std::uint64_t mask = mask_of(records.word_bits);
    std::uint64_t begin = range.begin;
    std::uint64_t end = range.end;
    std::uint64_t below = 0;  // no word before `begin` is greater
    std::uint64_t above = vocabulary;
    while (begin < end) {
        const std::uint64_t middle = begin + (word - below) * (end - begin) / (above - below + 1);
        const std::uint64_t found = read_bits(records.base, middle * records.total_bits, mask);
        if (found == word) return middle;
        if (found < word) {
            begin = middle + 1;
            below = found;
        } else {
            end = middle;
            above = found;
        }
    }
    return std::nullopt;
}

/// How many bits of a pointer an array tells instead: what takes the least room, as KenLM counts it.
std::uint32_t chopped_bits(std::uint64_t records, std::uint64_t largest, std::uint32_t most) {
    const std::uint32_t required = bits_for(largest);
    std::uint32_t best = 0;
    std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
    for (std::uint32_t chop = 0; chop <= std::min(required, most); ++chop) {
        const auto cost = static_cast<std::int64_t>((largest >> (required - chop)) * 64) -
                          static_cast<std::int64_t>(records * chop);
        if (cost < lowest) {
            lowest = cost;
            best = chop;
        }
    }
    return best;
}

const char* take_records(FileParts& parts, std::uint64_t entries, std::uint32_t total_bits) {
    if (total_bits == 0) throw UserError("it is damaged: its records have no bits");
    if (entries > std::numeric_limits<std::uint64_t>::max() / total_bits / 2)
        throw UserError("it is damaged: it has more n-grams than any file");
    // One more, which ends the last one's n-grams, and bytes to read the last bits with.
    return parts.take(((entries + 1) * total_bits + 7) / 8 + sizeof(std::uint64_t));
}

float read_probability(const char* base, std::uint64_t at) {
    constexpr std::uint32_t kSign = 0x80000000U;
    return std::bit_cast<float>(static_cast<std::uint32_t>(read_bits(base, at, mask_of(kProbabilityBits))) |
                                kSign);
}

float read_table(const char* table, std::uint64_t code) { return load<float>(table + code * sizeof(float)); }

NodeRange sound(NodeRange range, std::uint64_t entries) {
    return range.begin <= range.end && range.end <= entries ? range : NodeRange{};
}

}  // namespace

SortedVocabulary::SortedVocabulary(FileParts& parts, const FileHeader& header) {
    count_ = load<std::uint64_t>(parts.take(sizeof(std::uint64_t)));
    hashes_ = parts.take(header.counts.front(), sizeof(std::uint64_t));
    if (count_ > header.counts.front())
        throw UserError(
            fmt::format("it is damaged: it has {} words and {} unigrams", count_, header.counts.front()));
}

std::uint32_t SortedVocabulary::find(std::uint64_t hash) const {
    std::uint64_t begin = 0;
    std::uint64_t end = count_;
    while (begin < end) {
        const std::uint64_t middle = begin + (end - begin) / 2;
        const auto found = load<std::uint64_t>(hashes_ + middle * sizeof(std::uint64_t));
        if (found == hash) return static_cast<std::uint32_t>(middle + 1);
        if (found < hash) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    return 0;
}

template <bool Quantised, bool Array>
TrieLevel<Quantised, Array>::TrieLevel(FileParts& parts, const FileHeader& header, const TrieBits& bits,
                                       std::size_t words)
    : entries_(header.counts[words - 1]),
      next_entries_(header.counts[words]),
      vocabulary_(header.counts.front()),
      word_bits_(bits_for(header.counts.front())),
      weight_bits_(Quantised ? bits.probability + bits.backoff : kProbabilityBits + kBackoffBits),
      next_bits_(bits_for(next_entries_)) {
    if constexpr (Array) {
        const std::uint32_t chopped = chopped_bits(entries_ + 1, next_entries_, bits.most_chopped);
        offset_count_ = (next_entries_ >> (next_bits_ - chopped)) + 1;
        next_bits_ -= chopped;
        // The array is aligned in the file, behind its own head of 8 bytes.
        const std::uint64_t padding = (8 - parts.position() % 8) % 8;
        const char* const begin = parts.take((offset_count_ + 1) * sizeof(std::uint64_t) + 7);
        offsets_ = begin + padding + sizeof(std::uint64_t);
    }
    total_bits_ = word_bits_ + weight_bits_ + next_bits_;
    if (word_bits_ > 32 || next_bits_ > kMostBits)
        throw UserError("it is damaged: it has more n-grams than any file");
    records_ = take_records(parts, entries_, total_bits_);
}

template <bool Quantised, bool Array>
NodeRange TrieLevel<Quantised, Array>::next(std::uint64_t index, std::uint64_t at) const {
    const std::uint64_t mask = mask_of(next_bits_);
    NodeRange range{.begin = read_bits(records_, at, mask),
                    .end = read_bits(records_, at + total_bits_, mask)};
    if constexpr (Array) {
        const auto begins = [this](std::uint64_t n) {
            return load<std::uint64_t>(offsets_ + n * sizeof(std::uint64_t));
        };
        std::uint64_t low = 1;  // the first that begins behind `index`; the one at 0 never does
        for (std::uint64_t high = offset_count_; low < high;) {
            const std::uint64_t middle = low + (high - low) / 2;
            if (begins(middle) > index) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        range.begin |= (low - 1) << next_bits_;
        while (low < offset_count_ && begins(low) <= index + 1) ++low;
        range.end |= (low - 1) << next_bits_;
    }
    return sound(range, next_entries_);
}

template <bool Quantised, bool Array>
std::optional<std::uint64_t> TrieLevel<Quantised, Array>::find(std::uint32_t word, NodeRange& range) const {
    const auto index = find_word({.base = records_, .total_bits = total_bits_, .word_bits = word_bits_},
                                 range, vocabulary_, word);
    if (!index) return std::nullopt;
    const std::uint64_t at = *index * total_bits_ + word_bits_;
    range = next(*index, at + weight_bits_);
    return at;
}

template <bool Quantised, bool Array>
TrieSearch<Quantised, Array>::TrieSearch(FileParts& parts, const FileHeader& header)
    : bigrams_(header.counts[1]),
      longest_count_(header.counts.back()),
      vocabulary_(header.counts.front()),
      word_bits_(bits_for(vocabulary_)) {
    const std::size_t middles = header.counts.size() - 2;
    bits_.probability = kProbabilityBits;
    if constexpr (Quantised) {
        constexpr std::uint8_t kQuantisationVersion = 2;
        if (parts.peek(0) != kQuantisationVersion)
            throw UserError(
                fmt::format("it has quantised weights of version {}, and 2 is read", parts.peek(0)));
        bits_.probability = parts.peek(1);
        bits_.backoff = parts.peek(2);
        if (std::min(bits_.probability, bits_.backoff) == 0 ||
            std::max(bits_.probability, bits_.backoff) > kMostQuantisedBits)
            throw UserError(fmt::format("it is damaged: it has quantised weights of {} and {} bits",
                                        bits_.probability, bits_.backoff));
        (void)parts.take(sizeof(std::uint64_t));
        for (std::size_t level = 0; level <= middles; ++level) {
            probabilities_.push_back(parts.take(std::uint64_t{1} << bits_.probability, sizeof(float)));
            if (level < middles)
                backoffs_.push_back(parts.take(std::uint64_t{1} << bits_.backoff, sizeof(float)));
        }
    }
    unigrams_ = parts.take(vocabulary_ + 2, kUnigramBytes);
    if constexpr (Array) {
        if (middles > 0) {
            if (parts.peek(0) != 0)
                throw UserError(
                    fmt::format("it has compressed pointers of version {}, and 0 is read", parts.peek(0)));
            bits_.most_chopped = parts.peek(1);
        }
    }
    for (std::size_t level = 0; level < middles; ++level)
        levels_.emplace_back(parts, header, bits_, level + 2);
    longest_ = take_records(parts, longest_count_, word_bits_ + bits_.probability);
}

template <bool Quantised, bool Array>
Entry TrieSearch<Quantised, Array>::unigram(std::uint32_t word, Node& node) const {
    const char* const at = unigrams_ + word * kUnigramBytes;
    constexpr std::size_t kNext = 2 * sizeof(float);
    node = sound(
        {.begin = load<std::uint64_t>(at + kNext), .end = load<std::uint64_t>(at + kUnigramBytes + kNext)},
        bigrams_);
    return {.probability = load<float>(at),
            .backoff = load<float>(at + sizeof(float)),
            .extends_left = node.begin != node.end};
}

template <bool Quantised, bool Array>
std::optional<Entry> TrieSearch<Quantised, Array>::middle(std::size_t level, std::uint32_t word,
                                                          Node& node) const {
    const auto& records = levels_[level];
    const auto at = records.find(word, node);
    if (!at) return std::nullopt;
    Entry entry;
    if constexpr (Quantised) {
        entry.backoff = read_table(backoffs_[level], read_bits(records.base(), *at, mask_of(bits_.backoff)));
        entry.probability = read_table(probabilities_[level], read_bits(records.base(), *at + bits_.backoff,
                                                                        mask_of(bits_.probability)));
    } else {
        entry.probability = read_probability(records.base(), *at);
        entry.backoff = std::bit_cast<float>(static_cast<std::uint32_t>(
            read_bits(records.base(), *at + kProbabilityBits, mask_of(kBackoffBits))));
    }
    entry.extends_left = node.begin != node.end;
    return entry;
}

template <bool Quantised, bool Array>
std::optional<float> TrieSearch<Quantised, Array>::longest(std::uint32_t word, Node node) const {
    const std::uint32_t total = word_bits_ + bits_.probability;
    const auto index =
        find_word({.base = longest_, .total_bits = total, .word_bits = word_bits_}, node, vocabulary_, word);
    if (!index) return std::nullopt;
    const std::uint64_t at = *index * total + word_bits_;
    if constexpr (Quantised)
        return read_table(probabilities_.back(), read_bits(longest_, at, mask_of(bits_.probability)));
    return read_probability(longest_, at);
}

template class TrieSearch<false, false>;
template class TrieSearch<false, true>;
template class TrieSearch<true, false>;
template class TrieSearch<true, true>;

}  // namespace dj::ngram
