// SPDX-License-Identifier: Apache-2.0
/// What mappers that remove single characters have in common. Private to `ops`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "dj/data/sample.hpp"
#include "dj/text/utf8.hpp"

namespace dj {

/// Leaves out the characters for which `goes(point)` is true. `next_suspect(text, at)` is the place of the next character
/// from `at` on that may go, which need not be exact; the size of the text if there is none.
template <class NextSuspect, class Goes>
void remove_characters(const Sample& sample, NextSuspect&& next_suspect, Goes&& goes) {
    const std::string_view text = sample.text();
    std::string* out = nullptr;
    std::size_t copied = 0;
    for (std::size_t at = next_suspect(text, 0); at < text.size(); at = next_suspect(text, at)) {
        const std::size_t begin = at;
        if (!goes(next_code_point(text, at))) continue;
        if (out == nullptr) out = &sample.rewrite_text();
        out->append(text, copied, begin - copied);
        copied = at;
    }
    if (out != nullptr) out->append(text, copied);
}

}  // namespace dj
