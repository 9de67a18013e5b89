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
using testing::Not;

constexpr auto kHead = "dataset_path: in.jsonl\nexecutor_type: branch\n";  // two lines

RecipeResult load(const std::string& text, std::vector<std::pair<std::string, std::string>> options = {}) {
    RecipeSources sources{.file = "r.yaml", .text = text};
    for (const auto& [name, value] : options) sources.overrides.push_back({name, "--" + name, value});
    return load_recipe(sources, small_catalog());
}

std::string told(const RecipeResult& result) {
    std::string all;
    for (const auto& problem : result.problems) all += to_string(problem) + "\n";
    return all;
}

std::string problems(const std::string& text) { return told(load(kHead + text)); }

Recipe good(const std::string& text, std::vector<std::pair<std::string, std::string>> options = {}) {
    const auto result = load(kHead + text, std::move(options));
    EXPECT_EQ(told(result), "");
    return result.recipe;
}

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

std::vector<std::string> names(const std::vector<OpCall>& ops) {
    std::vector<std::string> all;
    for (const OpCall& op : ops) all.push_back(op.name);
    return all;
}

TEST(BranchList, ChainsOfARecipe) {
    const auto recipe = good(
        "text_keys: content\n"
        "common_process:\n  - clean_links_mapper:\n"
        "branches:\n"
        "  - name: long\n    export_path: long.jsonl\n    retries: 2\n"
        "    process: [text_length_filter: {min_len: 5}]\n"
        "    resources: {ranks: 2, threads: 3, memory_mb: 128, weight: 1.5}\n"
        "  - {name: all}\n"
        "branch: {parallel: no, fail_fast: false, max_workers: 3, retries: 4, backend: ray}\n");
    EXPECT_THAT(names(recipe.ops), ElementsAre("clean_links_mapper"));
    ASSERT_EQ(recipe.branches.size(), 2U);
    const RecipeBranch& first = recipe.branches[0];
    EXPECT_EQ(first.options.name, "long");
    EXPECT_EQ(first.options.export_path, "long.jsonl");
    EXPECT_EQ(first.options.retries, 2);
    EXPECT_EQ(first.resources.ranks, 2);
    EXPECT_EQ(first.resources.threads, 3);
    EXPECT_EQ(first.resources.memory_mb, 128);
    EXPECT_EQ(first.resources.weight, 1.5);
    EXPECT_THAT(names(first.ops), ElementsAre("clean_links_mapper", "text_length_filter"));
    EXPECT_EQ(first.ops[1].params, (json{{"min_len", 5}, {"text_key", "content"}}));
    EXPECT_EQ(first.first_own_op, 1U);
    const RecipeBranch& second = recipe.branches[1];
    EXPECT_THAT(names(second.ops), ElementsAre("clean_links_mapper"));
    EXPECT_EQ(second.first_own_op, 1U);
    EXPECT_FALSE(recipe.branch.parallel);
    EXPECT_FALSE(recipe.branch.fail_fast);
    EXPECT_EQ(recipe.branch.max_workers, 3);
    EXPECT_EQ(recipe.branch.retries, 4);
    EXPECT_THAT(recipe.notices, IsEmpty());
}

TEST(BranchList, BranchesNeedTheirExecutorType) {
    for (const auto* type : {"", "executor_type: ray_partitioned\n"}) {
        const std::string head = std::string("dataset_path: in.jsonl\nexport_path: o.jsonl\n") + type;
        const auto line = std::to_string(*type == 0 ? 3 : 4);
        for (const auto* key : {"branches: [{name: a}]\n", "common_process: [clean_links_mapper]\n"}) {
            EXPECT_EQ(told(load(head + key)), "r.yaml:" + line +
                                                  ":1: error: common_process and branches need "
                                                  "executor_type: branch\n")
                << key;
        }
    }
}

