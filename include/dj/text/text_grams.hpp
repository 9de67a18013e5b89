// SPDX-License-Identifier: Apache-2.0
/// Sequences of characters and of words that a text repeats.
#pragma once

#include <cstdint>
#include <string_view>

#include "dj/text/refined_words.hpp"
#include "dj/text/repeat_counter.hpp"

namespace dj {

/// Counts all sequences of `length` (at least 1) code points of `text` (valid UTF-8) into `counter`. Returns how many
/// there are. Throws UserError for a text that `counter` refuses.
std::uint64_t count_character_grams(std::string_view text, std::uint64_t length, RepeatCounter& counter);

/// The same for sequences of `length` (at least 1) words.
std::uint64_t count_word_grams(const RefinedWords& words, std::uint64_t length, RepeatCounter& counter);

}  // namespace dj
