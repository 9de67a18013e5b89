// SPDX-License-Identifier: Apache-2.0
#include "dj/recipe/print_config.hpp"

#include <limits>

#include <gmock/gmock.h>

#include "recipe/small_catalog.hpp"
#include "recipe/yaml_tree.hpp"

namespace dj {
namespace {

using nlohmann::json;
using testing::HasSubstr;

Recipe load(const std::string& text, std::vector<RecipeOverride> overrides = {}) {
    const auto result =
        load_recipe({.file = "r.yaml", .text = text, .overrides = std::move(overrides)}, small_catalog());
    EXPECT_TRUE(result.problems.empty())
        << text << (result.problems.empty() ? "" : to_string(result.problems[0]));
    return result.recipe;
}

TEST(PrintConfig, SaysWhereValuesCameFrom) {
    const auto text = print_config(
        load("dataset_path: a b.jsonl\nnp: 2\npartition: {mode: manual}\n"
             "process:\n  - text_length_filter: {min_len: 1}\n",
             {{"np", "--np", "3"}, {"text_length_filter.max_ratio", "--text_length_filter.max_ratio", "1"}}));
    EXPECT_THAT(text, HasSubstr("dataset_path: \"a b.jsonl\"  # r.yaml:1:15\n"));
    EXPECT_THAT(text, HasSubstr("np: 3  # --np\n"));
    EXPECT_THAT(text, HasSubstr("partition:\n  mode: manual  # r.yaml:3:19\n  target_size_mb: 256.0\n"));
    EXPECT_THAT(text, HasSubstr("keep_stats_in_res_ds: false\n"));
    EXPECT_THAT(text, HasSubstr("  - text_length_filter:  # r.yaml:5:5\n      min_len: 1\n      max_ratio: 1 "
                                " # --text_length_filter.max_ratio\n"));
}

TEST(PrintConfig, LoadsAgainTheSame) {
    const std::string text =
        "dataset_path: [a, 'b: c', \"#x\", '1e-3', '']\nexport_path: \"{work_dir}/ü "
        "\\\"q\\\".jsonl\"\nwork_dir: 'yes'\n"
        "text_keys: [content, other]\nfault_tolerance: {max_faulty_rows: 1%, max_retries: 2}\nray_address: "
        "x\n"
        "checkpoint: {interval: 1e3, n_ops: 7}\nload_dataset_kwargs: {num_proc: 4}\nexport_shard_size: "
        "1_000\n"
        "partition: {gpu_probe_warmup_batches: 5, target_size_mb: 0.001, size: null}\n"
        "process:\n  - clean_links_mapper: {pattern: \"a\\nb: [\", words: [yes, 'no', \"1\"]}\n  - "
        "document_deduplicator\n";
    // YAML's yes is no string: the list is given as one.
    const auto quoted = std::string(text).replace(text.find("[yes"), 4, "['yes'");
    const auto first = load(quoted);
    const auto printed = print_config(first);
    const auto second = load(printed);
    EXPECT_EQ(first.settings.size(), [&] {
        std::size_t same = 0;
        for (const auto& [key, setting] : first.settings) {
            const auto other = second.settings.find(key);
            const bool equal = other != second.settings.end() && other->second.value == setting.value;
            EXPECT_TRUE(equal) << key << "\n" << printed;
            same += equal ? 1 : 0;
        }
        return same;
    }());
    ASSERT_EQ(first.ops.size(), second.ops.size());
    for (std::size_t i = 0; i < first.ops.size(); ++i) EXPECT_EQ(first.ops[i].params, second.ops[i].params);
    EXPECT_EQ(second.fault_tolerance.max_retries, 2);
    EXPECT_EQ(second.options.dataset_path, first.options.dataset_path);
    EXPECT_EQ(second.options.export_path, first.options.export_path);
    // Printing what was printed changes only the origins.
    EXPECT_EQ(load(print_config(second)).settings.size(), second.settings.size());
}

TEST(YamlInline, ReadsBackTheSame) {
    for (const auto& value : std::vector<json>{nullptr,
                                               true,
                                               -5,
                                               UINT64_MAX,
                                               0.1,
                                               1e-300,
                                               1e22,
                                               3.0,
                                               "",
                                               "plain",
                                               "yes",
                                               "a: b",
                                               "a\tb\n\"c\"\\",
                                               "\x01",
                                               "𝄞 ü",
                                               json::array(),
                                               json::object(),
                                               {1, {2, "x, y"}, {{"k: k", {{"in", nullptr}}}}}}) {
        std::vector<YamlProblem> problems;
        const auto node = parse_yaml("v: " + yaml_inline(value) + "\n", problems);
        ASSERT_TRUE(node && problems.empty()) << yaml_inline(value);
        EXPECT_EQ(to_json(node->find("v")->value), value) << yaml_inline(value);
    }
    EXPECT_EQ(yaml_inline(std::numeric_limits<double>::infinity()), ".inf");
    EXPECT_EQ(yaml_inline(-std::numeric_limits<double>::infinity()), "-.inf");
}

}  // namespace
}  // namespace dj
