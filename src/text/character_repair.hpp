// SPDX-License-Identifier: Apache-2.0
/// The repairs that look at a character and its neighbours only, and normalization. `spare` is a buffer, for anything.
/// Private to `text`.
#pragma once

#include <string>

#include "dj/text/text_repair.hpp"

namespace dj {

/// C1 controls, ligatures, width, quotes, line breaks.
void replace_characters(std::u32string& text, std::u32string& spare);

/// Terminal escapes (ESC, `[`, digits and semicolons, a letter), then the other control characters.
void remove_controls(std::u32string& text);

/// Python 3.11's `unicodedata.normalize`.
void normalize(std::u32string& text, std::u32string& spare, NormalizationForm form);

}  // namespace dj
