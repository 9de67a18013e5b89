// SPDX-License-Identifier: Apache-2.0
/// Whether a text looks as if it had been decoded with the wrong encoding (mojibake). Private to `text`.
#pragma once

#include <string_view>

namespace dj {

/// ftfy's `is_bad`: one of the rules of text/mojibake_rules.hpp is met. `from_start`: the text is not the middle of a longer
/// one.
[[nodiscard]] bool is_mojibake(std::u32string_view text, bool from_start = true);

}  // namespace dj