TEST(BranchList, BranchesAreMissing) {
    const auto* const missing =
        "r.yaml:2:16: error: executor_type: branch needs \"branches\": a list with a name and a process for "
        "each\n";
    for (const auto* text : {"", "branches:\n", "branches: []\n", "branches: null\n",
                             "common_process: [clean_links_mapper]\n"}) {
        EXPECT_EQ(problems(text), missing) << text;
    }
    EXPECT_EQ(told(load("dataset_path: a\n", {{"executor_type", "branch"}})),
              "--executor_type: error: executor_type: branch needs \"branches\": a list with a name and a "
              "process for each\n");
}

TEST(BranchList, WrongTypesAreToldOnce) {
    const auto* const list = " takes a list, each entry begun with \"- \"\n";
    EXPECT_EQ(problems("branches: quality\n"), std::string("r.yaml:3:11: error: \"branches\"") + list);
    EXPECT_EQ(problems("branches: {name: a, process: []}\n"),
              std::string("r.yaml:3:11: error: \"branches\"") + list);
    EXPECT_EQ(problems("common_process: {clean_links_mapper: {}}\nbranches: [{name: a}]\n"),
              std::string("r.yaml:3:17: error: \"common_process\"") + list);
    EXPECT_EQ(problems("branches: [{name: a, process: clean_links_mapper}]\n"),
              std::string("r.yaml:3:31: error: \"process\"") + list);
    for (const auto* item : {"a", "[b]", "null", "5"}) {
        EXPECT_EQ(problems(std::string("branches:\n  - ") + item + "\n"),
                  "r.yaml:4:5: error: expected a branch: name, process, export_path\n");
    }
    EXPECT_EQ(problems("branches: [{name: [a]}]\n"),
              "r.yaml:3:19: error: name: expected a string, got the list [\"a\"]\n");
    EXPECT_THAT(problems("branches: [{name: 5}]\n"),
                HasSubstr("r.yaml:3:19: error: name: expected a string"));
    EXPECT_EQ(problems("branches: [{name: a, resources: 2}]\n"),
              "r.yaml:3:33: error: \"resources\" takes a mapping of keys\n");
    EXPECT_THAT(problems("branches: [{name: a, process: [clean_links_mapper: 5]}]\n"),
                HasSubstr("clean_links_mapper: expected parameters"));
    EXPECT_THAT(problems("branch: 5\nbranches: [{name: a}]\n"),
                HasSubstr("r.yaml:3:9: error: \"branch\" takes a mapping of keys"));
}

TEST(BranchList, ProcessHasNoPlaceBesideBranches) {
    const auto* const message =
        "a recipe with branches has common_process and branches; \"process\" has no place in it\n";
    EXPECT_EQ(problems("process: [clean_links_mapper]\nbranches: [{name: a}]\n"),
              std::string("r.yaml:3:1: error: ") + message);
    EXPECT_EQ(
        told(load(std::string(kHead) + "branches: [{name: a}]\n", {{"process", "[clean_links_mapper]"}})),
        std::string("--process: error: ") + message);
}

TEST(BranchList, NamesCanBeFolders) {
    const auto name = [](const std::string& text) { return problems("branches: [{name: " + text + "}]\n"); };
    for (const auto* good_name : {"a", "0", "A-b_c.d+e=f@g,h", "shared", "common-part", "commonly", "schön"})
        EXPECT_EQ(name("\"" + std::string(good_name) + "\""), "") << good_name;
    EXPECT_EQ(name("\"" + std::string(100, 'x') + "\""), "");
    for (const auto* bad :
         {"a/b", "..", ".", ".hidden", "-x", "a b", "a\\tb", "a\\0b", "x/../y", "a:b", "*"}) {
        const auto problem = name("\"" + std::string(bad) + "\"");
        EXPECT_THAT(problem, HasSubstr("r.yaml:3:19: error: name: ")) << bad;
        EXPECT_THAT(problem, HasSubstr("use at most 100 letters, digits and . _ - + = @ ,\n")) << bad;
    }
    EXPECT_THAT(name(std::string(101, 'x')), HasSubstr("cannot name a branch's folders"));
    for (const auto* reserved : {"common", "Common", "shared-0123abcd", "SHARED-x"}) {
        EXPECT_EQ(name(reserved), "r.yaml:3:19: error: name: \"" + std::string(reserved) +
                                      "\" is a name that dj-mpi uses itself; take another\n");
    }
    for (const auto* missing : {"{process: []}", "{name: }", "{name: \"\"}", "{name: null}", "{}"}) {
        EXPECT_THAT(problems(std::string("branches: [") + missing + "]\n"),
                    testing::MatchesRegex("r.yaml:3:[0-9]+: error: a branch needs a name\n"))
            << missing;
    }
}

