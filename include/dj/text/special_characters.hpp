// SPDX-License-Identifier: Apache-2.0
/// Data-Juicer's SPECIAL_CHARACTERS: punctuation, digits, white space, emoji and others (docs/operators-fidelity.md).
#pragma once

#include <string_view>

namespace dj {

/// A word without those at both ends: a part of `word`, which is valid UTF-8. Stateless and thread-safe. (Its body is in
/// refined_words.cpp, where it is called for every word.)
[[nodiscard]] std::string_view strip_special_characters(std::string_view word);

}  // namespace dj
