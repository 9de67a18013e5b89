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

/// The version of Unicode whose characters Python 3.11 knows.
inline constexpr int kPythonsUnicode = 14;

/// Python 3.11's `unicodedata.normalize`; that of another version of Unicode (ICU's or older): later characters are as if they
/// were not assigned.
void normalize(std::u32string& text, std::u32string& spare, NormalizationForm form,
               int unicode = kPythonsUnicode);

}  // namespace dj
