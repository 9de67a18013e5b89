// SPDX-License-Identifier: Apache-2.0
/// Probabilities of word sequences by an n-gram model with backoff, read from KenLM's binary files (kheafield.com/code/kenlm;
/// K. Heafield, "KenLM: Faster and Smaller Language Model Queries", 2011) of format version 5 in every form that
/// `build_binary` writes: probing, probing with rest costs, trie, and trie with quantisation, array-compressed pointers or
/// both. Scores are KenLM's bit for bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace dj {

namespace ngram {
class Tables;
}  // namespace ngram

/// Const after construction and shared by threads. The tables are used where they lie, in the bytes of the file, at any
/// alignment, so that all processes that map the same file share them. A file that is damaged inside gives wrong scores, but
/// nothing outside of it is read.
class NgramModel {
public:
    using Word = std::uint32_t;
    static constexpr Word kUnknown = 0;

    /// `file` holds the bytes of a whole file and outlives the model. Throws UserError saying in what the file is no model
    /// that can be used: an ARPA text, of another version, cut short, with numbers that contradict each other.
    explicit NgramModel(std::string_view file);
    ~NgramModel();
    NgramModel(NgramModel&&) noexcept;
    NgramModel& operator=(NgramModel&&) noexcept;

    /// The longest sequence that the model looks at, in words.
    [[nodiscard]] std::size_t order() const;
    /// `kUnknown` for a word that is not in the model.
    [[nodiscard]] Word word(std::string_view text) const;
    /// Base-10 logarithm of the probability of `sentence` between the model's marks of begin and end, added up in floats from
    /// the first word to the end mark. Words are of `word()`.
    [[nodiscard]] float score(std::span<const Word> sentence) const;

private:
    std::unique_ptr<const ngram::Tables> tables_;
};

}  // namespace dj
