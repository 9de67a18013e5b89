// SPDX-License-Identifier: Apache-2.0
/// A thread's cache of words that it has split. Private to `text`.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dj/text/piece_tokenizer.hpp"
#include "text/kept_words.hpp"
#include "text/piece_lattice.hpp"
#include "text/piece_library.hpp"

namespace dj::pieces {

/// A thread's way to split texts by a model. Words that it has met are kept, up to a bound; what it returns does not hang on them.
class WordCache {
public:
    explicit WordCache(std::shared_ptr<const Library> library);
    [[nodiscard]] std::span<const TextPiece> split(std::string_view text);

private:
    /// What a word is split into. Positions are in `bytes_`, `scores_` and `kept_`.
    struct Entry {
        std::uint32_t first_piece = 0;
        std::uint32_t piece_count = 0;
        std::uint32_t first_score = 0;
        std::uint32_t score_count = 0;
        float sure_up_to = -1;
        std::uint32_t normal = 0;  ///< The word normalised.
        std::uint32_t normal_size = 0;
    };
    struct KeptPiece {
        std::uint32_t begin = 0;
        std::uint32_t size = 0;
        std::int32_t number = 0;
    };

    void split_words(std::string_view text);
    void take_word(std::string_view word);
    void fill(Entry& entry, std::string_view word);
    void append_cuts(std::uint32_t normal, std::vector<KeptPiece>& out) const;
    void split_whole(std::string_view text);
    void split_by_library(std::string_view text);
    [[nodiscard]] TextPiece piece_of(const KeptPiece& piece, std::string_view normal) const;
    void clear();

    std::shared_ptr<const Library> library_;
    KeptWords<Entry> words_;
    std::string bytes_;  ///< Of words as they are normalised.
    std::vector<float> scores_;
    std::vector<KeptPiece> kept_;
    std::vector<KeptPiece> pending_;  ///< Of the text.
    Lattice lattice_;
    std::string normal_;  ///< The text, where it is cut as a whole.
    float sum_ = 0;       ///< Of the scores of all pieces of the text so far.
    std::vector<TextPiece> out_;
    std::vector<std::string> whole_;
};

}  // namespace dj::pieces
