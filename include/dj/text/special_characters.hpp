// SPDX-License-Identifier: Apache-2.0
/// Data-Juicer's SPECIAL_CHARACTERS: punctuation, digits, white space and emoji, which its word operators take off the ends
/// of words.
#pragma once

#include <string_view>

namespace dj {

/// `word` (valid UTF-8) without the special characters at both ends: a part of it, empty if there is nothing else.
[[nodiscard]] std::string_view strip_special_characters(std::string_view word);

}  // namespace dj
