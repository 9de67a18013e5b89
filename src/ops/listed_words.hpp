// SPDX-License-Identifier: Apache-2.0
/// What the filters of stop words and flagged words have in common. Private to `ops`.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "dj/text/refined_words.hpp"
#include "dj/text/word_set.hpp"

namespace dj {

inline constexpr const char* kListLangDoc =
    "The language whose words are looked up; \"all\" stands for those of every language together.";
inline constexpr const char* kUseWordsAugDoc =
    "Also look up groups of neighbouring words, joined: for languages in which one word is written in "
    "pieces.";
inline constexpr const char* kGroupSizesDoc = "Of how many words each such group is; one or more sizes.";
inline constexpr const char* kJoinCharDoc = "What joins the words of a group.";

/// The share of a text's words that are in a list.
class ListedWords {
public:
    /// `group_sizes` is empty where groups of words are not looked up.
    void look_up_groups(std::vector<std::int64_t> group_sizes, std::string join) {
        group_sizes_ = std::move(group_sizes);
        join_ = std::move(join);
    }
    void take_words(const std::vector<std::string>& words) { listed_ = WordSet(words); }

    /// Words and groups of words in the list, by words and groups of words; 0 if there are none. `joined` is room to work in.
    [[nodiscard]] double share(const RefinedWords& words, std::string& joined) const;

private:
    [[nodiscard]] bool has_group(const RefinedWords& words, std::size_t first, std::size_t size,
                                 std::string& joined) const;

    WordSet listed_;
    std::vector<std::int64_t> group_sizes_;
    std::string join_;
};

}  // namespace dj
