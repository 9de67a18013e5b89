// SPDX-License-Identifier: Apache-2.0
/// The words of a text as Data-Juicer's word filters compare them: pieces between spaces, tabs and line feeds, in lower
/// case, SPECIAL_CHARACTERS removed at both ends, those that are empty then left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dj {

/// Owned by one thread and used for one text after the other: its room grows to the largest.
class RefinedWords {
public:
    struct Word {
        std::uint32_t begin = 0;  ///< In `bytes()`.
        std::uint32_t end = 0;
        std::uint64_t hash = 0;  ///< Of the word's bytes, by `hash_word`.
    };
    /// Texts beyond this are refused: positions are 32-bit numbers, and one character may become two.
    static constexpr std::size_t kLongestText = std::size_t{1} << 30;

    /// Takes the words of `text` (valid UTF-8) in. Throws UserError for a text beyond `kLongestText`.
    void assign(std::string_view text);

    /// The other way: words that something else has split, each by itself. Throws as `assign` does.
    void clear();
    /// Takes one in: in lower case, without SPECIAL_CHARACTERS at both ends, and not if it is then empty.
    void add(std::string_view piece);

    [[nodiscard]] std::span<const Word> words() const { return words_; }
    /// All words, one space behind each.
    [[nodiscard]] std::string_view bytes() const { return {bytes_.data(), size_}; }
    [[nodiscard]] std::string_view word(std::size_t n) const {
        return bytes().substr(words_[n].begin, words_[n].end - words_[n].begin);
    }

private:
    void make_room(std::size_t bytes);
    void take_in(std::string_view piece);

    std::string lower_;
    std::string bytes_;  ///< Room for a vector's length more than the words need.
    std::size_t size_ = 0;
    std::vector<Word> words_;
};

/// Whether `word` (not made lower case) has nothing but SPECIAL_CHARACTERS, or nothing at all.
[[nodiscard]] bool is_only_special(std::string_view word);

/// The hash of a word, for tables that live no longer than the process.
[[nodiscard]] std::uint64_t hash_word(std::string_view word);

}  // namespace dj
