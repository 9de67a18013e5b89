// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>

#include "dj/ops/op_spec.hpp"
#include "dj/text/special_characters.hpp"
#include "dj/text/utf8.hpp"
#include "ops/mapper/word_keeping.hpp"

namespace dj {
namespace {

std::int64_t length_of(std::string_view word) { return static_cast<std::int64_t>(count_code_points(word)); }

struct RemoveLongWordsMapper {
    std::int64_t min_len = 1;
    std::int64_t max_len = std::numeric_limits<std::int64_t>::max();

    void map(const Sample& sample) const {
        WordKeeper(sample).run([this](std::string_view word) { return keeps(word); });
    }

private:
    bool fits(std::int64_t length) const { return min_len <= length && length <= max_len; }
    bool keeps(std::string_view word) const {
        if (min_len <= 1 && static_cast<std::int64_t>(word.size()) <= max_len) return true;
        const std::int64_t length = length_of(word);
        if (length <= max_len) return min_len <= length;
        return fits(length_of(strip_special_characters(word)));
    }
};

}  // namespace

OpSpec remove_long_words_mapper() {
    using T = RemoveLongWordsMapper;
    return Describe<T>(
               "remove_long_words_mapper",
               "Removes words that are too long or too short.\n\n"
               "Words are what stands between spaces, tabs and line feeds, and are measured in characters "
               "(Unicode code points). One that is too long is measured again without the punctuation, "
               "digits "
               "and emoji at its ends, and stays, with them, if it is not too long then. White space around "
               "words is put in order: one separator stays between two of them, of several the strongest "
               "(line "
               "feed, tab, space), and none at the ends.")
        .param(&T::min_len, "min_len", "The fewest characters a word must have.")
        .param(&T::max_len, "max_len", "The most characters a word may have.")
        .example(R"({"max_len": 8})", R"("see aaaaaaaaaaaaaa there")", R"("see there")")
        .example(R"({"max_len": 5})", R"("(hello), !!goodbye!!")", R"("(hello),")")
        .example(R"({"min_len": 2})", R"("a  be\n\n c\tsea")", R"("be\nsea")");
}

}  // namespace dj
