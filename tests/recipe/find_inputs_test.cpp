// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "dj/recipe/inputs.hpp"
#include "recipe/path_pattern.hpp"
#include "recipe/scratch_folder.hpp"

namespace dj {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FindInputs : public testing::Test {
protected:
    FoundInputs find(std::vector<std::string> paths, std::vector<std::string> suffixes = {}) {
        Recipe recipe{.file = "r.yaml"};
        recipe.options.dataset_path = std::move(paths);
        recipe.options.suffixes = std::move(suffixes);
        problems_.clear();
        return find_inputs(*files_, recipe, folder_.path(), "job1", problems_);
    }
    std::vector<std::string> names(std::vector<std::string> paths, std::vector<std::string> suffixes = {}) {
        std::vector<std::string> found;
        const auto root = folder_.path().string() + "/";
        for (const auto& file : find(std::move(paths), std::move(suffixes)).files) {
            found.push_back(file.path.starts_with(root) ? file.path.substr(root.size()) : file.path);
        }
        return found;
    }
    std::string problem() {
        EXPECT_EQ(problems_.size(), 1U);
        return problems_.empty() ? "" : problems_.front().message;
    }
    std::string at(const std::string& name) const { return folder_ / name; }

    ScratchFolder folder_;
    std::unique_ptr<FileSystem> files_ = make_local_file_system();
    std::vector<RecipeProblem> problems_;
};

TEST_F(FindInputs, OneFile) {
    folder_.write("a.jsonl", "12345");
    const auto found = find({at("a.jsonl")});
    ASSERT_EQ(found.files.size(), 1U);
    EXPECT_EQ(found.files[0].info.size_bytes, 5U);
    EXPECT_EQ(found.files[0].kind.format, FileFormat::jsonl);
    EXPECT_THAT(problems_, IsEmpty());
    EXPECT_THAT(found.folders, IsEmpty());
}

TEST_F(FindInputs, ANameThatIsNotUtf8IsRefusedByName) {
    folder_.write("d/good.jsonl");
    folder_.write("d/bad\xff.jsonl");
    (void)find({at("d")});
    EXPECT_THAT(problem(), HasSubstr("d/bad\xff.jsonl: the name of this file is not UTF-8"));
}

TEST_F(FindInputs, APipeIsRefusedByName) {
    folder_.write("d/good.jsonl");
    folder_.make_pipe("d/pipe.jsonl");
    for (const char* const path : {"d", "d/pipe.jsonl", "d/p*"}) {
        (void)find({at(path)});
        EXPECT_THAT(problem(), HasSubstr("d/pipe.jsonl is a pipe or device; only files can be read"));
    }
}

TEST_F(FindInputs, WhatJobsWroteIsPassedOver) {
    for (const auto* name :
         {"d/a.jsonl", "d/a_stats.jsonl", "d/lone_stats.jsonl", "d/b.jsonl.gz", "d/b_stats.jsonl",
          "d/job/job_summary.json", "d/job/events_1.jsonl", "d/job/results/quarantine.jsonl"}) {
        folder_.write(name);
    }
    EXPECT_THAT(names({at("d")}), ElementsAre("d/a.jsonl", "d/b.jsonl.gz", "d/lone_stats.jsonl"));
    const auto found = find({at("d")});
    EXPECT_THAT(found.notices, ElementsAre(HasSubstr("1 job folder in"), HasSubstr("2 statistics files in")));
}

TEST_F(FindInputs, OnlyAnOutputBesideItMakesAFileStatistics) {
    for (const auto* name :
         {"d/_stats.jsonl", "d/a_stats.jsonl", "d/a_stats_stats.jsonl", "d/b.parquet.jsonl", "d/e/a.jsonl"}) {
        folder_.write(name);
    }
    EXPECT_THAT(names({at("d")}),
                ElementsAre("d/_stats.jsonl", "d/a_stats.jsonl", "d/b.parquet.jsonl", "d/e/a.jsonl"));
}

TEST_F(FindInputs, AFolderIsSearchedThroughInOrder) {
    for (const auto* name : {"d/b.jsonl", "d/a/z.jsonl", "d/a.jsonl", "d/sub/deep/c.jsonl.gz", "d/readme.md",
                             "d/.hidden.jsonl", "d/x.txt", "d/noext"}) {
        folder_.write(name);
    }
    EXPECT_THAT(names({at("d")}), ElementsAre("d/.hidden.jsonl", "d/a.jsonl", "d/a/z.jsonl", "d/b.jsonl",
                                              "d/sub/deep/c.jsonl.gz"));
    const auto found = find({at("d")});
    EXPECT_THAT(
        found.notices,
        ElementsAre("3 files of other kinds in the input folder passed over: 1 .md, 1 .txt, 1 no suffix"));
    EXPECT_EQ(found.folders.size(), 1U);
}

TEST_F(FindInputs, LinksToFoldersAreNotFollowed) {
    folder_.write("d/a.jsonl");
    std::filesystem::create_directory_symlink(at("d"), at("d/loop"));
    std::filesystem::create_symlink(at("nowhere"), at("d/broken.jsonl"));
    folder_.write("other.jsonl");
    std::filesystem::create_symlink(at("other.jsonl"), at("d/link.jsonl"));
    EXPECT_THAT(names({at("d")}), ElementsAre("d/a.jsonl", "d/link.jsonl"));
}

TEST_F(FindInputs, Patterns) {
    for (const auto* name :
         {"p/a1.jsonl", "p/a2.jsonl", "p/b1.jsonl", "p/q/a3.jsonl", "p/.a4.jsonl", "p/r/s/a5.jsonl"}) {
        folder_.write(name);
    }
    EXPECT_THAT(names({at("p/a*.jsonl")}), ElementsAre("p/a1.jsonl", "p/a2.jsonl"));
    EXPECT_THAT(names({at("p/[ab]1.jsonl")}), ElementsAre("p/a1.jsonl", "p/b1.jsonl"));
    EXPECT_THAT(names({at("p/?1.jsonl")}), ElementsAre("p/a1.jsonl", "p/b1.jsonl"));
    EXPECT_THAT(names({at("p/*/a*.jsonl")}), ElementsAre("p/q/a3.jsonl"));
    EXPECT_THAT(names({at("p/**/a*.jsonl")}),
                ElementsAre("p/a1.jsonl", "p/a2.jsonl", "p/q/a3.jsonl", "p/r/s/a5.jsonl"));
    EXPECT_THAT(names({at("p/c*.jsonl")}), IsEmpty());
    EXPECT_THAT(problem(), HasSubstr("no file matches"));
}

TEST_F(FindInputs, SeveralInOneString) {
    for (const auto* name : {"a.jsonl", "b.jsonl", "c d.jsonl", "e,f.jsonl"}) folder_.write(name);
    EXPECT_THAT(names({at("b.jsonl") + " " + at("a.jsonl")}), ElementsAre("b.jsonl", "a.jsonl"));
    EXPECT_THAT(names({at("b.jsonl") + "," + at("a.jsonl")}), ElementsAre("b.jsonl", "a.jsonl"));
    EXPECT_THAT(names({at("b.jsonl") + ", " + at("a.jsonl")}), ElementsAre("b.jsonl", "a.jsonl"));
    EXPECT_THAT(names({at("c d.jsonl")}), ElementsAre("c d.jsonl"));
    EXPECT_THAT(names({at("e,f.jsonl")}), ElementsAre("e,f.jsonl"));
    EXPECT_THAT(names({"'" + at("c d.jsonl") + "' " + at("a.jsonl")}), ElementsAre("c d.jsonl", "a.jsonl"));
    EXPECT_THAT(names({at("b.jsonl"), at("a.jsonl")}), ElementsAre("b.jsonl", "a.jsonl"));
}

TEST_F(FindInputs, WeightsAreRefused) {
    folder_.write("a.jsonl");
    find({"0.5 " + at("a.jsonl") + " 2 " + at("a.jsonl")});
    EXPECT_THAT(problem(), HasSubstr("weights (0.5)"));
}

TEST_F(FindInputs, MissingFilesSuggestTheNearest) {
    folder_.write("corpus.jsonl");
    find({at("corpsu.jsonl")});
    EXPECT_THAT(problem(), HasSubstr("did you mean " + at("corpus.jsonl") + "?"));
    find({at("nofolder/x.jsonl")});
    EXPECT_THAT(problem(), HasSubstr("the folder " + at("nofolder") + " does not exist"));
    find({at("corpus.jsonl/x.jsonl")});
    EXPECT_THAT(problem(), HasSubstr("is a file"));
    find({"some/dataset"});
    EXPECT_THAT(problem(), HasSubstr("some/dataset"));
}

TEST_F(FindInputs, SuffixesChoose) {
    for (const auto* name : {"d/a.jsonl", "d/b.jsonl.gz", "d/c.json", "d/d.JSONL"}) folder_.write(name);
    EXPECT_THAT(names({at("d")}, {".jsonl"}), ElementsAre("d/a.jsonl", "d/d.JSONL"));
    EXPECT_THAT(names({at("d")}, {"jsonl.gz", "json"}), ElementsAre("d/b.jsonl.gz", "d/c.json"));
    find({at("d/a.jsonl")}, {".json"});
    EXPECT_THAT(problem(), HasSubstr("does not end in .json (suffixes)"));
    find({at("d")}, {".parquet"});
    EXPECT_THAT(problem(), HasSubstr("no file to read that ends in .parquet"));
}

TEST_F(FindInputs, OneFormatAtATime) {
    folder_.write("d/a.jsonl");
    folder_.write("d/b.parquet");
    find({at("d")});
    EXPECT_THAT(problem(), HasSubstr("1 files are jsonl and 1 are parquet: read one kind"));
    EXPECT_THAT(names({at("d")}, {".parquet"}), ElementsAre("d/b.parquet"));
    folder_.write("x.txt");
    find({at("x.txt")});
    EXPECT_THAT(problem(), HasSubstr("x.txt"));
    std::filesystem::create_directory(at("empty"));
    find({at("empty")});
    EXPECT_THAT(problem(), HasSubstr("holds no file to read"));
}

TEST_F(FindInputs, PlaceholdersAndDataset) {
    folder_.write("a.jsonl");
    EXPECT_THAT(names({"{work_dir}/a.jsonl"}), ElementsAre("a.jsonl"));
    Recipe recipe{.file = "r.yaml"};
    recipe.options.dataset = {{"configs", {{{"type", "local"}, {"path", at("a.jsonl")}}}}};
    EXPECT_EQ(find_inputs(*files_, recipe, "", "", problems_).files.size(), 1U);
}

TEST(ShellWords, QuotesAndBackslashes) {
    EXPECT_THAT(*shell_words(" a  'b c' \"d \\\" e\" f\\ g '' "),
                ElementsAre("a", "b c", "d \" e", "f g", ""));
    EXPECT_THAT(*shell_words("  "), IsEmpty());
    EXPECT_EQ(shell_words("it's"), std::nullopt);
}

}  // namespace
}  // namespace dj
