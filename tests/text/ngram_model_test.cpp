// SPDX-License-Identifier: Apache-2.0
#include "dj/text/ngram_model.hpp"

#include <bit>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "dj/base/error.hpp"

namespace dj {
namespace {

using testing::HasSubstr;

constexpr const char* kForms[] = {"en.arpa.bin",    "de.arpa.bin",     "zh.arpa.bin",
                                  "ru.arpa.bin",    "rest.arpa.bin",   "quantised.arpa.bin",
                                  "array.arpa.bin", "nowords.arpa.bin"};

std::string read(const std::string& name) {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    std::ifstream file(std::string(root == nullptr ? "." : root) + "/tests/goldens/piece_models/" + name,
                       std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<NgramModel::Word> words_of(const NgramModel& model, std::string_view sentence) {
    constexpr std::string_view kSpaces = " \t\n\v\f\r";
    std::vector<NgramModel::Word> words;
    while (true) {
        sentence.remove_prefix(std::min(sentence.find_first_not_of(kSpaces), sentence.size()));
        if (sentence.empty()) return words;
        const auto word = sentence.substr(0, sentence.find_first_of(kSpaces));
        words.push_back(model.word(word));
        sentence.remove_prefix(word.size());
    }
}

std::string error_of(const std::string& bytes) {
    try {
        const NgramModel model(bytes);
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

class NgramForms : public testing::TestWithParam<const char*> {};

TEST_P(NgramForms, ScoresAreThoseOfKenlmToTheBit) {
    const std::string whole = read(GetParam());
    const std::string moved = "x" + whole;  // at an odd address: nothing may need alignment
    const NgramModel model(std::string_view(moved).substr(1));
    std::ifstream file;
    const std::string lines = read("scores.jsonl");
    std::size_t compared = 0;
    for (std::size_t at = 0; at < lines.size(); ++compared) {
        const auto end = lines.find('\n', at);
        const auto row = nlohmann::json::parse(lines.substr(at, end - at));
        at = end + 1;
        const float score = model.score(words_of(model, row["sentence"].get<std::string>()));
        const auto bits = std::stoul(row["scores"][GetParam()].get<std::string>(), nullptr, 16);
        EXPECT_EQ(std::bit_cast<std::uint32_t>(score), bits) << row["sentence"] << " " << score;
    }
    EXPECT_GT(compared, 50U);
}

TEST_P(NgramForms, CutShortAnywhereIsRefused) {
    const std::string whole = read(GetParam());
    const std::size_t step = whole.size() / 97 + 1;
    for (std::size_t size = 0; size < whole.size() / 2; size += step)
        EXPECT_NE(error_of(whole.substr(0, size)), "");
    EXPECT_THAT(error_of(whole.substr(0, 100)),
                HasSubstr("it is cut short: it has 100 bytes and ends in its header"));
    EXPECT_THAT(error_of(whole.substr(0, whole.size() / 2)), HasSubstr("it is cut short"));
}

TEST_P(NgramForms, ReadsNothingOutsideHoweverDamaged) {
    const std::string whole = read(GetParam());
    std::uint32_t state = 1;
    for (int round = 0; round < 150; ++round) {
        // On the heap and exactly as large, so that the sanitizers see a byte too many.
        const auto damaged = std::make_unique<char[]>(whole.size());
        std::ranges::copy(whole, damaged.get());
        for (int hit = 0; hit < 40; ++hit) {
            state = state * 1664525U + 1013904223U;
            damaged[160 + state % (whole.size() - 160)] = static_cast<char>(state >> 24);
        }
        try {
            const NgramModel model(std::string_view(damaged.get(), whole.size()));
            (void)model.score(words_of(model, "\u2581et ao in \u2581shrd et . ao ao in et \u2581 a b c"));
        } catch (const UserError&) {  // is as good
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Kenlm, NgramForms, testing::ValuesIn(kForms), [](const auto& form) {
    const std::string name = form.param;
    return name.substr(0, name.find('.'));
});

TEST(NgramModel, KnowsItsWords) {
    const std::string bytes = read("en.arpa.bin");
    const NgramModel model(bytes);
    EXPECT_EQ(model.word("<unk>"), NgramModel::kUnknown);
    EXPECT_EQ(model.word("nobody says this"), NgramModel::kUnknown);
    EXPECT_NE(model.word("</s>"), NgramModel::kUnknown);
    EXPECT_EQ(model.order(), 4U);
}

TEST(NgramModel, WhatIsNoModelIsTold) {
    EXPECT_EQ(error_of(""), "it is empty");
    EXPECT_THAT(error_of("\n\\data\\\nngram 1=3\n"),
                HasSubstr("it is an ARPA text, not a binary file; make one"));
    EXPECT_THAT(error_of("<!DOCTYPE html>"), HasSubstr("it looks like a web page"));
    EXPECT_THAT(error_of("PK\x03\x04"), HasSubstr("it is not a binary file of KenLM"));
    EXPECT_THAT(error_of("mmap lm http://kheafield.com/code incomplete\n"),
                HasSubstr("whose making was broken off"));
    const auto changed = [](std::size_t at, char byte) {
        std::string bytes = read("en.arpa.bin");
        bytes[at] = byte;
        return error_of(bytes);
    };
    EXPECT_THAT(changed(49, '4'), HasSubstr("it has version 4 of KenLM's format, and 5 is read"));
    EXPECT_THAT(changed(63, 0), HasSubstr("a machine that writes numbers otherwise"));
    EXPECT_THAT(changed(96, 9), HasSubstr("of a kind that is not known here (number 9)"));
    EXPECT_THAT(changed(88, 1), HasSubstr("n-grams of up to 1 words; 2 to 16 can be used"));
    EXPECT_THAT(changed(104, 7), HasSubstr("tables of a version that is not known here"));
    EXPECT_THAT(changed(95, 0), HasSubstr("hash tables"));
    EXPECT_THAT(changed(115, 127), HasSubstr("cut short or damaged"));
}

}  // namespace
}  // namespace dj
