// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/word_lists.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dj/base/error.hpp"
#include "dj/spec/param.hpp"

namespace dj {
namespace {

using nlohmann::json;

struct ShippedFile {
    std::string_view kind;
    std::string_view json_text;
};

// shipped_words.inc is made from the files of share/words.
#ifdef __clang__
#pragma clang diagnostic push
// The standard promises literals of 65,536 characters; all compilers take longer ones.
#pragma clang diagnostic ignored "-Woverlength-strings"
#endif
constexpr auto kShipped = std::to_array<ShippedFile>({
#include "shipped_words.inc"
});
#ifdef __clang__
#pragma clang diagnostic pop
#endif

json parse(std::string_view text) {
    try {
        return json::parse(text);
    } catch (const json::exception& error) {
        // "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
        std::string_view message = error.what();
        message.remove_prefix(std::min(message.find("] ") + 2, message.size()));
        throw UserError(fmt::format("not JSON: {}", message));
    }
}

std::string_view kind_of_value(const json& value) {
    switch (value.type()) {
        case json::value_t::null: return "null";
        case json::value_t::boolean: return "true or false";
        case json::value_t::string: return "a string";
        case json::value_t::array: return "a list";
        case json::value_t::object: return "a mapping";
        default: return "a number";
    }
}

std::vector<std::string> words_in(const std::string& language, const json& list) {
    if (!list.is_array())
        throw UserError(fmt::format("\"{}\" is {}; expected a list of words", language, kind_of_value(list)));
    std::vector<std::string> words;
    words.reserve(list.size());
    for (const json& word : list) {
        if (!word.is_string()) {
            throw UserError(fmt::format("\"{}\": entry {} is {}; expected a word", language, words.size() + 1,
                                        kind_of_value(word)));
        }
        words.push_back(word.get<std::string>());
    }
    return words;
}

std::string no_such_language(const WordLists& lists, const std::string& language) {
    std::vector<std::string> languages;
    for (const auto& [name, words] : lists) languages.push_back(name);
    if (languages.empty())
        return fmt::format("there is no list for \"{}\", or for any other language", language);
    const auto near = nearest_name(language, languages);
    return fmt::format(
        "there is no list for \"{}\"{}; there are lists for {}, and \"all\" stands for all of them", language,
        near ? fmt::format(", did you mean \"{}\"?", *near) : "", fmt::join(languages, ", "));
}

}  // namespace

WordListRequest word_list_request(const WordListNeed& need, const json& params) {
    WordListRequest request{.folder = std::nullopt, .language = need.default_language};
    if (const auto folder = params.find(need.folder_param); folder != params.end() && folder->is_string())
        request.folder = folder->get<std::string>();
    if (const auto language = params.find(need.language_param);
        language != params.end() && language->is_string())
        request.language = language->get<std::string>();
    return request;
}

WordLists shipped_word_lists(std::string_view kind) {
    const auto* const file = std::ranges::find(kShipped, kind, &ShippedFile::kind);
    if (file == kShipped.end()) throw Bug(fmt::format("no word lists of the kind {} are shipped", kind));
    WordLists lists;
    add_word_lists(lists, file->json_text);
    return lists;
}

void add_word_lists(WordLists& lists, std::string_view json_text) {
    const json file = parse(json_text);
    if (!file.is_object())
        throw UserError(
            fmt::format("the file holds {}; expected {{\"language\": [words], ...}}", kind_of_value(file)));
    WordLists added;
    for (const auto& [language, list] : file.items()) added[language] = words_in(language, list);
    for (auto& [language, words] : added) {
        auto& all = lists[language];
        all.insert(all.end(), std::make_move_iterator(words.begin()), std::make_move_iterator(words.end()));
    }
}

std::vector<std::string> words_of(const WordLists& lists, const std::string& language) {
    std::vector<std::string> chosen;
    if (const auto list = lists.find(language); list != lists.end()) {
        chosen = list->second;
    } else if (language == "all") {
        for (const auto& [name, words] : lists) chosen.insert(chosen.end(), words.begin(), words.end());
    } else {
        throw UserError(no_such_language(lists, language));
    }
    std::ranges::sort(chosen);
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
    return chosen;
}

std::vector<std::string> shipped_words_of(const WordListNeed& need, const json& params) {
    const auto request = word_list_request(need, params);
    if (request.folder) throw Bug(fmt::format("the words in {} have not been read", *request.folder));
    return words_of(shipped_word_lists(need.kind), request.language);
}

}  // namespace dj
