// SPDX-License-Identifier: Apache-2.0
/// Lists of words by language, as the operators of stop words and flagged words look them up. Operators do not read
/// files: they declare the list they need, rank 0 reads it where the recipe is checked, and every rank gets the words of
/// the one language (docs/adr/0010-word-lists.md).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace dj {

/// Which list an operator needs, and which of its parameters choose it.
struct WordListNeed {
    std::string kind;  ///< "stopwords": the list that comes with the program, and part of names of files.
    std::string
        folder_param;  ///< A folder with lists of the user's own; null: those that come with the program.
    std::string language_param;      ///< "all" stands for every language.
    std::string default_language{};  ///< Filled in by `Describe`.
};

/// What the parameters of one entry ask for.
struct WordListRequest {
    std::optional<std::string> folder{};
    std::string language{};
};
[[nodiscard]] WordListRequest word_list_request(const WordListNeed& need, const nlohmann::json& params);

/// Words by language.
using WordLists = std::map<std::string, std::vector<std::string>>;

/// The lists that come with the program. Throws Bug for a kind that there is none of.
[[nodiscard]] WordLists shipped_word_lists(std::string_view kind);

/// Adds the lists of a file, `{"en": ["the", ...], ...}`, behind those that are there. Throws UserError saying what is wrong
/// where in the file; `lists` is then as it was.
void add_word_lists(WordLists& lists, std::string_view json_text);

/// The words of a language, sorted, each once. "all" is every word of every language, unless there is a list of that name.
/// Throws UserError for a language without a list, naming those that have one.
[[nodiscard]] std::vector<std::string> words_of(const WordLists& lists, const std::string& language);

/// The words that the parameters ask for, from what comes with the program. Throws Bug if they name a folder.
[[nodiscard]] std::vector<std::string> shipped_words_of(const WordListNeed& need,
                                                        const nlohmann::json& params);

}  // namespace dj
