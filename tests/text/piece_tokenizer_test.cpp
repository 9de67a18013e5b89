// SPDX-License-Identifier: Apache-2.0
#include "dj/text/piece_tokenizer.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sentencepiece_processor.h>

#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"

namespace dj {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string read(const std::string& name) {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    std::ifstream file(std::string(root == nullptr ? "." : root) + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}
std::string read_model(const std::string& name) { return read("tests/goldens/piece_models/" + name); }

std::vector<std::string> split(PieceSplitter& splitter, std::string_view text) {
    std::vector<std::string> pieces;
    for (const TextPiece& piece : splitter.split(text)) pieces.emplace_back(piece.text);
    return pieces;
}

std::string error_of(const std::string& bytes) {
    try {
        const PieceModel model(bytes);
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

class Tokenizers : public testing::TestWithParam<const char*> {};

TEST_P(Tokenizers, PiecesAreThoseOfThePythonPackage) {
    const PieceModel model(read_model(GetParam()));
    PieceSplitter splitter(model);
    const std::string lines = read_model("pieces.jsonl");
    std::size_t compared = 0;
    for (std::size_t at = 0; at < lines.size(); ++compared) {
        const auto end = lines.find('\n', at);
        const auto row = nlohmann::json::parse(lines.substr(at, end - at));
        at = end + 1;
        const auto text = row["text"].get<std::string>();
        const auto expected = row["pieces"][GetParam()].get<std::vector<std::string>>();
        EXPECT_EQ(split(splitter, text), expected) << row["text"];
        EXPECT_EQ(split(splitter, text), expected) << "with all words in the cache: " << row["text"];
    }
    EXPECT_GT(compared, 100U);
}

TEST_P(Tokenizers, NumbersAreThoseOfTheirPieces) {
    const PieceModel model(read_model(GetParam()));
    PieceSplitter splitter(model);
    for (const TextPiece& piece : splitter.split("et ao \u4E00 \u2603\u2603 in. 1")) {
        if (piece.number == TextPiece::kNone) continue;
        EXPECT_EQ(model.piece(static_cast<std::size_t>(piece.number)), piece.text);
    }
}

INSTANTIATE_TEST_SUITE_P(SentencePiece, Tokenizers,
                         testing::Values("en.sp.model", "de.sp.model", "zh.sp.model", "ru.sp.model"),
                         [](const auto& name) { return std::string(name.param).substr(0, 2); });

/// Ways that are equally good, and sums of scores so large that they begin anew: recorded with version 0.2.3, which rounds
/// otherwise than the library that is linked.
TEST(PieceSplitter, RoundingChoosesAsInThePythonPackage) {
    const std::string lines = read_model("long.jsonl");
    for (const char* const name : {"en.sp.model", "ru.sp.model", "runs.sp.model"}) {
        const PieceModel model(read_model(name));
        PieceSplitter splitter(model);
        for (std::size_t at = 0; at < lines.size();) {
            const auto end = lines.find('\n', at);
            const auto row = nlohmann::json::parse(lines.substr(at, end - at));
            at = end + 1;
            std::string text;
            for (const auto& part : row["parts"]) {
                for (int i = 0; i < part[1].get<int>(); ++i) text += part[0].get<std::string>();
            }
            std::string joined;
            std::size_t pieces = 0;
            for (const TextPiece& piece : splitter.split(text)) {
                if (pieces++ > 0) joined += '\n';
                joined += piece.text;
            }
            EXPECT_EQ(pieces, row[name]["pieces"]) << name << ' ' << row["parts"];
            EXPECT_EQ(to_hex(md5(joined)), row[name]["md5"]) << name << ' ' << row["parts"];
        }
    }
}

TEST(PieceSplitter, OfEquallyGoodWaysTheFirstIsTaken) {
    const std::string bytes = read_model("runs.sp.model");
    const PieceModel model(bytes);
    ASSERT_TRUE(model.splits_by_words());
    PieceSplitter splitter(model);
    sentencepiece::SentencePieceProcessor library;
    ASSERT_TRUE(library.LoadFromSerializedProto({bytes.data(), bytes.size()}).ok());
    std::size_t differing = 0;
    for (std::size_t size = 1; size < 400; ++size) {
        const std::string text = "a " + std::string(size, '=') + " b";
        const auto ours = split(splitter, text);
        const auto theirs = library.EncodeAsPieces(text);
        EXPECT_EQ(ours.size(), theirs.size())
            << "as many pieces, of the same sizes, in another order: " << size;
        differing += ours == theirs ? 0U : 1U;
    }
    EXPECT_GT(differing, 0U) << "nothing here is a matter of rounding";
}

/// Texts of words that are split by themselves here, and with all before them there: sums of scores grow until rounding
/// chooses between ways that are nearly as good.
TEST(PieceSplitter, LongTextsAreSplitAsTheLibrarySplitsThem) {
    const std::string bytes = read_model("en.sp.model");
    const PieceModel model(bytes);
    ASSERT_TRUE(model.splits_by_words());
    sentencepiece::SentencePieceProcessor library;
    ASSERT_TRUE(library.LoadFromSerializedProto({bytes.data(), bytes.size()}).ok());
    PieceSplitter splitter(model);
    std::mt19937 random(3);
    const std::vector<std::string> parts = {
        "et",     "ao", "in",     "shrd",   "dlu", "e",      "t",  "i",      "o",      "n",
        ".",      "1",  "\u00E9", "\u4E00", "et",  "\u00DF", "r",  "\u0435", "\u03B1", "lu",
        "\u2603", " ",  " ",      " ",      "\n",  "\u00A0", "\t", "\uFB01", "hs",     "ra"};
    for (const std::size_t size : {10U, 300U, 5000U, 60000U, 300000U}) {
        std::string text;
        while (text.size() < size) text += parts[random() % parts.size()];
        const auto pieces = library.EncodeAsPieces(text);
        EXPECT_EQ(split(splitter, text), pieces) << size;
        EXPECT_EQ(split(splitter, text), pieces) << size << ", again";
    }
}

TEST(PieceSplitter, RealTextsAreSplitAsTheLibrarySplitsThem) {
    const std::string bytes = read_model("en.sp.model");
    const PieceModel model(bytes);
    sentencepiece::SentencePieceProcessor library;
    ASSERT_TRUE(library.LoadFromSerializedProto({bytes.data(), bytes.size()}).ok());
    PieceSplitter splitter(model);
    const std::string lines = read("configs/data/quickstart.jsonl");
    std::string all;
    std::size_t compared = 0;
    for (std::size_t at = 0; at < lines.size(); ++compared) {
        const auto end = std::min(lines.find('\n', at), lines.size());
        const auto row = nlohmann::json::parse(lines.substr(at, end - at), nullptr, false);
        at = end + 1;
        if (!row.is_object() || !row.contains("text") || !row["text"].is_string()) continue;
        const auto text = row["text"].get<std::string>();
        all += text + "\n";
        ASSERT_EQ(split(splitter, text), library.EncodeAsPieces(text)) << text;
    }
    EXPECT_GT(compared, 100U);
    EXPECT_EQ(split(splitter, all), library.EncodeAsPieces(all));
}

TEST(PieceSplitter, ManyWordsAreForgottenAndFoundAgain) {
    const PieceModel model(read_model("en.sp.model"));
    PieceSplitter splitter(model);
    const auto before = split(splitter, "et ao in");
    for (int text = 0; text < 6; ++text) {
        std::string words;
        for (int word = 0; word < 20000; ++word) words += std::to_string(text * 20000 + word) + ' ';
        EXPECT_FALSE(splitter.split(words).empty());
    }
    EXPECT_EQ(split(splitter, "et ao in"), before);
}

TEST(PieceModel, SaysWhetherWordsAreIndependent) {
    EXPECT_TRUE(PieceModel(read_model("en.sp.model")).splits_by_words());
    EXPECT_TRUE(PieceModel(read_model("ru.sp.model")).splits_by_words());
    EXPECT_FALSE(PieceModel(read_model("de.sp.model")).splits_by_words()) << "keeps blanks";
    EXPECT_FALSE(PieceModel(read_model("zh.sp.model")).splits_by_words())
        << "merges, and has symbols with blanks";
}

TEST(PieceModel, WhatIsNoModelIsTold) {
    EXPECT_EQ(error_of(""), "it is empty");
    EXPECT_THAT(error_of("<!DOCTYPE html><html></html>"), HasSubstr("it looks like a web page"));
    EXPECT_THAT(error_of("\\data\\\nngram 1=3\n"), HasSubstr("it is not a model of SentencePiece"));
    EXPECT_THAT(error_of(read_model("en.arpa.bin")), HasSubstr("it is not a model of SentencePiece"));
    const std::string whole = read_model("en.sp.model");
    for (const std::size_t size : {std::size_t{3}, std::size_t{1000}, whole.size() / 2, whole.size() - 100})
        EXPECT_THAT(error_of(whole.substr(0, size)), HasSubstr("cut short or damaged")) << size;
}

TEST(PieceSplitter, EmptyTexts) {
    for (const char* const name : {"en.sp.model", "ru.sp.model"}) {
        const PieceModel model(read_model(name));
        PieceSplitter splitter(model);
        EXPECT_THAT(split(splitter, ""), IsEmpty());
        EXPECT_THAT(split(splitter, "   "), IsEmpty());
    }
}

}  // namespace
}  // namespace dj
