// SPDX-License-Identifier: Apache-2.0
#include "text/fasttext_dictionary.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "dj/base/error.hpp"

namespace dj::fasttext {
namespace {

constexpr std::string_view kLabelPrefix = "__label__";

/// An entry is its text, a NUL, how often it was met, and its kind.
constexpr std::uint64_t kLeastEntryBytes = 1 + sizeof(std::int64_t) + 1;

/// Of the tree of labels, whose inner nodes begin with this count: none may come near.
constexpr std::int64_t kGreatestCount = 1'000'000'000'000'000;

constexpr std::uint32_t kMostCharacters = 1024;

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

std::uint32_t at_least_zero(Reader& reader, const char* what) {
    const auto number = reader.value<std::int32_t>();
    if (number < 0) reader.contradicts(fmt::format("{} is {}", what, number));
    return static_cast<std::uint32_t>(number);
}

/// A power of two, at least twice `count`.
std::size_t slots_for(std::uint64_t count) { return std::bit_ceil(std::max<std::uint64_t>(2 * count, 2)); }

}  // namespace

Args read_args(Reader& reader, std::int32_t version) {
    reader.enter("its settings");
    Args args;
    args.columns = at_least_zero(reader, "dim");
    (void)reader.bytes(4, sizeof(std::int32_t));  // ws, epoch, minCount, neg
    args.word_ngrams = at_least_zero(reader, "wordNgrams");
    const auto loss = reader.value<std::int32_t>();
    if (loss < 1 || loss > 4) reader.contradicts(fmt::format("the loss is number {}", loss));
    args.loss = static_cast<Loss>(loss);
    if (const auto kind = reader.value<std::int32_t>(); kind != 3) {
        if (kind == 1 || kind == 2)
            throw UserError("it is a model of word vectors (cbow or skipgram), not one that predicts labels");
        reader.contradicts(fmt::format("the kind of model is number {}", kind));
    }
    args.buckets = at_least_zero(reader, "bucket");
    args.min_n = at_least_zero(reader, "minn");
    args.max_n = at_least_zero(reader, "maxn");
    (void)reader.value<std::int32_t>();  // lrUpdateRate
    (void)reader.value<double>();        // t
    if (args.max_n > kMostCharacters) reader.contradicts(fmt::format("n-grams of {} characters", args.max_n));
    if (version == 11) args.max_n = 0;  // as fastText reads models of that age
    if (args.buckets == 0 && (args.max_n > 0 || args.word_ngrams > 1))
        reader.contradicts("n-grams, but no room for any");
    return args;
}

std::uint32_t hash_of(std::string_view word) {
    WordHash hash;
    for (const char byte : word) hash.add(byte);
    return hash.value();
}

KeptNgrams::KeptNgrams(const char* pairs, std::uint64_t count, std::uint32_t buckets)
    : blocks_(buckets / 64 + 1) {
    struct Pair {
        std::uint32_t bucket;
        std::uint32_t row;
    };
    const auto pair_at = [&](std::uint64_t i) {
        Pair pair{};
        std::memcpy(&pair, pairs + i * sizeof(Pair), sizeof(Pair));
        return pair;
    };
    for (std::uint64_t i = 0; i < count; ++i) {
        const Pair pair = pair_at(i);
        greatest_row_ = std::max<std::uint64_t>(greatest_row_, pair.row);
        if (pair.bucket < buckets) blocks_[pair.bucket / 64].bits |= std::uint64_t{1} << (pair.bucket % 64);
    }
    std::uint64_t rank = 0;
    for (Block& block : blocks_) {
        block.rank = rank;
        rank += static_cast<std::uint64_t>(std::popcount(block.bits));
    }
    rows_.resize(rank + 1);
    for (std::uint64_t i = 0; i < count; ++i) {
        const Pair pair = pair_at(i);
        if (pair.bucket >= buckets) continue;
        const Block& block = blocks_[pair.bucket / 64];
        const std::uint64_t before = block.bits & ((std::uint64_t{1} << (pair.bucket % 64)) - 1);
        rows_[block.rank + static_cast<std::uint64_t>(std::popcount(before))] = pair.row;
    }
}

Dictionary::Dictionary(Reader& reader, const Args& args) : args_(args), buckets_(args.buckets) {
    reader.enter("its dictionary");
    const auto size = reader.value<std::int32_t>();
    const auto words = reader.value<std::int32_t>();
    const auto labels = reader.value<std::int32_t>();
    (void)reader.value<std::int64_t>();  // tokens met
    const auto kept = reader.value<std::int64_t>();
    if (words < 0 || labels < 0 || std::int64_t{words} + labels != size)
        reader.contradicts(fmt::format("{} entries, {} words and {} labels", size, words, labels));
    if (labels == 0) reader.contradicts("no labels");
    read_entries(reader, reader.count(size, kLeastEntryBytes), static_cast<std::uint64_t>(words));
    read_kept_ngrams(reader, kept);
    index_entries();
}

void Dictionary::read_entries(Reader& reader, std::uint64_t count, std::uint64_t words) {
    entries_.reserve(count);
    words_ = static_cast<std::uint32_t>(words);
    for (std::uint64_t i = 0; i < count; ++i) {
        entries_.push_back(reader.word());
        const auto times = reader.value<std::int64_t>();
        const auto kind = reader.value<std::int8_t>();
        if (kind != (i < words ? 0 : 1))
            reader.contradicts(fmt::format("entry {} is of kind {}", i + 1, kind));
        if (i < words) continue;
        if (times < 0 || times >= kGreatestCount / static_cast<std::int64_t>(count))
            reader.contradicts(fmt::format("a label was met {} times", times));
        labels_.push_back({entries_.back(), times});
    }
}

void Dictionary::read_kept_ngrams(Reader& reader, std::int64_t count) {
    if (count < -1) reader.contradicts(fmt::format("{} n-grams", count));
    pruned_ = count >= 0;
    keeps_none_ = count == 0;
    if (count <= 0) return;
    const auto pairs = reader.count(count, 2 * sizeof(std::int32_t));
    if (args_.buckets > KeptNgrams::kMostBuckets)
        reader.contradicts(fmt::format("{} n-grams of {}", count, args_.buckets));
    kept_ = KeptNgrams(reader.bytes(pairs, 2 * sizeof(std::int32_t)), pairs, args_.buckets);
    if (kept_.greatest_row() >= std::uint64_t{1} << 31) reader.contradicts("an n-gram has a row below 0");
}

void Dictionary::index_entries() {
    slots_.resize(slots_for(entries_.size()));
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const std::uint32_t hash = hash_of(entries_[i]);
        std::size_t at = hash & mask;
        // Of equal entries the last counts, as in fastText.
        while (slots_[at].entry >= 0 && entries_[static_cast<std::size_t>(slots_[at].entry)] != entries_[i]) {
            at = (at + 1) & mask;
        }
        slots_[at] = {hash, static_cast<std::int32_t>(i)};
    }
}

