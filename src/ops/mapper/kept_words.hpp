// SPDX-License-Identifier: Apache-2.0
/// What mappers that remove words have in common: which pieces of a text are words, and how those that stay are put
/// together again. Private to `ops`.
#pragma once

#include <bit>
#include <string>
#include <string_view>

#include "dj/text/byte_block.hpp"

namespace dj {

/// Sets `out` to the words of `text` for which `keep(begin, end)` is true. Words stand between spaces, tabs and line
/// feeds; between two that stay is one separator, the strongest of those that stood there: a line feed before a tab
/// before a space. Nothing stands in front of the first and behind the last. So `out` is `text` with some bytes
/// left out, and as long as `text` only if it equals it.
template <class Keep>
void keep_words(std::string_view text, std::string& out, Keep&& keep) {
    const auto weaker = [](char a, char b) { return b == '\n' || (b == '\t' && a == ' '); };
    out.clear();
    char separator = ' ';
    std::size_t begin = 0;
    const auto word_ends = [&](std::size_t end) {
        if (begin == end || !keep(begin, end)) return;
        if (!out.empty()) out += separator;
        out.append(text, begin, end - begin);
        separator = ' ';
    };
    for (std::size_t at = 0; at < text.size(); at += ByteBlock::kSize) {
        const ByteBlock block(text, at);
        auto separators = block.equal(' ') | block.equal('\n') | block.equal('\t');
        for (; separators != 0; separators &= separators - 1) {
            const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(separators));
            word_ends(end);
            if (weaker(separator, text[end])) separator = text[end];
            begin = end + 1;
        }
    }
    word_ends(text.size());
}

}  // namespace dj
