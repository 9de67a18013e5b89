// SPDX-License-Identifier: Apache-2.0
/// A fixed set of words to look many words up in: one table without pointers, one probe for most words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dj/text/refined_words.hpp"

namespace dj {

/// Const after construction and shared by threads.
class WordSet {
public:
    WordSet() : WordSet(std::vector<std::string>{}) {}
    /// The empty word is left out: no text has it.
    explicit WordSet(const std::vector<std::string>& words);

    [[nodiscard]] std::size_t size() const { return size_; }
    /// No word is longer: a candidate that is need not be put together.
    [[nodiscard]] std::size_t longest_bytes() const { return longest_bytes_; }

    [[nodiscard]] bool contains(std::string_view word) const { return contains(word, hash_word(word)); }
    /// `hash` is `hash_word(word)`; `word` is not empty.
    [[nodiscard]] bool contains(std::string_view word, std::uint64_t hash) const {
        for (std::uint64_t at = hash & mask_;; at = (at + 1) & mask_) {
            const Slot& slot = slots_[at];
            if (slot.size == 0) return false;
            if (slot.hash == hash && std::string_view(bytes_).substr(slot.begin, slot.size) == word)
                return true;
        }
    }

private:
    struct Slot {
        std::uint64_t hash = 0;
        std::uint32_t begin = 0;  ///< In `bytes_`.
        std::uint32_t size = 0;   ///< 0: the slot is free.
    };

    std::vector<Slot> slots_;  ///< A power of two, at most half of them taken.
    std::string bytes_;
    std::uint64_t mask_ = 0;
    std::size_t size_ = 0;
    std::size_t longest_bytes_ = 0;
};

}  // namespace dj