std::vector<std::int64_t> Dictionary::label_counts() const {
    std::vector<std::int64_t> counts;
    for (const Label& label : labels_) counts.push_back(label.count);
    return counts;
}

std::uint64_t Dictionary::rows_needed() const {
    const bool has_ngrams = args_.max_n > 0 || args_.word_ngrams > 1;
    if (!has_ngrams || keeps_none_) return words_;
    return words_ + (pruned_ ? kept_.greatest_row() + 1 : args_.buckets);
}

std::int32_t Dictionary::find(std::string_view word, std::uint32_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
        const Slot& slot = slots_[at];
        if (slot.entry < 0) return -1;
        if (slot.hash == hash && entries_[static_cast<std::size_t>(slot.entry)] == word) return slot.entry;
    }
}

bool Dictionary::append_word(std::string_view word, std::uint32_t hash, RowList& rows) const {
    const std::int32_t entry = find(word, hash);
    if (entry < 0) return !word.starts_with(kLabelPrefix);
    if (static_cast<std::uint32_t>(entry) >= words_) return false;
    rows.push_back(static_cast<std::uint32_t>(entry));
    return true;
}

std::size_t Dictionary::append_ngrams(std::string_view bracketed, std::size_t begin, RowList& rows) const {
    const std::size_t size = bracketed.size();
    const std::size_t end = size - begin > kBeginsAtOnce ? begin + kBeginsAtOnce : size;
    std::uint32_t* const room = rows.room((end - begin) * args_.max_n);
    std::uint32_t* to = room;
    for (; begin < end; ++begin) {
        if (continues(bracketed[begin])) continue;
        WordHash hash;
        std::size_t at = begin;
        for (std::uint32_t n = 1; at < size && n <= args_.max_n; ++n) {
            hash.add(bracketed[at++]);
            while (at < size && continues(bracketed[at])) hash.add(bracketed[at++]);
            if (n < args_.min_n || (n == 1 && (begin == 0 || at == size))) continue;
            to += write_row(buckets_.of(hash.value()), to);
        }
    }
    rows.take(static_cast<std::size_t>(to - room));
    return end;
}

void Dictionary::append_word_ngrams(const std::vector<std::uint32_t>& hashes, std::size_t first,
                                    RowList& rows) const {
    if (keeps_none_) return;
    // fastText keeps the hashes as signed numbers, and adds them up as such.
    const auto signed_hash = [&](std::size_t i) {
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(hashes[i])));
    };
    std::uint64_t hash = signed_hash(first);
    const std::size_t end = std::min<std::size_t>(hashes.size(), first + args_.word_ngrams);
    for (std::size_t i = first + 1; i < end; ++i) {
        hash = hash * 116049371U + signed_hash(i);
        const auto bucket = static_cast<std::uint32_t>(hash % buckets_.divisor());
        rows.take(write_row(bucket, rows.room(1)));
    }
}

}  // namespace dj::fasttext
