// SPDX-License-Identifier: Apache-2.0
/// The words, labels and n-grams of a fastText model: from a word to the rows of the input matrix that stand for it.
/// Private to `text`.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "text/fasttext_reader.hpp"

namespace dj::fasttext {

enum class Loss : std::int32_t { hierarchical_softmax = 1, negative_sampling, softmax, one_vs_all };

/// What of the training's arguments prediction depends on.
struct Args {
    std::uint32_t columns = 0;
    std::uint32_t word_ngrams = 1;
    Loss loss = Loss::softmax;
    std::uint32_t buckets = 0;  ///< Into which n-grams are hashed.
    std::uint32_t min_n = 0;
    std::uint32_t max_n = 0;  ///< 0: no n-grams of characters.
};
[[nodiscard]] Args read_args(Reader& reader, std::int32_t version);

/// FNV-1a, but for bytes of 0x80 and above, which fastText takes for negative numbers.
class WordHash {
public:
    void add(char byte) {
        value_ = (value_ ^ static_cast<std::uint32_t>(static_cast<std::int8_t>(byte))) * 16777619U;
    }
    [[nodiscard]] std::uint32_t value() const { return value_; }

private:
    std::uint32_t value_ = 2166136261U;
};
[[nodiscard]] std::uint32_t hash_of(std::string_view word);

/// x % divisor without a division, for one divisor.
class Remainder {
public:
    explicit Remainder(std::uint32_t divisor)
        : divisor_(divisor), inverse_(divisor == 0 ? 0 : ~std::uint64_t{0} / divisor + 1) {}
    [[nodiscard]] std::uint32_t of(std::uint32_t x) const {
        __extension__ using Wide = unsigned __int128;
        return static_cast<std::uint32_t>((Wide{inverse_ * x} * divisor_) >> 64);
    }
    [[nodiscard]] std::uint32_t divisor() const { return divisor_; }

private:
    std::uint32_t divisor_;
    std::uint64_t inverse_;
};

/// Rows of the input matrix, in the order in which they are to be added up.
class RowList {
public:
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::span<const std::uint32_t> all() const { return {rows_.data(), size_}; }
    void clear() { size_ = 0; }

    /// Room for `count` more behind the last, to be written to and then `take`n as far as it was.
    [[nodiscard]] std::uint32_t* room(std::size_t count) {
        if (rows_.size() < size_ + count) rows_.resize(2 * (size_ + count));
        return rows_.data() + size_;
    }
    void take(std::size_t count) { size_ += count; }
    void push_back(std::uint32_t row) {
        *room(1) = row;
        take(1);
    }

private:
    std::vector<std::uint32_t> rows_;
    std::size_t size_ = 0;
};

/// Which n-grams a model that was made smaller has kept: from the bucket to the row behind the words' rows. A bit per bucket
/// and how many are set before: looked up without a branch, as text has n-grams of both kinds in no order.
class KeptNgrams {
public:
    static constexpr std::uint32_t kMostBuckets = 1U << 27;

    KeptNgrams() = default;
    /// `pairs`: bucket and row, 32-bit numbers of the file. The last of equal buckets counts; those that no n-gram has,
    /// which is from `buckets` on, do not.
    KeptNgrams(const char* pairs, std::uint64_t count, std::uint32_t buckets);

    /// Writes the row to `to` and tells how many that are: none or one.
    [[nodiscard]] std::size_t write_row(std::uint32_t bucket, std::uint32_t first, std::uint32_t* to) const {
        const Block& block = blocks_[bucket / 64];
        const std::uint64_t below = (block.bits >> (bucket % 64)) & 1;
        const std::uint64_t before = block.bits & ((std::uint64_t{1} << (bucket % 64)) - 1);
        *to = first + rows_[block.rank + static_cast<std::size_t>(std::popcount(before))];
        return below;
    }
    [[nodiscard]] std::uint64_t greatest_row() const { return greatest_row_; }

private:
    struct Block {
        std::uint64_t bits = 0;
        std::uint64_t rank = 0;  ///< Bits set in the blocks before.
    };
    std::vector<Block> blocks_;
    std::vector<std::uint32_t> rows_;  ///< By bucket, and one more that nobody takes.
    std::uint64_t greatest_row_ = 0;
};

/// Const after construction.
class Dictionary {
public:
    /// Takes it off `reader`, whose bytes outlive the dictionary.
    Dictionary(Reader& reader, const Args& args);

    [[nodiscard]] std::size_t labels() const { return labels_.size(); }
    [[nodiscard]] std::string_view label(std::uint32_t n) const { return labels_[n].text; }
    /// How often each label was met in training.
    [[nodiscard]] std::vector<std::int64_t> label_counts() const;
    /// The rows that the input matrix must have at least.
    [[nodiscard]] std::uint64_t rows_needed() const;
    [[nodiscard]] bool pruned() const { return pruned_; }

    /// Appends the row of a word, if it has one. False for a label, which is no word.
    [[nodiscard]] bool append_word(std::string_view word, std::uint32_t hash, RowList& rows) const;
    /// Appends the rows of the n-grams that begin at `begin` and behind it in a word between "<" and ">", but of no more
    /// than `kBeginsAtOnce`. Returns where to go on; at the end, the word's size.
    [[nodiscard]] std::size_t append_ngrams(std::string_view bracketed, std::size_t begin,
                                            RowList& rows) const;
    static constexpr std::size_t kBeginsAtOnce = 1024;
    [[nodiscard]] bool has_ngrams() const { return args_.max_n > 0 && !keeps_none_; }
    /// Appends the rows of the n-grams of words that begin with word `first`; `hashes` are those of a text's words.
    void append_word_ngrams(const std::vector<std::uint32_t>& hashes, std::size_t first, RowList& rows) const;

private:
    struct Label {
        std::string_view text;
        std::int64_t count = 0;
    };
    struct Slot {
        std::uint32_t hash = 0;
        std::int32_t entry = -1;  ///< -1: the slot is free.
    };

    void read_entries(Reader& reader, std::uint64_t count, std::uint64_t words);
    void read_kept_ngrams(Reader& reader, std::int64_t count);
    void index_entries();
    /// -1: not known.
    [[nodiscard]] std::int32_t find(std::string_view word, std::uint32_t hash) const;
    [[nodiscard]] std::size_t write_row(std::uint32_t bucket, std::uint32_t* to) const {
        if (pruned_) return kept_.write_row(bucket, words_, to);
        *to = words_ + bucket;
        return 1;
    }

    Args args_;
    Remainder buckets_;
    std::vector<std::string_view> entries_;  ///< Words, then labels.
    std::vector<Label> labels_;
    std::uint32_t words_ = 0;
    std::vector<Slot> slots_;  ///< A power of two, at most half of them taken.
    bool pruned_ = false;      ///< Only the n-grams in `kept_` have rows.
    bool keeps_none_ = false;
    KeptNgrams kept_;
};

}  // namespace dj::fasttext
