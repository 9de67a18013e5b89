// SPDX-License-Identifier: Apache-2.0
#include "dj/text/python_lines.hpp"

#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"
#include "text/character_table.hpp"

namespace dj {

bool has_python_space(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (python_is_space(next_code_point(text, at))) return true;
    }
    return false;
}

std::uint64_t count_python_words(std::string_view text) {
    std::uint64_t words = 0;
    bool in_word = false;
    for (std::size_t at = 0; at < text.size();) {
        const bool is_space = python_is_space(next_code_point(text, at));
        if (!is_space && !in_word) ++words;
        in_word = !is_space;
    }
    return words;
}

std::optional<std::string_view> next_python_line(std::string_view& rest) {
    if (rest.empty()) return std::nullopt;
    for (std::size_t at = 0; at < rest.size();) {
        const std::size_t begin = at;
        const char32_t point = next_code_point(rest, at);
        if ((kCharacterFlags.at(point) & kLineBreakFlag) == 0) continue;
        const auto line = rest.substr(0, begin);
        if (point == '\r' && at < rest.size() && rest[at] == '\n') ++at;
        rest.remove_prefix(at);
        return line;
    }
    const auto line = rest;
    rest = {};
    return line;
}

}  // namespace dj
