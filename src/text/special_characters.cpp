// SPDX-License-Identifier: Apache-2.0
#include "dj/text/special_characters.hpp"

#include "dj/text/utf8.hpp"
#include "text/character_table.hpp"

namespace dj {
namespace {

bool is_special(char32_t point) { return (kCharacterFlags.at(point) & kSpecialFlag) != 0; }

bool is_ascii(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

}  // namespace

std::string_view strip_special_characters(std::string_view word) {
    std::size_t begin = 0;
    while (begin < word.size()) {
        std::size_t behind = begin;
        if (!is_special(decode_valid(word, behind))) break;
        begin = behind;
    }
    std::size_t end = word.size();
    while (end > begin) {
        std::size_t before = end - 1;
        const char last = word[before];
        if (!is_special(is_ascii(last) ? static_cast<char32_t>(last)
                                       : previous_code_point(word, before = end)))
            break;
        end = before;
    }
    return word.substr(begin, end - begin);
}

}  // namespace dj
