// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>

#include "dj/ops/op_spec.hpp"
#include "dj/text/special_characters.hpp"
#include "dj/text/utf8.hpp"
#include "ops/mapper/kept_words.hpp"

namespace dj {
namespace {

struct RemoveLongWordsMapper {
    std::int64_t min_len = 1;
    std::int64_t max_len = std::numeric_limits<std::int64_t>::max();

    struct Scratch {
        std::string text;
    };

    void map(const Sample& sample, Scratch& scratch) const {
        const auto text = sample.text();
        keep_words(text, scratch.text, [&](std::size_t begin, std::size_t end) {
            return keeps(text.substr(begin, end - begin));
        });
        if (scratch.text.size() != text.size()) sample.rewrite_text().swap(scratch.text);
    }

private:
    bool keeps(std::string_view word) const {
        constexpr std::size_t kLongestCodePoint = 4;
        const auto fewest =
            static_cast<std::int64_t>((word.size() + kLongestCodePoint - 1) / kLongestCodePoint);
        if (fewest >= min_len && static_cast<std::int64_t>(word.size()) <= max_len) return true;
        const auto length = length_of(word);
        if (length <= max_len) return length >= min_len;
        const auto stripped = length_of(strip_special_characters(word));
        return min_len <= stripped && stripped <= max_len;
    }
    static std::int64_t length_of(std::string_view word) {
        return static_cast<std::int64_t>(count_code_points(word));
    }
};

}  // namespace

OpSpec remove_long_words_mapper() {
    using T = RemoveLongWordsMapper;
    return Describe<T>(
               "remove_long_words_mapper",
               "Removes words that are too long or too short.\n\n"
               "Words stand between spaces, tabs and line breaks (`\\n`); their length is the number of "
               "characters. A word that is too long stays if it fits without the punctuation, digits, emoji "
               "and other special characters at its ends; it then stays as it is.\n\n"
               "The text is put together anew even if no word goes: runs of spaces, tabs and line breaks "
               "become one of them, a line break if there is one, else a tab if there is one; none is left "
               "at the ends.")
        .param(&T::min_len, "min_len", "The fewest characters a word must have.")
        .param(&T::max_len, "max_len", "The most characters a word may have.")
        .example(R"({"max_len": 5})", R"("a lengthy  word, 'short'!\n\n\tend")", R"("a word, 'short'!\nend")")
        .example(R"({"min_len": 2})", R"("a\tbc d ef")", R"("bc ef")");
}

}  // namespace dj