TEST(BranchList, NamesDifferInMoreThanTheirCase) {
    EXPECT_EQ(problems("branches:\n  - name: Web\n  - name: other\n  - name: web\n"),
              "r.yaml:6:11: error: name: there is another branch \"Web\" (r.yaml:4:5); names must differ in "
              "more than their case\n");
}

TEST(BranchList, InputsAreBranches) {
    const std::string two = "branches:\n  - {name: quality}\n";
    EXPECT_EQ(problems(two + "  - {name: best, input: qualty}\n"),
              "r.yaml:5:25: error: input: there is no branch \"qualty\", did you mean \"quality\"?\n");
    EXPECT_EQ(problems(two + "  - {name: best, input: comon}\n"),
              "r.yaml:5:25: error: input: there is no branch \"comon\", did you mean \"common\"?\n");
    EXPECT_EQ(problems(two + "  - {name: best, input: somewhere_else}\n"),
              "r.yaml:5:25: error: input: there is no branch \"somewhere_else\"\n");
    EXPECT_EQ(problems(two + "  - {name: best, input: Quality}\n"),
              "r.yaml:5:25: error: input: there is no branch \"Quality\", did you mean \"quality\"?\n");
    EXPECT_EQ(problems(two + "  - {name: best, input: null}\n"), "");
}

TEST(BranchList, AnInputIsToldOnceIfItIsACycle) {
    EXPECT_EQ(problems("branches:\n  - {name: a, input: a}\n"),
              "r.yaml:4:22: error: input: the branches take their rows from each other (a -> a)\n");
    // d and e lead into the cycle, and are not on it.
    EXPECT_EQ(
        problems("branches:\n  - {name: e, input: d}\n  - {name: d, input: b}\n  - {name: a, input: b}\n"
                 "  - {name: b, input: c}\n  - {name: c, input: a}\n"),
        "r.yaml:6:22: error: input: the branches take their rows from each other (a -> b -> c -> a)\n");
    EXPECT_EQ(problems("branches:\n  - {name: a, input: b}\n  - {name: b, input: a}\n"
                       "  - {name: c, input: d}\n  - {name: d, input: c}\n"),
              "r.yaml:4:22: error: input: the branches take their rows from each other (a -> b -> a)\n"
              "r.yaml:6:22: error: input: the branches take their rows from each other (c -> d -> c)\n");
}

TEST(BranchList, ABranchOfABranchHasItsOperators) {
    const auto recipe = good(
        "common_process: [clean_links_mapper]\n"
        "branches:\n"
        "  - {name: third, input: second, process: [document_deduplicator]}\n"  // before those it stands on
        "  - {name: second, input: first}\n"
        "  - {name: first, process: [text_length_filter: {min_len: 7}]}\n");
    EXPECT_THAT(names(recipe.branches[0].ops),
                ElementsAre("clean_links_mapper", "text_length_filter", "document_deduplicator"));
    EXPECT_EQ(recipe.branches[0].first_own_op, 2U);
    EXPECT_EQ(recipe.branches[0].ops[1].params["min_len"], 7);
    EXPECT_EQ(names(recipe.branches[1].ops), names(recipe.branches[2].ops));
    EXPECT_EQ(recipe.branches[1].first_own_op, 2U);
}

