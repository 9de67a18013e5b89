// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/word_lists.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "dj/ops/op.hpp"
#include "dj/text/refined_words.hpp"

namespace dj {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string refusal(const std::string& text) {
    WordLists lists{{"en", {"the"}}};
    try {
        add_word_lists(lists, text);
    } catch (const UserError& error) {
        EXPECT_EQ(lists, (WordLists{{"en", {"the"}}})) << "as it was";
        return error.what();
    }
    return "";
}

TEST(WordLists, FilesAddUp) {
    WordLists lists;
    add_word_lists(lists, R"({"en": ["the", "a"], "de": ["der"]})");
    add_word_lists(lists, R"({"en": ["cat", "the"], "empty": []})");
    EXPECT_THAT(lists["en"], ElementsAre("the", "a", "cat", "the"));
    EXPECT_THAT(words_of(lists, "en"), ElementsAre("a", "cat", "the"));
    EXPECT_THAT(words_of(lists, "empty"), IsEmpty());
    EXPECT_THAT(words_of(lists, "all"), ElementsAre("a", "cat", "der", "the"));
    add_word_lists(lists, R"({"all": ["x"]})");
    EXPECT_THAT(words_of(lists, "all"), ElementsAre("x"));
}

TEST(WordLists, SayWhatIsWrongInAFile) {
    EXPECT_THAT(refusal(""), HasSubstr("not JSON: parse error at line 1"));
    EXPECT_THAT(refusal("{\"en\":\n [\"a\",]}"), HasSubstr("line 2, column 7"));
    EXPECT_THAT(refusal("{\"en\": [\"\xFF\"]}"), HasSubstr("not JSON"));
    EXPECT_EQ(refusal(R"(["the"])"), "the file holds a list; expected {\"language\": [words], ...}");
    EXPECT_EQ(refusal(R"({"de": ["x"], "en": "the"})"), "\"en\" is a string; expected a list of words");
    EXPECT_EQ(refusal(R"({"de": ["x", 1]})"), "\"de\": entry 2 is a number; expected a word");
    EXPECT_EQ(refusal(R"({"de": [null]})"), "\"de\": entry 1 is null; expected a word");
}

TEST(WordLists, NameTheLanguagesThatAreThere) {
    const auto refused = [](const WordLists& lists, const std::string& language) -> std::string {
        try {
            (void)words_of(lists, language);
        } catch (const UserError& error) {
            return error.what();
        }
        return "";
    };
    EXPECT_EQ(
        refused({{"english", {}}, {"de", {}}}, "englich"),
        "there is no list for \"englich\", did you mean \"english\"?; there are lists for de, english, and "
        "\"all\" stands for all of them");
    EXPECT_EQ(refused({}, "en"), "there is no list for \"en\", or for any other language");
    EXPECT_THAT(words_of({}, "all"), IsEmpty());
}

TEST(WordLists, AreCompiledInAsTheyLieInTheTree) {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    for (const std::string kind : {"stopwords", "flagged_words"}) {
        std::ifstream file(std::string(root == nullptr ? "." : root) + "/share/words/" + kind + ".json");
        ASSERT_TRUE(file.is_open());
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        WordLists expected;
        add_word_lists(expected, text);
        EXPECT_EQ(shipped_word_lists(kind), expected);
        for (const auto& [language, words] : expected) {
            EXPECT_FALSE(words.empty()) << language;
            EXPECT_TRUE(std::ranges::is_sorted(words)) << language;
        }
    }
    EXPECT_THROW((void)shipped_word_lists("colours"), Bug);
}

TEST(WordLists, ComeAlongInTheFormInWhichTextsAreCompared) {
    RefinedWords refined;
    for (const std::string kind : {"stopwords", "flagged_words"}) {
        for (const auto& [language, words] : shipped_word_lists(kind)) {
            EXPECT_EQ(std::ranges::adjacent_find(words), words.end()) << kind << " " << language;
            for (const auto& word : words) {
                refined.assign(word);
                EXPECT_EQ(refined.bytes(), word + " ") << kind << " " << language << ": can never match";
            }
        }
    }
}

TEST(WordLists, AreAskedForByParameters) {
    const WordListNeed need{.kind = "stopwords",
                            .folder_param = "stopwords_dir",
                            .language_param = "lang",
                            .default_language = "en"};
    EXPECT_EQ(word_list_request(need, json::object()).language, "en");
    const auto request = word_list_request(need, {{"lang", "de"}, {"stopwords_dir", "w"}});
    EXPECT_EQ(request.language, "de");
    EXPECT_EQ(request.folder, "w");
    EXPECT_EQ(word_list_request(need, {{"stopwords_dir", nullptr}}).folder, std::nullopt);
    EXPECT_THAT(shipped_words_of(need, json::object()), testing::Contains("the"));
    EXPECT_THROW((void)shipped_words_of(need, {{"lang", "xx"}}), UserError);
    EXPECT_THROW((void)shipped_words_of(need, {{"stopwords_dir", "w"}}), Bug);
}

TEST(WordLists, ReachTheOperatorThatDeclaresThem) {
    const auto catalog = make_op_catalog();
    for (const auto& spec : catalog.all()) {
        EXPECT_NE(spec.make_supplied, nullptr) << spec.name;
        if (!spec.word_list) continue;
        EXPECT_EQ(spec.word_list->default_language, "en") << spec.name;
        EXPECT_NE(spec.make_supplied({{spec.word_list->folder_param, "w"}}, {.words = {"the"}}), nullptr);
        EXPECT_THROW((void)spec.make({{spec.word_list->folder_param, "w"}}), Bug) << "nobody has read it";
    }
}

}  // namespace
}  // namespace dj
