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

}  // namespace
}  // namespace dj