TEST(BranchList, TheWholeChainIsReadAsOneList) {
    // 1.6.1 gives the second entry of an operator the parameters of the first; so it is in the linear recipe too.
    const auto result = load(std::string(kHead) +
                             "common_process: [text_length_filter: {min_len: 7}]\n"
                             "branches:\n"
                             "  - {name: a, process: [text_length_filter: {max_ratio: 0.25}]}\n"
                             "  - {name: b, process: [clean_links_mapper]}\n"
                             "  - {name: c, process: [text_length_filter: {max_ratio: 0.75}]}\n");
    EXPECT_EQ(told(result), "");
    const auto& branches = result.recipe.branches;
    EXPECT_EQ(branches[0].ops[1].params, (json{{"min_len", 7}, {"max_ratio", 0.25}, {"text_key", "text"}}));
    EXPECT_EQ(branches[2].ops[1].params, (json{{"min_len", 7}, {"max_ratio", 0.75}, {"text_key", "text"}}));
    EXPECT_EQ(result.recipe.notices.size(), 2U);
}

TEST(BranchList, EmptyParts) {
    for (const auto* common : {"", "common_process:\n", "common_process: []\n", "common_process: null\n"}) {
        for (const auto* process : {"", ", process: ", ", process: []", ", process: null"}) {
            const auto recipe = good(std::string(common) + "branches: [{name: a" + process + "}]\n");
            EXPECT_THAT(recipe.ops, IsEmpty());
            ASSERT_EQ(recipe.branches.size(), 1U);
            EXPECT_THAT(recipe.branches[0].ops, IsEmpty());
            EXPECT_EQ(recipe.branches[0].first_own_op, 0U);
        }
    }
}

TEST(BranchList, FiftyBranches) {
    std::string text = "common_process: [clean_links_mapper]\nbranches:\n";
    for (int i = 0; i < 50; ++i) {
        text += "  - {name: b" + std::to_string(i);
        if (i % 10 != 0) text += ", input: b" + std::to_string(i - 1);
        text += ", process: [text_length_filter: {min_len: " + std::to_string(i) + "}]}\n";
    }
    const auto recipe = good(text);
    ASSERT_EQ(recipe.branches.size(), 50U);
    for (std::size_t i = 0; i < 50; ++i) {
        EXPECT_EQ(recipe.branches[i].ops.size(), 2 + i % 10) << i;
        EXPECT_EQ(recipe.branches[i].ops.back().params["min_len"], i);
    }
}

TEST(BranchList, UnknownKeys) {
    EXPECT_EQ(problems("branches:\n  - {name: a, proces: []}\n"),
              "r.yaml:4:15: error: a branch has no key \"proces\", did you mean \"process\"?\n");
    EXPECT_EQ(problems("branches:\n  - {name: a, exportpath: x}\n"),
              "r.yaml:4:15: error: a branch has no key \"exportpath\", did you mean \"export_path\"?\n");
    EXPECT_EQ(problems("branches:\n  - {name: a, colour: red}\n"),
              "r.yaml:4:15: error: a branch has no key \"colour\"\n");
    EXPECT_THAT(problems("branches:\n  - {name: a, resources: {thread: 2}}\n"),
                HasSubstr("\"thread\", did you mean \"threads\"?"));
    // What is good in a branch is none the less unknown in its resources.
    EXPECT_THAT(problems("branches: [{name: a, resources: {retries: 2}}]\n"), HasSubstr("\"retries\""));
    EXPECT_THAT(problems("branch: {max_worker: 2}\nbranches: [{name: a}]\n"),
                HasSubstr("unknown key \"branch.max_worker\", did you mean \"branch.max_workers\"?"));
}

