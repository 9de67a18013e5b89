// SPDX-License-Identifier: Apache-2.0
#include "dj/text/bpe_tokenizer.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "dj/base/error.hpp"

namespace dj {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using Ids = std::vector<std::uint32_t>;

std::string models_folder() {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    return std::string(root == nullptr ? "." : root) + "/tests/goldens/bpe_models/";
}
std::string read_model(const std::string& name) {
    std::ifstream file(models_folder() + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Ids encode(BpeTokenizer& tokenizer, std::string_view text) {
    Ids ids;
    tokenizer.encode(text, ids);
    return ids;
}

class BpeTokenizers : public testing::TestWithParam<std::string> {};

/// tests/goldens/bpe_models/tokens.jsonl, or the larger file that tools/goldens/bpe_models.py --random has written.
TEST_P(BpeTokenizers, TokensAreThoseOfThePythonPackage) {
    const BpeModel model(read_model(GetParam() + ".json"));
    BpeTokenizer tokenizer(model);
    const char* const more = std::getenv("DJ_TOKEN_SAMPLES");
    std::ifstream file(more != nullptr ? more : models_folder() + "tokens.jsonl");
    std::size_t compared = 0;
    for (std::string line; std::getline(file, line); ++compared) {
        const auto row = json::parse(line);
        const auto text = row["text"].get<std::string>();
        const auto expected = row["ids"][GetParam()].get<Ids>();
        ASSERT_EQ(encode(tokenizer, text), expected) << row["text"];
        ASSERT_EQ(tokenizer.count(text), expected.size()) << "with all pieces in the cache: " << row["text"];
    }
    EXPECT_GT(compared, 300U);
}

TEST_P(BpeTokenizers, TheCacheDoesNotShow) {
    const BpeModel model(read_model(GetParam() + ".json"));
    BpeTokenizer used(model);
    std::mt19937 random(5);
    std::string text;
    for (int i = 0; i < 200'000; ++i) {  // more pieces than are kept
        text += ' ';
        for (auto letters = random() % 9; letters > 0; --letters)
            text += static_cast<char>('a' + random() % 26);
    }
    BpeTokenizer other(model);
    const auto all = encode(used, text);
    EXPECT_EQ(encode(used, text), all);
    EXPECT_EQ(used.count(text), all.size());
    std::uint64_t sum = 0;
    for (std::size_t at = 0; at < text.size();) {
        auto end = text.find(' ', at + 1000);
        end = end == std::string::npos ? text.size() : end;
        while (end > 0 && end < text.size() && text[end - 1] == ' ') --end;  // before all of the white space
        BpeTokenizer fresh(model);
        sum += (at % 8 == 0 ? fresh : other).count(std::string_view(text).substr(at, end - at));
        at = end;
    }
    EXPECT_EQ(sum, all.size());
}

TEST_P(BpeTokenizers, SurvivesBytesThatAreNoUtf8) {
    const BpeModel model(read_model(GetParam() + ".json"));
    BpeTokenizer tokenizer(model);
    std::mt19937 random(7);
    for (int i = 0; i < 2000; ++i) {
        std::string text(random() % 90, ' ');
        for (char& byte : text) byte = static_cast<char>(random() % (i % 2 == 0 ? 256 : 160));
        EXPECT_EQ(encode(tokenizer, text).size(), tokenizer.count(text));
    }
    EXPECT_EQ(tokenizer.count(""), 0U);
}

INSTANTIATE_TEST_SUITE_P(HuggingFace, BpeTokenizers, testing::Values("neox", "llama3", "qwen2"),
                         [](const auto& name) { return name.param; });

std::string error_of(const std::string& bytes) {
    try {
        const BpeModel model(bytes);
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

class BpeRefusals : public testing::Test {
protected:
    /// What is said of the file with another value at `pointer`.
    std::string with(const std::string& pointer, const json& value) const {
        json changed = file_;
        changed[json::json_pointer(pointer)] = value;
        return error_of(changed.dump());
    }
    json file_ = json::parse(read_model("neox.json"));
};

TEST_F(BpeRefusals, WhatIsNoTokenizer) {
    const std::string whole = read_model("neox.json");
    EXPECT_EQ(error_of(whole), "");
    EXPECT_EQ(error_of(""), "it is empty");
    EXPECT_THAT(error_of("<!DOCTYPE html>"), HasSubstr("web page"));
    EXPECT_THAT(error_of("version https://git-lfs.github.com/spec/v1\n"), HasSubstr("pointer of Git LFS"));
    EXPECT_THAT(error_of("\x0A\x05<unk>"), HasSubstr("no tokenizer.json"));
    EXPECT_THAT(error_of("{\"a\": 1}"), HasSubstr("it has no `model`"));
    EXPECT_THAT(error_of("{\"model\": 1}"), HasSubstr("model is of an unknown kind, not BPE"));
    for (const std::size_t size : {std::size_t{1}, whole.size() / 2, whole.size() - 3})
        EXPECT_THAT(error_of(whole.substr(0, size)), StartsWith("it is cut short or damaged (")) << size;
}

TEST_F(BpeRefusals, OtherKindsOfTokenizers) {
    for (const char* const kind : {"WordPiece", "Unigram", "WordLevel"})
        EXPECT_THAT(with("/model/type", kind),
                    AllOf(HasSubstr(std::string("model is ") + kind + ", not BPE; supported are")));
    EXPECT_THAT(with("/model/byte_fallback", true), HasSubstr("byte_fallback"));
    EXPECT_THAT(with("/model/continuing_subword_prefix", "##"), HasSubstr("continuing_subword_prefix"));
    EXPECT_THAT(with("/model/end_of_word_suffix", "</w>"), HasSubstr("end_of_word_suffix"));
    EXPECT_THAT(with("/model/dropout", 0.1), HasSubstr("dropout"));
    EXPECT_THAT(with("/normalizer", {{"type", "Lowercase"}}), HasSubstr("normalizer is Lowercase"));
    EXPECT_THAT(with("/pre_tokenizer", nullptr), HasSubstr("pre_tokenizer is none"));
    EXPECT_THAT(with("/pre_tokenizer", {{"type", "Metaspace"}}), HasSubstr("pre_tokenizer is Metaspace"));
    EXPECT_THAT(with("/pre_tokenizer/add_prefix_space", true), HasSubstr("add_prefix_space"));
    EXPECT_THAT(with("/pre_tokenizer/use_regex", false), HasSubstr("not exactly one pattern"));
    EXPECT_EQ(with("/normalizer", nullptr), "");
}

TEST_F(BpeRefusals, UnknownPatterns) {
    const json bytes = {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}};
    json split = {
        {"type", "Split"}, {"pattern", {{"Regex", "\\w+"}}}, {"behavior", "Isolated"}, {"invert", false}};
    const auto refused = [&] {
        return with("/pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", {split, bytes}}});
    };
    EXPECT_THAT(refused(), HasSubstr("a pattern that is not known here ({\"Regex\":\"\\\\w+\"})"));
    split["pattern"] = {{"String", " "}};
    EXPECT_THAT(refused(), HasSubstr("a pattern that is not known here"));
    split["pattern"] = {
        {"Regex", R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"}};
    EXPECT_EQ(refused(), "");
    split["behavior"] = "Removed";
    EXPECT_THAT(refused(), HasSubstr("Isolated"));
    split.erase("pattern");
    EXPECT_THAT(refused(), HasSubstr("a Split has no pattern"));
}

TEST_F(BpeRefusals, FilesThatContradictThemselves) {
    EXPECT_THAT(with("/model/merges/0", "x"), HasSubstr("merge 0 is no pair of tokens"));
    EXPECT_THAT(with("/model/merges/1", {"a", "b", "c"}), HasSubstr("merge 1 is no pair of tokens"));
    EXPECT_THAT(with("/model/merges/1", 3), HasSubstr("merge 1 is no pair of tokens"));
    EXPECT_THAT(with("/model/merges/0", "qqqq zzzz"), HasSubstr("which is not in its vocabulary"));
    EXPECT_THAT(with("/model/vocab/a", "one"), HasSubstr("the token a has no id"));
    file_["model"]["vocab"].erase("a");
    file_["model"]["merges"] = json::array();
    EXPECT_THAT(error_of(file_.dump()), HasSubstr("no token for the byte 0x61"));
    file_["model"].erase("vocab");
    EXPECT_THAT(error_of(file_.dump()), HasSubstr("its model has no vocab"));
}

/// GPT-NeoX's vocabulary has no tokens for them.
TEST_F(BpeRefusals, BytesThatAreNotInUtf8NeedNoToken) {
    json& vocabulary = file_["model"]["vocab"];
    for (const char* const letter : {"\u00C0", "\u00C1", "\u00F5", "\u00FF"})
        EXPECT_EQ(vocabulary.erase(letter), 1U);
    EXPECT_EQ(error_of(file_.dump()), "");
    EXPECT_EQ(vocabulary.erase("\u00F4"), 1U);
    EXPECT_THAT(error_of(file_.dump()), HasSubstr("no token for the byte 0xf4"));
}

}  // namespace
}  // namespace dj
