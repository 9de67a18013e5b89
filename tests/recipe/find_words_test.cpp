// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "dj/recipe/words.hpp"
#include "recipe/scratch_folder.hpp"

namespace dj {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FindWords : public testing::Test {
protected:
    /// Loads `process` (its entries, from line 3 of the recipe on) and finds its words; problems as lines.
    std::vector<std::string> find(const std::string& process) {
        auto loaded = load_recipe({.file = "r.yaml",
                                   .text = "dataset_path: in.jsonl\nprocess:\n" + process,
                                   .overrides = {},
                                   .environment = {}},
                                  catalog_);
        std::vector<RecipeProblem> problems = std::move(loaded.problems);
        recipe_ = std::move(loaded.recipe);
        if (problems.empty()) find_words(*files_, catalog_, recipe_, problems);
        std::vector<std::string> lines;
        for (const auto& problem : problems) lines.push_back(to_string(problem));
        return lines;
    }
    std::string problem(const std::string& process) {
        const auto lines = find(process);
        EXPECT_EQ(lines.size(), 1U);
        return lines.empty() ? "" : lines.front();
    }
    std::string step(const std::string& params) const {
        return "  - stopwords_filter:\n      stopwords_dir: " + folder_.path().string() + "\n" + params;
    }

    ScratchFolder folder_;
    std::unique_ptr<FileSystem> files_ = make_local_file_system();
    OpCatalog catalog_ = make_op_catalog();
    Recipe recipe_;
};

TEST_F(FindWords, WithoutAFolderThoseThatComeAlong) {
    EXPECT_THAT(
        find("  - text_length_filter:\n  - stopwords_filter:\n      lang: de\n  - flagged_words_filter:\n"),
        IsEmpty());
    EXPECT_EQ(recipe_.ops[0].words, std::nullopt);
    EXPECT_THAT(recipe_.ops[1].words.value(), Contains("der"));
    EXPECT_THAT(recipe_.ops[1].words.value(), testing::Not(Contains("the")));
    EXPECT_THAT(recipe_.ops[2].words.value(), Contains("porn"));
    EXPECT_FALSE(recipe_.ops[1].params.contains("words")) << "nobody is shown them";
}

TEST_F(FindWords, OfAllFilesOfTheFolder) {
    folder_.write("my_stopwords.v2.json", R"({"en": ["the"], "de": ["der"]})");
    folder_.write("stopwords.json", R"({"en": ["a", "the"]})");
    folder_.write("stopwords.json.bak", "not JSON");
    folder_.write("other.json", "not JSON");
    EXPECT_THAT(find(step("")), IsEmpty());
    EXPECT_THAT(recipe_.ops[0].words.value(), ElementsAre("a", "the"));
    EXPECT_THAT(find(step("      lang: all\n")), IsEmpty());
    EXPECT_THAT(recipe_.ops[0].words.value(), ElementsAre("a", "der", "the"));
    EXPECT_THAT(find(step("  - stopwords_filter:\n      lang: de\n")), IsEmpty());
    EXPECT_THAT(recipe_.ops[1].words.value(), ElementsAre("der")) << "the folder is taken over";
}

TEST_F(FindWords, ProblemsStandWhereTheParameterDoes) {
    const auto missing = problem("  - stopwords_filter:\n      lang: xx\n      stopwords_dir: not/there\n");
    EXPECT_THAT(
        missing,
        HasSubstr("r.yaml:5:22: error: stopwords_filter.stopwords_dir: the folder not/there is not there"));
    EXPECT_THAT(problem(step("")), HasSubstr("has no file with stopwords in its name"));
    folder_.write("stopwords.json", "{\"en\": [\"a\",\n 1]}");
    EXPECT_THAT(problem(step("")),
                HasSubstr("/stopwords.json: \"en\": entry 2 is a number; expected a word"));
    folder_.write("stopwords.json", "{\"en\": [\"a\"\n");
    EXPECT_THAT(problem(step("")), HasSubstr("/stopwords.json: not JSON: parse error at line "));
    EXPECT_THAT(problem("  - stopwords_filter:\n      stopwords_dir: " + (folder_ / "stopwords.json") + "\n"),
                HasSubstr("is not a folder"));
    folder_.write("stopwords.json", R"({"en": ["a"], "de": []})");
    EXPECT_THAT(problem(step("      lang: ex\n")),
                HasSubstr("r.yaml:5:13: error: stopwords_filter.lang: there is no list for \"ex\""));
    EXPECT_THAT(
        find("  - flagged_words_filter:\n      lang: x1\n  - stopwords_filter:\n      lang: x2\n").size(),
        2U);
}

}  // namespace
}  // namespace dj