TEST(BranchList, ValuesOutOfTheirBounds) {
    using Case = std::pair<const char*, const char*>;
    for (const auto& [given, problem] :
         {Case{"ranks: 0", "ranks: 0 is below"}, Case{"ranks: -1", "ranks: -1 is below"},
          Case{"ranks: many", "ranks: expected an integer"}, Case{"ranks: 1.5", "ranks: expected an integer"},
          Case{"threads: 0", "threads: 0 is below"}, Case{"threads: [1]", "threads: expected an integer"},
          Case{"memory_mb: 63", "memory_mb: 63 is below"}, Case{"memory_mb: -64", "memory_mb: -64 is below"},
          Case{"memory_mb: 1e30", "memory_mb: "}, Case{"weight: 0", "weight: 0 is below"},
          Case{"weight: -1", "weight: -1 is below"}, Case{"weight: 1001", "weight: 1001 is above"},
          Case{"weight: .nan", "weight: "}, Case{"weight: .inf", "weight: "},
          Case{"weight: heavy", "weight: expected a number"}}) {
        const auto found = problems(std::string("branches: [{name: a, resources: {") + given + "}}]\n");
        EXPECT_THAT(found, HasSubstr("r.yaml:3:")) << given;
        EXPECT_THAT(found, HasSubstr(problem)) << given;
    }
    for (const auto& [given, problem] :
         {Case{"parallel: maybe", "branch.parallel: "}, Case{"parallel: 2", "branch.parallel: "},
          Case{"fail_fast: 5", "branch.fail_fast: "},
          Case{"max_workers: 0", "branch.max_workers: 0 is below"},
          Case{"max_workers: -3", "branch.max_workers: -3 is below"},
          Case{"retries: -1", "branch.retries: -1 is"}, Case{"retries: 1001", "branch.retries: 1001 is"},
          Case{"retries: twice", "branch.retries: "}, Case{"backend: threads", "did you mean \"thread\"?"},
          Case{"backend: 1", "branch.backend: "}}) {
        EXPECT_THAT(problems(std::string("branch: {") + given + "}\nbranches: [{name: a}]\n"),
                    HasSubstr(problem))
            << given;
    }
    EXPECT_THAT(problems("branches: [{name: a, retries: -1}]\n"),
                HasSubstr("r.yaml:3:31: error: retries: -1"));
    EXPECT_THAT(problems("branches: [{name: a, export_path: 5}]\n"), HasSubstr("export_path: "));
    EXPECT_THAT(problems("branches: [{name: a, export_path: \"s3://b/c.jsonl\"}]\n"),
                HasSubstr("r.yaml:3:35: error: export_path: s3:// is not available yet"));
    for (const auto* good_value : {"ranks: 1000000", "threads: 1", "memory_mb: 64", "weight: 0.001",
                                   "weight: 1000", "weight: 1e-3", "ranks: null", "weight: null"}) {
        EXPECT_EQ(problems(std::string("branches: [{name: a, resources: {") + good_value + "}}]\n"), "")
            << good_value;
    }
    EXPECT_EQ(problems("branches: [{name: a, resources: null, retries: null, export_path: null}]\n"), "");
    EXPECT_EQ(good("branches: [{name: a}]\n", {{"branch.max_workers", "null"}, {"branch.retries", "3"}})
                  .branch.retries,
              3);
}

TEST(BranchList, AllProblemsAtOnceWithTheirPlaces) {
    EXPECT_EQ(
        problems("common_process:\n"
                 "  - clean_linsk_mapper:\n"
                 "branches:\n"
                 "  - name: a/b\n"
                 "    process:\n"
                 "      - text_length_filter: {min_len: -1}\n"
                 "  - name: web\n"
                 "    input: quality\n"
                 "    retires: 2\n"
                 "    resources: {ranks: 0}\n"
                 "    process:\n"
                 "      - clean_links_mapper: {pattern: (}\n"
                 "branch: {retries: -1}\n"),
        "r.yaml:4:5: error: unknown operator \"clean_linsk_mapper\", did you mean \"clean_links_mapper\"?\n"
        "r.yaml:6:11: error: name: \"a/b\" cannot name a branch's folders; use at most 100 letters, digits "
        "and . _ - + = @ ,\n"
        "r.yaml:8:39: error: text_length_filter.min_len: -1 is below the smallest allowed value 0\n"
        "r.yaml:10:12: error: input: there is no branch \"quality\"\n"
        "r.yaml:11:5: error: a branch has no key \"retires\", did you mean \"retries\"?\n"
        "r.yaml:12:24: error: ranks: 0 is below the smallest allowed value 1\n"
        "r.yaml:14:9: error: clean_links_mapper: the pattern ( lacks its end\n"
        "r.yaml:15:19: error: branch.retries: -1 is below the smallest allowed value 0\n");
}

