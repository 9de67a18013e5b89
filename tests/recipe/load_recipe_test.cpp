// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "dj/recipe/recipe.hpp"
#include "recipe/small_catalog.hpp"

namespace dj {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kHead = "dataset_path: in.jsonl\nexport_path: out.jsonl\n";

RecipeResult load(const std::string& text, std::vector<std::pair<std::string, std::string>> options = {},
                  std::vector<std::pair<std::string, std::string>> environment = {}) {
    RecipeSources sources{.file = "r.yaml", .text = text};
    for (const auto& [name, value] : options) sources.overrides.push_back({name, "--" + name, value});
    sources.environment = std::move(environment);
    return load_recipe(sources, small_catalog());
}

std::string problems(const RecipeResult& result) {
    std::string all;
    for (const auto& problem : result.problems) all += to_string(problem) + "\n";
    return all;
}

std::string problems(const std::string& text) { return problems(load(kHead + text)); }

std::string notices(const RecipeResult& result) {
    std::string all;
    for (const auto& line : result.recipe.notices) all += line + "\n";
    return all;
}

Recipe good(const std::string& text, std::vector<std::pair<std::string, std::string>> options = {},
            std::vector<std::pair<std::string, std::string>> environment = {}) {
    const auto result = load(kHead + text, std::move(options), std::move(environment));
    EXPECT_EQ(problems(result), "");
    return result.recipe;
}

TEST(LoadRecipe, PlainRecipe) {
    const auto recipe = good(
        "np: 3\nkeep_stats_in_res_ds: yes\ntext_keys: content\nprocess:\n"
        "  - text_length_filter:\n      min_len: 5\n      max_ratio: 1e-3\n"
        "  - clean_links_mapper:\n  - document_deduplicator\n");
    EXPECT_EQ(recipe.options.np, 3);
    EXPECT_TRUE(recipe.options.keep_stats_in_res_ds);
    EXPECT_THAT(recipe.options.dataset_path, ElementsAre("in.jsonl"));
    ASSERT_EQ(recipe.ops.size(), 3U);
    EXPECT_EQ(recipe.ops[0].name, "text_length_filter");
    EXPECT_EQ(recipe.ops[0].params, (json{{"min_len", 5}, {"max_ratio", 0.001}, {"text_key", "content"}}));
    EXPECT_EQ(recipe.ops[0].family, "filter");
    EXPECT_EQ(recipe.ops[0].cost, "cheap");
    EXPECT_FALSE(recipe.ops[0].dataset_wide);
    EXPECT_EQ(recipe.ops[1].params, (json{{"text_key", "content"}}));
    EXPECT_TRUE(recipe.ops[2].dataset_wide);
    EXPECT_THAT(recipe.notices, IsEmpty());
}

TEST(LoadRecipe, AllProblemsAtOnceWithTheirPlaces) {
    EXPECT_EQ(
        problems("np: many\n"
                 "keep_stat_in_res_ds: true\n"
                 "process:\n"
                 "  - text_lenght_filter:\n"
                 "      min_len: 5\n"
                 "  - text_length_filter:\n"
                 "      mim_len: 5\n"
                 "      min_len: -1\n"
                 "  - image_blur_mapper:\n"
                 "  - clean_links_mapper: {pattern: (}\n"),
        "r.yaml:3:5: error: np: expected an integer, got the string \"many\"\n"
        "r.yaml:4:1: error: unknown key \"keep_stat_in_res_ds\", did you mean \"keep_stats_in_res_ds\"?\n"
        "r.yaml:6:5: error: unknown operator \"text_lenght_filter\", did you mean \"text_length_filter\"?\n"
        "r.yaml:9:7: error: text_length_filter: unknown parameter \"mim_len\", did you mean \"min_len\"?\n"
        "r.yaml:10:16: error: text_length_filter.min_len: -1 is below the smallest allowed value 0\n"
        "r.yaml:11:5: error: operator \"image_blur_mapper\" is known to Data-Juicer, and not available in "
        "dj-mpi yet\n"
        "r.yaml:12:5: error: clean_links_mapper: the pattern ( lacks its end\n");
}

TEST(LoadRecipe, ShapesOfTheProcessList) {
    EXPECT_EQ(problems("process: text_length_filter\n"),
              "r.yaml:3:10: error: \"process\" takes a list of operators, each begun with \"- \"\n");
    EXPECT_THAT(problems("process:\n  - text_length_filter:\n    min_len: 3\n"),
                HasSubstr("r.yaml:5:5: error: \"min_len\" stands beside \"text_length_filter\": a parameter "
                          "must be indented"));
    EXPECT_THAT(problems("process:\n  - 5\n"), HasSubstr("r.yaml:4:5: error: expected an operator"));
    EXPECT_THAT(problems("process:\n  - [a]\n"), HasSubstr("expected an operator"));
    EXPECT_THAT(problems("process:\n  - text_length_filter: 5\n"), HasSubstr("expected parameters"));
    EXPECT_THAT(problems("text_length_filter:\n  min_len: 5\n"),
                HasSubstr("belongs into the list \"process\""));
    EXPECT_TRUE(good("process: null\n").ops.empty());
    EXPECT_THAT(notices(load(std::string(kHead) + "process: []\n")), HasSubstr("rows are copied"));
}

TEST(LoadRecipe, NotARecipe) {
    EXPECT_THAT(problems(load("")), HasSubstr("r.yaml: error: the recipe is empty"));
    EXPECT_THAT(problems(load("- a\n")), HasSubstr("r.yaml:1:1: error: a recipe is a mapping"));
    EXPECT_THAT(problems(load("just words\n")), HasSubstr("a recipe is a mapping"));
    EXPECT_THAT(problems(load("a: b: c\n")), HasSubstr("r.yaml:1:"));
    EXPECT_THAT(problems(load("process: []\n")), HasSubstr("dataset_path is missing"));
}

TEST(LoadRecipe, StrongerSourcesWin) {
    const std::vector<std::pair<std::string, std::string>> environment{{"DJ_PROCESS_NP", "1"},
                                                                       {"DJ_PROCESS_CHECKPOINT__N_OPS", "9"},
                                                                       {"DJ_PROCESS_PROJECT_NAME", "env"},
                                                                       {"HOME", "/x"}};
    const auto recipe = good("np: 2\nproject_name: file\n", {{"np", "3"}}, environment);
    EXPECT_EQ(recipe.options.np, 3);
    EXPECT_EQ(recipe.options.project_name, "file");
    EXPECT_EQ(recipe.checkpoint.n_ops, 9);
    EXPECT_EQ(to_string(recipe.origin_of("np")), "--np");
    EXPECT_EQ(to_string(recipe.origin_of("project_name")), "r.yaml:4:15");
    EXPECT_EQ(to_string(recipe.origin_of("checkpoint.n_ops")), "DJ_PROCESS_CHECKPOINT__N_OPS");
}

TEST(LoadRecipe, ProblemsOutsideOfTheFileNameTheirSource) {
    EXPECT_EQ(problems(load(kHead, {{"np", "x"}, {"partition.moode", "auto"}, {"no_such_thing", "1"}},
                            {{"DJ_PROCESS_NP", "y"}})),
              "DJ_PROCESS_NP: error: np: expected an integer, got the string \"y\"\n"
              "--np: error: np: expected an integer, got the string \"x\"\n"
              "--partition.moode: error: there is no such option or key, did you mean \"partition.mode\"?\n"
              "--no_such_thing: error: there is no such option or key\n");
    EXPECT_THAT(notices(load(kHead, {}, {{"DJ_PROCESS_NPP", "1"}})),
                HasSubstr("DJ_PROCESS_NPP is no key of a recipe"));
}

TEST(LoadRecipe, SectionsNestedDottedAndFlat) {
    EXPECT_EQ(good("partition:\n  mode: manual\n  num_of_partitions: 8\n").partition.num_of_partitions, 8);
    EXPECT_EQ(good("partition.target_size_mb: 64\n").partition.target_size_mb, 64);
    EXPECT_EQ(good("partition_size: 100\nmax_partition_size_mb: 32\n").partition.size, 100);
    EXPECT_EQ(good("partition:\n  size: 100\npartition_size: 100\n").partition.size, 100);
    EXPECT_EQ(good("max_retries: 7\n").fault_tolerance.max_retries, 7);
    EXPECT_EQ(good("partition: {retry_backoff: linear}\n").fault_tolerance.retry_backoff, "linear");
    EXPECT_EQ(good("storage_format: arrow\n").intermediate_storage.format, "arrow");
    EXPECT_EQ(good("partition:\n").partition.mode, "auto");
    EXPECT_EQ(problems("partition:\n  size: 100\npartition_size: 200\n"),
              "r.yaml:5:17: error: partition_size disagrees with partition.size, which means the same "
              "(r.yaml:4:9)\n");
    EXPECT_THAT(problems("partition: 5\n"), HasSubstr("\"partition\" takes a mapping"));
    EXPECT_THAT(problems("partition: {moed: auto}\n"), HasSubstr("did you mean \"partition.mode\"?"));
    EXPECT_THAT(problems("partition: {mode: automatic}\n"), HasSubstr("is not one of auto, manual"));
    EXPECT_THAT(problems("target_size_mb: 64\n"), HasSubstr("did you mean \"partition.target_size_mb\"?"));
}

TEST(LoadRecipe, AnAliasOnTheCommandLineOverridesTheFile) {
    EXPECT_EQ(good("partition:\n  size: 100\n", {{"partition_size", "7"}}).partition.size, 7);
}

TEST(LoadRecipe, PartitionForms) {
    EXPECT_EQ(good("partition: {num_of_partitions: auto}\n").partition.num_of_partitions, std::nullopt);
    EXPECT_EQ(good("partition: {auto_configure: true}\n").partition.auto_configure, true);
    EXPECT_EQ(good("partition: {auto_configure: true, mode: auto}\n").partition.auto_configure, std::nullopt);
    EXPECT_THAT(problems("partition: {mode: manual, size: 5, num_of_partitions: 5}\n"),
                HasSubstr("exclude each other"));
}

TEST(LoadRecipe, ValuesAsJsonargparseReadsThem) {
    EXPECT_EQ(good("np: \"4\"\n").options.np, 4);
    EXPECT_EQ(good("np: 4.0\n").options.np, 4);
    EXPECT_EQ(good("np: 0x10\n").options.np, 16);
    EXPECT_EQ(good("np: null\n").options.np, std::nullopt);
    EXPECT_TRUE(good("keep_stats_in_res_ds: \"yes\"\n").options.keep_stats_in_res_ds);
    EXPECT_THAT(problems("keep_stats_in_res_ds: 1\n"), HasSubstr("expected true or false, got 1"));
    EXPECT_THAT(problems("project_name: 5\n"), HasSubstr("expected a string, got 5"));
    EXPECT_THAT(problems("project_name: yes\n"), HasSubstr("expected a string, got true"));
    EXPECT_EQ(good("project_name: null\n").options.project_name, "hello_world");
    EXPECT_THAT(good("text_keys: [a, b]\n").options.text_keys, ElementsAre("a", "b"));
    EXPECT_THAT(good("text_keys: \"[a, b]\"\n").options.text_keys, ElementsAre("a", "b"));
    EXPECT_THAT(problems("np: 0\n"), HasSubstr("below the smallest allowed value 1"));
}

TEST(LoadRecipe, ValuesOfTheCommandLine) {
    EXPECT_EQ(good("", {{"project_name", "5"}}).options.project_name, "5");
    EXPECT_TRUE(good("", {{"keep_stats_in_res_ds", "on"}}).options.keep_stats_in_res_ds);
    EXPECT_THAT(good("", {{"text_keys", "a,b"}}).options.text_keys, ElementsAre("a", "b"));
    EXPECT_THAT(good("", {{"suffixes", ".jsonl"}}).options.suffixes, ElementsAre(".jsonl"));
    EXPECT_THAT(good("", {{"dataset_path", "a,b.jsonl"}}).options.dataset_path, ElementsAre("a,b.jsonl"));
    EXPECT_THAT(good("", {{"dataset_path", "[a, b]"}}).options.dataset_path, ElementsAre("a", "b"));
    EXPECT_THAT(good("", {{"dataset_path", "{work_dir}/x: y"}}).options.dataset_path,
                ElementsAre("{work_dir}/x: y"));
    EXPECT_THAT(good("", {{"checkpoint.op_names", "x,y"}}).checkpoint.op_names, ElementsAre("x", "y"));
    EXPECT_EQ(good("np: 5\n", {{"np", "null"}}).options.np, std::nullopt);
    EXPECT_EQ(good("", {{"np", "2"}, {"np", "3"}}).options.np, 3);
    EXPECT_EQ(good("", {{"fault_tolerance.max_faulty_rows", "1%"}}).fault_tolerance.max_faulty_rows, "1%");
    EXPECT_THAT(problems(load(kHead, {{"text_keys", "[a"}})), HasSubstr("--text_keys: error: broken YAML"));
}

TEST(LoadRecipe, OperatorOverridesHitEveryInstance) {
    const auto recipe = good(
        "process:\n  - text_length_filter: {min_len: 1}\n  - clean_links_mapper\n  - text_length_filter\n",
        {{"text_length_filter.min_len", "20"}, {"clean_links_mapper.words", "a,b"}},
        {{"DJ_PROCESS_TEXT_LENGTH_FILTER__MAX_RATIO", "0.25"}});
    for (const auto i : {0U, 2U}) {
        EXPECT_EQ(recipe.ops[i].params["min_len"], 20);
        EXPECT_EQ(recipe.ops[i].params["max_ratio"], 0.25);
    }
    EXPECT_EQ(recipe.ops[1].params["words"], (json{"a", "b"}));
}

TEST(LoadRecipe, WhereOneStringIsNotAListABracketIsText) {
    const auto in_file = [](const std::string& value) {
        return good("process:\n  - replace_content_mapper: {pattern: " + value + "}\n")
            .ops[0]
            .params["pattern"];
    };
    EXPECT_EQ(in_file("'[ab]'"), "[ab]");
    EXPECT_EQ(in_file("'[ab]+,x'"), "[ab]+,x");
    EXPECT_EQ(in_file("['[ab]', 'a,b']"), (json{"[ab]", "a,b"}));
    EXPECT_EQ(in_file("[x]"), json::array({"x"}));
    EXPECT_EQ(in_file("'null'"), "null");
    EXPECT_TRUE(in_file("null").is_null());
    const auto on_line = [](const std::string& value) {
        return good("process:\n  - replace_content_mapper\n", {{"replace_content_mapper.pattern", value}})
            .ops[0]
            .params["pattern"];
    };
    EXPECT_EQ(on_line("[ab]+"), "[ab]+");
    EXPECT_EQ(on_line("[ab]"), json::array({"ab"})) << "a list, as in Data-Juicer";
    EXPECT_EQ(on_line("[a"), "[a");
    EXPECT_EQ(on_line("[1]"), "[1]");
    EXPECT_EQ(on_line("a,b"), "a,b");
    EXPECT_EQ(on_line("['a', \"b,c\"]"), (json{"a", "b,c"}));
    EXPECT_EQ(on_line(""), "");
}

TEST(LoadRecipe, OperatorOverridesThatFitNothing) {
    const std::string text = std::string(kHead) + "process:\n  - text_length_filter: {min_len: 1}\n";
    EXPECT_EQ(problems(load(text, {{"text_length_filter.mim_len", "2"}})),
              "--text_length_filter.mim_len: error: text_length_filter: unknown parameter \"mim_len\", did "
              "you mean \"min_len\"?\n");
    EXPECT_EQ(problems(load(text, {{"text_length_filter.min_len", "x"}})),
              "--text_length_filter.min_len: error: text_length_filter.min_len: expected an integer, got the "
              "string \"x\"\n");
    EXPECT_EQ(
        problems(load(text, {{"text_length_filer.min_len", "2"}})),
        "--text_length_filer.min_len: error: the recipe has no operator \"text_length_filer\", did you mean "
        "\"text_length_filter\"?\n");
    EXPECT_THAT(problems(load(text, {{"clean_links_mapper.pattern", "2"}})),
                HasSubstr("not in this recipe's process"));
    EXPECT_THAT(problems(load(text, {{"foo.bar", "2"}})), HasSubstr("neither a section"));
    EXPECT_EQ(problems(load(text, {}, {{"DJ_PROCESS_CLEAN_LINKS_MAPPER__PATTERN", "x"}})), "");
}

TEST(LoadRecipe, EnvironmentIsWeakerThanTheFileForOperatorsToo) {
    const auto recipe = good("process:\n  - text_length_filter: {min_len: 1}\n", {},
                             {{"DJ_PROCESS_TEXT_LENGTH_FILTER__MIN_LEN", "5"}});
    EXPECT_EQ(recipe.ops[0].params["min_len"], 1);
}

TEST(LoadRecipe, TheWholeProcessFromTheCommandLine) {
    const auto recipe =
        good("process:\n  - clean_links_mapper\n", {{"process", "[{text_length_filter: {min_len: 2}}]"}});
    ASSERT_EQ(recipe.ops.size(), 1U);
    EXPECT_EQ(recipe.ops[0].params["min_len"], 2);
    EXPECT_EQ(problems(load(kHead, {{"process", "[{text_length_filter: {min_len: x}}]"}})),
              "--process: error: text_length_filter.min_len: expected an integer, got the string \"x\"\n");
}

TEST(LoadRecipe, TextKeyIsPutInWhereAbsentOrNull) {
    const auto recipe = good(
        "text_keys: [a, b]\nprocess:\n  - clean_links_mapper: {text_key: null}\n"
        "  - clean_links_mapper: {text_key: b}\n  - text_length_filter\n");
    EXPECT_EQ(recipe.ops[0].params["text_key"], "a");
    EXPECT_EQ(recipe.ops[1].params["text_key"], "b");
    EXPECT_EQ(recipe.ops[2].params["text_key"], "a");
    EXPECT_THAT(problems("text_keys: []\n"), HasSubstr("name the field"));
}

// Recorded from 1.6.1: tests/recipes/topk_on_fields.
TEST(LoadRecipe, ARepeatedOperatorTakesOverWhatItDoesNotName) {
    const auto result =
        load(std::string(kHead) +
             "process:\n  - clean_links_mapper: {pattern: a, batch_size: 9}\n  - text_length_filter\n"
             "  - clean_links_mapper: {batch_size: 5}\n");
    EXPECT_EQ(problems(result), "");
    ASSERT_EQ(result.recipe.ops.size(), 3U);
    EXPECT_EQ(result.recipe.ops[2].params["batch_size"], 5);
    EXPECT_EQ(result.recipe.ops[2].params["pattern"], "a");
    EXPECT_THAT(notices(result),
                HasSubstr("clean_links_mapper takes over pattern=\"a\" from its entry before"));
}

TEST(LoadRecipe, KeysWithoutMeaningAreAnsweredByALine) {
    const auto result = load(std::string(kHead) +
                             "ray_address: x\noverride_num_blocks: 4\nuse_cache: false\nturbo: false\n"
                             "partition: {gpu_probe_warmup_batches: 5}\n"
                             "process:\n  - clean_links_mapper: {batch_size: 5}\n");
    EXPECT_EQ(problems(result), "");
    EXPECT_THAT(notices(result), HasSubstr("override_num_blocks, ray_address: there is no Ray here\n"));
    EXPECT_THAT(notices(result), HasSubstr("use_cache: "));
    EXPECT_THAT(notices(result), HasSubstr("partition.gpu_probe_warmup_batches: "));
    EXPECT_THAT(notices(result), HasSubstr("batch_size (clean_links_mapper): accepted, has no meaning here"));
    EXPECT_THAT(notices(result), testing::Not(HasSubstr("turbo")));
}

TEST(LoadRecipe, FeaturesThatWouldChangeTheResultAreRefused) {
    for (const auto* line :
         {"generated_dataset_config: {type: EmptyFormatter}", "export_aws_credentials: {aws_region: x}",
          "decrypt_after_reading: true", "encrypt_before_export: true", "custom_operator_paths: [a.py]",
          "load_dataset_kwargs: {columns: [a]}", "export_extra_args: {a: 1}", "schema_conflict: widen"}) {
        EXPECT_THAT(problems(std::string(line) + "\n"), HasSubstr("not available yet")) << line;
    }
    for (const auto* line :
         {"validators: []", "generated_dataset_config: null", "export_aws_credentials: null",
          "custom_operator_paths: null", "load_dataset_kwargs: {num_proc: 4}",
          "executor_type: ray_partitioned", "executor_type: mpi", "export_extra_args: {}"}) {
        EXPECT_EQ(problems(std::string(line) + "\n"), "") << line;
    }
    EXPECT_THAT(problems("export_type: csv\n"), HasSubstr("is not one of jsonl, parquet"));
    EXPECT_THAT(problems(load("dataset_path: a\nexport_path: s3://b/c.jsonl\n")), HasSubstr("s3://"));
}

TEST(LoadRecipe, DatasetMapping) {
    const auto with = [](const std::string& dataset) {
        return problems(load("export_path: o.jsonl\ndataset: " + dataset + "\n"));
    };
    EXPECT_EQ(with("{configs: [{type: local, path: a.jsonl}, {path: b}]}"), "");
    EXPECT_THAT(with("{configs: [{type: local, path: a}], max_sample_num: 5}"),
                HasSubstr("max_sample_num: sampling and mixing"));
    EXPECT_THAT(with("{configs: [{type: local, path: a, weight: 2}]}"),
                HasSubstr("weights are not available"));
    EXPECT_THAT(with("{configs: [{type: remote, source: huggingface, path: a}]}"),
                HasSubstr("only local files"));
    EXPECT_THAT(with("{configs: []}"), HasSubstr("expected {configs"));
    EXPECT_THAT(with("{config: [{path: a}]}"), HasSubstr("unknown key \"config\""));
    EXPECT_THAT(with("5"), HasSubstr("expected {configs"));
}

TEST(LoadRecipe, JobsAndPlaces) {
    EXPECT_THAT(problems("job_id: a/b\n"), HasSubstr("r.yaml:3:9: error: job_id: "));
    EXPECT_THAT(problems("job_id: a\nresume: b\n"), HasSubstr("different jobs"));
    EXPECT_EQ(problems("job_id: a\nresume: a\n"), "");
    EXPECT_THAT(problems("work_dir: a/{job_id}/b\n"), HasSubstr("must be the last part"));
    EXPECT_EQ(problems("work_dir: a/{job_id}/\n"), "");
}

TEST(LoadRecipe, CheckpointsAndFaults) {
    EXPECT_THAT(
        problems(
            "checkpoint: {strategy: manual, op_names: [clean_link_mapper]}\nprocess: [clean_links_mapper]\n"),
        HasSubstr(
            "\"clean_link_mapper\" is not in this recipe's process, did you mean \"clean_links_mapper\"?"));
    EXPECT_THAT(problems("checkpoint: {strategy: manual}\n"), HasSubstr("needs checkpoint.op_names"));
    EXPECT_THAT(problems("checkpoint: {interval: soon}\n"), HasSubstr("checkpoint.interval"));
    EXPECT_EQ(problems("checkpoint: {interval: 30, strategy: auto}\n"), "");
    EXPECT_THAT(problems("fault_tolerance: {max_faulty_rows: many}\n"),
                HasSubstr("a share of them such as 1%"));
    EXPECT_THAT(problems("fault_tolerance: {max_faulty_rows: -1}\n"),
                HasSubstr("a share of them such as 1%"));
    EXPECT_THAT(problems("fault_tolerance: {max_faulty_rows: 101%}\n"),
                HasSubstr("a share of them such as 1%"));
    EXPECT_THAT(problems("np: 2\nresources: {threads: 3}\n"), HasSubstr("they disagree"));
    EXPECT_EQ(notices(load(std::string(kHead) + "checkpoint: {enabled: true, n_ops: 2, strategy: every_op}\n"
                                                "process: [clean_links_mapper]\n")),
              "");
    EXPECT_EQ(notices(load(std::string(kHead) + "fault_tolerance: {enabled: true}\n"
                                                "process: [clean_links_mapper]\n")),
              "");
    EXPECT_EQ(notices(load(std::string(kHead) + "event_logging: {enabled: true}\ncheckpoint: {n_ops: 5}\n"
                                                "process: [clean_links_mapper]\n")),
              "");
    EXPECT_EQ(
        notices(load(std::string(kHead) + "checkpoint: {enabled: false}\nprocess: [clean_links_mapper]\n")),
        "");
}

TEST(FaultyRowLimit, CountOrShare) {
    EXPECT_EQ(faulty_row_limit(nullptr).rows, std::nullopt);
    EXPECT_EQ(faulty_row_limit(7).rows, 7U);
    EXPECT_EQ(faulty_row_limit("1%").share, 0.01);
    EXPECT_EQ(faulty_row_limit("0%").share, 0.0);
    for (const auto& bad :
         std::vector<json>{json("1"), json("%"), json("1 %"), json(1.5), json("nan%"), json::array()}) {
        EXPECT_ANY_THROW((void)faulty_row_limit(bad)) << bad;
    }
}

TEST(LoadRecipe, HostileText) {
    EXPECT_THAT(problems(load(std::string("a\0b", 3))), HasSubstr("NUL byte"));
    EXPECT_THAT(problems(load("\xff\xfe\xfd: 1\n")), testing::Not(IsEmpty()));
    EXPECT_THAT(problems(load(std::string(1 << 20, 'x'))), HasSubstr("a recipe is a mapping"));
    EXPECT_THAT(problems(load(kHead + std::string("\"\": 1\n"))), HasSubstr("unknown key \"\""));
    EXPECT_THAT(problems(load(kHead, {{"", "1"}, {".", "1"}, {"a.", "1"}, {".a", "1"}})), HasSubstr("error"));
}

}  // namespace
}  // namespace dj
