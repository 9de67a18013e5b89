// SPDX-License-Identifier: Apache-2.0
#include "dj/recipe/places.hpp"

#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "recipe/scratch_folder.hpp"

namespace dj {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Places : public testing::Test {
protected:
    RecipePlaces resolve() { return resolve_places(recipe_, 1'700'000'000, "abc123", problems_); }
    std::string problem() {
        EXPECT_EQ(problems_.size(), 1U);
        return problems_.empty() ? "" : problems_.front().message;
    }

    ScratchFolder folder_;
    std::unique_ptr<FileSystem> files_ = make_local_file_system();
    Recipe recipe_{.file = "configs/my recipe.yaml"};
    std::vector<RecipeProblem> problems_;
};

TEST_F(Places, DefaultsFollowTheOutput) {
    recipe_.options.export_path = folder_ / "out/r.jsonl.gz";
    const auto places = resolve();
    EXPECT_EQ(places.job.work_dir, folder_ / "out");
    EXPECT_EQ(places.job.job_id, "20231114_221320_my-recipe_abc123");
    EXPECT_FALSE(places.id_given);
    EXPECT_EQ(places.outputs.front().path, folder_ / "out/r.jsonl.gz");
    EXPECT_EQ(places.outputs.front().kind.compression, Compression::gzip);
    EXPECT_EQ(places.scratch, folder_ / "out/20231114_221320_my-recipe_abc123/scratch");
    EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(Places, RelativePathsBecomeAbsolute) {
    recipe_.options.export_path = "./o/../x.jsonl";
    EXPECT_EQ(resolve().outputs.front().path, std::filesystem::current_path() / "x.jsonl");
}

TEST_F(Places, PlaceholdersAndJobIdAtTheEnd) {
    recipe_.options.job_id = "j";
    for (const auto* work_dir : {"/w/{job_id}", "/w/{job_id}/", "/w/j", "/w", "/w/"}) {
        recipe_.options.work_dir = work_dir;
        recipe_.options.export_path = "{work_dir}/{job_id}.jsonl";
        recipe_.options.event_log_dir = "/fast/{job_id}";
        const auto places = resolve();
        EXPECT_EQ(places.job.work_dir, "/w") << work_dir;
        EXPECT_EQ(places.outputs.front().path, "/w/j.jsonl");
        EXPECT_EQ(places.job.event_log_dir, "/fast/j");
        EXPECT_TRUE(places.id_given);
    }
    recipe_.options.work_dir.reset();
    resolve();
    EXPECT_THAT(problem(), HasSubstr("say what work_dir is"));
}

TEST_F(Places, ResumeNamesTheJob) {
    recipe_.options.resume = "earlier";
    EXPECT_EQ(resolve().job.job_id, "earlier");
}

TEST_F(Places, FormatOfTheOutput) {
    const auto kind = [&](const std::string& path, std::optional<std::string> type = {}) {
        recipe_.options.export_path = path;
        recipe_.options.export_type = std::move(type);
        problems_.clear();
        return resolve().outputs.front().kind;
    };
    EXPECT_EQ(kind("a.parquet").format, FileFormat::parquet);
    EXPECT_EQ(kind("a.dat", "parquet").format, FileFormat::parquet);
    EXPECT_EQ(kind("a.json", "jsonl").format, FileFormat::jsonl);
    EXPECT_EQ(kind("a.ZST", "jsonl").compression, Compression::zstd);
    EXPECT_THAT(problems_, IsEmpty());
    kind("a.json");
    EXPECT_THAT(problem(), HasSubstr("one array in Data-Juicer"));
    kind("a.csv");
    EXPECT_THAT(problem(), HasSubstr("a.csv ends in none of"));
}

TEST_F(Places, TheOutputMustNotTouchTheInput) {
    folder_.write("a.jsonl");
    folder_.write("o_stats.jsonl");
    std::filesystem::create_hard_link(folder_ / "a.jsonl", folder_ / "b.jsonl");
    const auto check = [&](const std::string& output, const std::string& input) {
        recipe_.options.export_path = output;
        problems_.clear();
        const auto places = resolve();
        FoundInputs inputs;
        if (std::filesystem::is_directory(input)) {
            inputs.folders.emplace_back(input);
        } else {
            inputs.files.push_back({input, {}, *files_->info(input)});
        }
        check_outputs(*files_, recipe_, places, inputs, problems_);
        return problems_.empty() ? "" : problem();
    };
    EXPECT_THAT(check(folder_ / "a.jsonl", folder_ / "a.jsonl"), HasSubstr("is one of the input files"));
    EXPECT_THAT(check(folder_ / "b.jsonl", folder_ / "a.jsonl"), HasSubstr("is one of the input files"));
    EXPECT_THAT(check(folder_ / "x/../a.jsonl", folder_ / "a.jsonl"), HasSubstr("is one of the input files"));
    EXPECT_THAT(check(folder_ / "o.jsonl", folder_ / "o_stats.jsonl"), HasSubstr("statistics"));
    EXPECT_EQ(check(folder_ / "new.jsonl", folder_ / "a.jsonl"), "");

    std::filesystem::create_directories(folder_ / "in/deep");
    std::filesystem::create_directories(folder_ / "d.jsonl");
    EXPECT_THAT(check(folder_ / "in/o.jsonl", folder_ / "in"), HasSubstr("would lie in the input folder"));
    EXPECT_THAT(check(folder_ / "in/new/o.jsonl", folder_ / "in"),
                HasSubstr("would lie in the input folder"));
    EXPECT_EQ(check(folder_ / "out/o.jsonl", folder_ / "in"), "");
    EXPECT_EQ(check(folder_ / "input/o.jsonl", folder_ / "in"), "");
    EXPECT_THAT(check(folder_ / "d.jsonl", folder_ / "a.jsonl"), HasSubstr("is a folder"));
    std::filesystem::create_directory_symlink(folder_ / "in", folder_ / "alias");
    EXPECT_THAT(check(folder_ / "alias/o.jsonl", folder_ / "in"), HasSubstr("would lie in the input folder"));
}

TEST_F(Places, ParquetComesFromParquetInOneFile) {
    folder_.write("a.jsonl");
    folder_.write("a.parquet");
    const auto check = [&](const std::string& output, FileFormat input, std::int64_t shard_bytes) {
        recipe_.options.export_path = folder_ / output;
        recipe_.options.export_shard_size = shard_bytes;
        problems_.clear();
        const auto places = resolve();
        FoundInputs inputs;
        const auto path = folder_ / (input == FileFormat::parquet ? "a.parquet" : "a.jsonl");
        inputs.files.push_back({path, {input, Compression::none}, *files_->info(path)});
        check_outputs(*files_, recipe_, places, inputs, problems_);
        return problems_.empty() ? "" : problem();
    };
    EXPECT_THAT(check("o.parquet", FileFormat::jsonl, 0),
                HasSubstr("from jsonl to parquet is not available"));
    EXPECT_THAT(check("o.parquet", FileFormat::parquet, 1000), HasSubstr("export_shard_size is for jsonl"));
    EXPECT_EQ(check("o.parquet", FileFormat::parquet, 0), "");
    EXPECT_EQ(check("o.jsonl.gz", FileFormat::parquet, 1000), "");
}

TEST_F(Places, PreparingMakesTheFolderAndLeavesNothing) {
    recipe_.options.export_path = folder_ / "new/deep/o.jsonl";
    const auto places = resolve();
    prepare_outputs(*files_, places);
    EXPECT_TRUE(std::filesystem::is_directory(folder_ / "new/deep"));
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "new/deep"));

    folder_.write("file");
    recipe_.options.export_path = folder_ / "file/o.jsonl";
    try {
        prepare_outputs(*files_, resolve());
        FAIL();
    } catch (const EnvironmentError& error) {
        EXPECT_THAT(error.what(), HasSubstr("the output cannot be written to " + (folder_ / "file")));
    }
}

/// A recipe with branches: name and export_path of each; no path: the default.
class OutputsOfBranches : public Places {
protected:
    OutputsOfBranches() {
        recipe_.options.work_dir = folder_ / "work";
        recipe_.options.job_id = "j";
        folder_.write("in/a.jsonl");
    }
    using Given = std::vector<std::pair<std::string, std::optional<std::string>>>;

