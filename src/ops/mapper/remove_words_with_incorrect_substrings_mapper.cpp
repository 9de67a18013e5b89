// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "dj/ops/op_spec.hpp"
#include "dj/text/special_characters.hpp"
#include "ops/filter/tokenization.hpp"
#include "ops/mapper/word_keeping.hpp"

namespace dj {
namespace {

struct RemoveWordsWithIncorrectSubstringsMapper {
    std::string lang = "en";
    bool tokenization = false;
    std::optional<std::vector<std::string>> substrings;

    using Scratch = std::vector<std::string_view>;  ///< Those that the text has anywhere.

    void prepare() {
        refuse_tokenization(tokenization);
        if (!substrings) substrings = {"http", "www", ".com", "href", "//"};
    }

    void map(const Sample& sample, Scratch& found) const {
        found.clear();
        for (const std::string& substring : *substrings) {
            if (sample.text().find(substring) != std::string_view::npos) found.push_back(substring);
        }
        if (found.empty()) {
            WordKeeper(sample).run([](std::string_view) { return true; });
            return;
        }
        WordKeeper(sample).run([&found](std::string_view word) {
            const std::string_view core = strip_special_characters(word);
            return std::none_of(found.begin(), found.end(), [core](std::string_view substring) {
                return core.find(substring) != std::string_view::npos;
            });
        });
    }
};

}  // namespace

OpSpec remove_words_with_incorrect_substrings_mapper() {
    using T = RemoveWordsWithIncorrectSubstringsMapper;
    return Describe<T>(
               "remove_words_with_incorrect_substrings_mapper",
               "Removes words that contain one of some strings, as links do.\n\n"
               "Words are what stands between spaces, tabs and line feeds. Punctuation, digits and emoji at "
               "their ends are not looked at: `//` alone is no link. White space around words is put in "
               "order: "
               "one separator stays between two of them, of several the strongest (line feed, tab, space), "
               "and "
               "none at the ends.")
        .param(&T::lang, "lang", kLangOfTokenizerDoc)
        .param(&T::tokenization, "tokenization", kNoTokenizationDoc)
        .param(&T::substrings, "substrings",
               "What no word may contain; the empty string is in every word. Null: `http`, `www`, `.com`, "
               "`href`, `//`.")
        .example("{}", R"("see www.example.org, or a//b  and (.com) too")", R"("see or and (.com) too")")
        .example(R"({"substrings": ["ab"]})", R"("cab\tback\nAB 1")", R"("back\nAB 1")")
        .example(R"({"substrings": []})", R"("see  http://example.org ")", R"("see http://example.org")");
}

}  // namespace dj
