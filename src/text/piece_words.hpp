// SPDX-License-Identifier: Apache-2.0
/// A model's library, and a thread's cache of words that it has split. Private to `text`.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dj/text/piece_tokenizer.hpp"
#include "text/kept_words.hpp"
#include "text/piece_lattice.hpp"

namespace dj::pieces {

/// SentencePiece's processor behind a wall: its headers are seen by one file.
class Library {
public:
    explicit Library(std::string_view file);
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    /// Pieces of a whole text. Throws UserError where SentencePiece gives up.
    void encode(std::string_view text, std::vector<std::string>& out) const;
    [[nodiscard]] const PieceTable& table() const { return *table_; }
    /// The bytes between words, if words can be split one by one.
    [[nodiscard]] const std::optional<std::array<bool, 256>>& blanks() const { return blanks_; }

private:
    struct Processor;
    std::unique_ptr<Processor> processor_;
    std::optional<PieceTable> table_;
    std::optional<std::array<bool, 256>> blanks_;
};

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
        bool is_sound = false;  ///< The library splits this word in the same way.
    };
    struct KeptPiece {
        std::uint32_t begin = 0;
        std::uint32_t size = 0;
        std::int32_t number = 0;
    };

    bool split_words(std::string_view text);
    bool take_word(std::string_view word);
    void fill(Entry& entry, std::string_view word);
    void append_cuts(std::uint32_t normal, std::vector<KeptPiece>& out) const;
    void split_whole(std::string_view text);
    void clear();

    std::shared_ptr<const Library> library_;
    KeptWords<Entry> words_;
    std::string bytes_;  ///< Of words as they are normalised.
    std::vector<float> scores_;
    std::vector<KeptPiece> kept_;
    std::vector<KeptPiece> pending_;  ///< Of the text.
    Lattice lattice_;
    float sum_ = 0;  ///< Of the scores of all pieces of the text so far.
    std::vector<TextPiece> out_;
    std::vector<std::string> whole_;
};

}  // namespace dj::pieces