    /// All that is wrong, a line each: where, and what.
    std::string check(const Given& branches) {
        recipe_.branches.clear();
        for (const auto& [name, path] : branches) {
            RecipeBranch branch;
            branch.options.name = name;
            branch.options.export_path = path;
            branch.place = {Origin::Kind::file, "r.yaml", static_cast<int>(recipe_.branches.size()) + 1, 1};
            recipe_.branches.push_back(branch);
        }
        problems_.clear();
        places_ = resolve();
        FoundInputs inputs;
        inputs.files.push_back({folder_ / "in/a.jsonl", {}, *files_->info(folder_ / "in/a.jsonl")});
        check_outputs(*files_, recipe_, places_, inputs, problems_);
        std::string all;
        for (const auto& problem : problems_) all += to_string(problem) + "\n";
        return all;
    }
    std::string check_two(const std::string& a, const std::string& b) {
        return check({{"a", folder_ / a}, {"b", folder_ / b}});
    }

    RecipePlaces places_;
};

TEST_F(OutputsOfBranches, DefaultsAreInTheJobFolder) {
    EXPECT_EQ(
        check({{"a", {}}, {"b", folder_ / "out/b.jsonl.gz"}, {"c", "{work_dir}/{job_id}/results/c/x.jsonl"}}),
        "");
    ASSERT_EQ(places_.outputs.size(), 3U);
    EXPECT_EQ(places_.outputs[0].path, folder_ / "work/j/results/a/a.jsonl");
    EXPECT_EQ(places_.outputs[0].branch, "a");
    EXPECT_EQ(places_.outputs[1].kind.compression, Compression::gzip);
    EXPECT_EQ(places_.outputs[2].path, folder_ / "work/j/results/c/x.jsonl");
}

TEST_F(OutputsOfBranches, TheWorkDirectoryIsThatOfTheFirstPathGiven) {
    recipe_.options.work_dir.reset();
    EXPECT_EQ(check({{"a", {}}, {"b", folder_ / "out/b.jsonl"}, {"c", folder_ / "else/c.jsonl"}}), "");
    EXPECT_EQ(places_.job.work_dir, folder_ / "out");
    EXPECT_EQ(check({{"a", {}}, {"b", {}}}), "");
    EXPECT_EQ(places_.job.work_dir, std::filesystem::current_path() / "outputs");
}

TEST_F(OutputsOfBranches, EachHasAFileOfItsOwn) {
    std::filesystem::create_directories(folder_ / "real");
    std::filesystem::create_directory_symlink(folder_ / "real", folder_ / "alias");
    folder_.write("real/there.jsonl");
    std::filesystem::create_symlink(folder_ / "real/there.jsonl", folder_ / "link.jsonl");
    std::filesystem::create_symlink(folder_ / "real/not_yet.jsonl", folder_ / "dangling.jsonl");
    for (const auto& [a, b] : std::vector<std::pair<std::string, std::string>>{
             {"o.jsonl", "o.jsonl"},
             {"o.jsonl", "x/../o.jsonl"},
             {"o.jsonl", "./o.jsonl"},
             {"real/new.jsonl", "alias/new.jsonl"},
             {"real/deep/new.jsonl", "alias/deep/new.jsonl"},
             {"real/there.jsonl", "link.jsonl"},
             {"real/not_yet.jsonl", "dangling.jsonl"},
             {"o.jsonl", "o_stats.jsonl"},       // its statistics
             {"o.jsonl", "o.jsonl.gz"},          // their statistics
             {"o.jsonl", "o.jsonl/b.jsonl"}}) {  // a file, and a folder
        for (const bool swapped : {false, true}) {
            const auto problem = swapped ? check_two(b, a) : check_two(a, b);
            EXPECT_THAT(problem, testing::StartsWith("r.yaml:2:1: error: export_path: ")) << a << " " << b;
            EXPECT_THAT(problem, HasSubstr("branch a is in its way")) << a << " " << b;
        }
    }
    for (const auto& [a, b] : std::vector<std::pair<std::string, std::string>>{{"o.jsonl", "O.jsonl"},
                                                                               {"x/o.jsonl", "y/o.jsonl"},
                                                                               {"o.jsonl", "o2.jsonl"},
                                                                               {"o.jsonl", "o.j/x.jsonl"}})
        EXPECT_EQ(check_two(a, b), "") << a << " " << b;
}

TEST_F(OutputsOfBranches, AllOfThemAreTold) {
    std::filesystem::create_directories(folder_ / "d.jsonl");
    const auto all = check({{"a", folder_ / "o.jsonl"},
                            {"b", folder_ / "in/../in/a.jsonl"},
                            {"c", folder_ / "o.jsonl"},
                            {"d", folder_ / "d.jsonl"},
                            {"e", folder_ / "fine.jsonl"},
                            {"f", folder_ / "o.csv"},
                            {"g", folder_ / "work/j/checkpoints/g.jsonl"}});
    EXPECT_EQ(problems_.size(), 5U) << all;
    EXPECT_THAT(all, HasSubstr("r.yaml:2:1: error: export_path: " + (folder_ / "in/a.jsonl") + " is one of"));
    EXPECT_THAT(all,
                HasSubstr("r.yaml:3:1: error: export_path: " + (folder_ / "o.jsonl") + ": branch a is in"));
    EXPECT_THAT(all, HasSubstr("r.yaml:4:1: error: export_path: " + (folder_ / "d.jsonl") + " is a folder"));
    EXPECT_THAT(all, HasSubstr("r.yaml:6:1: error: export_path: the format of the output"));
    EXPECT_THAT(all, HasSubstr("r.yaml:7:1: error: export_path: "));
}

TEST_F(OutputsOfBranches, NoneLiesInAnInputFolder) {
    const auto outputs = check({{"a", folder_ / "in/a_clean.jsonl"}, {"b", folder_ / "b.jsonl"}});
    EXPECT_EQ(outputs, "");
    FoundInputs inputs;
    inputs.folders.emplace_back(folder_ / "in");
    check_outputs(*files_, recipe_, places_, inputs, problems_);
    EXPECT_EQ(problems_.front().place.line, 1);
    EXPECT_THAT(problem(), HasSubstr("would lie in the input folder"));
}

TEST_F(OutputsOfBranches, TheJobsOwnFilesAreLeftAlone) {
    const auto of_a = [&](const std::string& path) { return check({{"a", folder_ / path}, {"b", {}}}); };
    std::filesystem::create_directory_symlink(folder_.path(), folder_ / "alias");
    for (const auto* path :
         {"work/j/o.jsonl", "work/j/results/o.jsonl", "work/j/results/b/o.jsonl",
          "work/j/checkpoints/o.jsonl", "work/j/results/a/../o.jsonl", "alias/work/j/o.jsonl",
          "work/j/results/a/quarantine.jsonl", "work/j/results/ab/o.jsonl"})
        EXPECT_THAT(of_a(path), HasSubstr("lies in the job's folder")) << path;
    for (const auto* path : {"work/j/results/a/o.jsonl", "work/j/results/a/deep/o.jsonl", "work/o.jsonl",
                             "work/j2/o.jsonl", "alias/work/j/results/a/o.jsonl"})
        EXPECT_EQ(of_a(path), "") << path;
    recipe_.options.export_type = "jsonl";
    EXPECT_THAT(of_a("work/j/results/a"), HasSubstr("lies in the job's folder"));
    EXPECT_THAT(of_a("work"), HasSubstr("is to be a folder of the job"));
    EXPECT_THAT(of_a("work/j"), HasSubstr("is to be a folder of the job"));
}

TEST_F(OutputsOfBranches, AllFoldersAreTriedBeforeTheRun) {
    folder_.write("file");
    EXPECT_EQ(check({{"a", folder_ / "new/a.jsonl"}, {"b", folder_ / "file/b.jsonl"}, {"c", {}}}), "");
    EXPECT_THROW(prepare_outputs(*files_, places_), EnvironmentError);
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "new"));

    EXPECT_EQ(check({{"a", folder_ / "new/a.jsonl"}, {"b", folder_ / "newer/b.jsonl"}, {"c", {}}}), "");
    prepare_outputs(*files_, places_);
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "newer"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "work/j"));  // made with the job
}

TEST_F(OutputsOfBranches, EachFolderThatCannotBeWrittenIsTold) {
    folder_.write("file");
    const std::string inside = folder_ / "file/deep";  // holds for root as well
    EXPECT_EQ(check({{"a", inside + "/a.jsonl"}, {"b", folder_ / "b.jsonl"}, {"c", inside + "/er/c.jsonl"}}),
              "");
    check_writable(recipe_, places_, problems_);
    ASSERT_EQ(problems_.size(), 2U);
    EXPECT_EQ(problems_[0].place.line, 1);
    EXPECT_THAT(problems_[0].message,
                HasSubstr("export_path: " + (folder_ / "file") + " cannot be written to"));
    EXPECT_EQ(problems_[1].place.line, 3);
}

}  // namespace
}  // namespace dj