TEST(BranchList, ParametersFromTheCommandLine) {
    const std::string text =
        "common_process: [clean_links_mapper]\nbranches:\n"
        "  - {name: a, process: [text_length_filter: {min_len: 7}]}\n  - {name: b}\n";
    const auto recipe =
        good(text, {{"text_length_filter.min_len", "20"}, {"clean_links_mapper.pattern", "x"}});
    EXPECT_EQ(recipe.ops[0].params["pattern"], "x");
    EXPECT_EQ(recipe.branches[0].ops[0].params["pattern"], "x");
    EXPECT_EQ(recipe.branches[0].ops[1].params["min_len"], 20);
    EXPECT_EQ(recipe.branches[1].ops[0].params["pattern"], "x");
    EXPECT_EQ(told(load(kHead + text, {{"document_deduplicator.lowercase", "true"}})),
              "--document_deduplicator.lowercase: error: \"document_deduplicator\" is not in this recipe's "
              "process\n");
}

TEST(BranchList, CheckpointsMayNameAnyBranchsOperator) {
    const std::string text = "branches: [{name: a, process: [text_length_filter]}]\n";
    EXPECT_EQ(problems(text + "checkpoint: {strategy: manual, op_names: [text_length_filter]}\n"), "");
    EXPECT_THAT(problems(text + "checkpoint: {strategy: manual, op_names: [clean_links_mapper]}\n"),
                HasSubstr("is not in this recipe's process"));
}

TEST(BranchList, AliasesAreCopies) {
    const auto recipe = good(
        "common_process: &front [clean_links_mapper, text_length_filter: {min_len: 3}]\n"
        "branches:\n"
        "  - &a {name: a, process: *front, resources: &r {weight: 2}}\n"
        "  - {<<: *a, name: b, resources: *r}\n"
        "  - {name: c, process: []}\n");
    EXPECT_EQ(recipe.branches[0].ops.size(), 4U);
    EXPECT_EQ(names(recipe.branches[1].ops), names(recipe.branches[0].ops));
    EXPECT_EQ(recipe.branches[1].resources.weight, 2);
    EXPECT_EQ(recipe.branches[2].ops.size(), 2U);
}

TEST(BranchList, HostileText) {
    EXPECT_THAT(problems("branches: &b [{name: a, process: *b}]\n"), Not(IsEmpty()));  // holds itself
    EXPECT_THAT(problems("branches: " + repeated("[", 5000) + repeated("]", 5000) + "\n"), Not(IsEmpty()));
    EXPECT_THAT(problems("branches: [{name: a, process: " + repeated("[", 90) + repeated("]", 90) + "}]\n"),
                HasSubstr("expected an operator"));
    EXPECT_THAT(
        problems("branches: [{name: a, resources: " + repeated("{a: ", 90) + repeated("}", 90) + "}]\n"),
        HasSubstr("\"a\""));
    std::string bomb = "a: &a0 [clean_links_mapper]\n";
    for (int i = 1; i < 30; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " + before + "]\n";
    }
    EXPECT_THAT(problems(bomb + "branches: [{name: a, process: *a29}]\n"), HasSubstr("grown too large"));
    EXPECT_THAT(problems("branches: [{name: a, name: b}]\n"), HasSubstr("stands twice"));
    EXPECT_THAT(problems("branches: [{\"\": a, name: b}]\n"), HasSubstr("a branch has no key \"\""));
    EXPECT_THAT(problems("branches: [{[a]: b, name: c}]\n"), HasSubstr("a key must be a word"));
    EXPECT_THAT(problems("branches: [{name: a, process: [null, 5, {}, [], {a: 1, b: 2}]}]\n"),
                HasSubstr("expected an operator"));
    EXPECT_THAT(problems("branches: [{name: !!python/name:os.system a}]\n"), HasSubstr("means nothing"));
}

}  // namespace
}  // namespace dj
