// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <gmock/gmock.h>

#include "dj/text/utf8.hpp"
#include "ops/mapper/mapped_texts.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;

constexpr auto kOp = "punctuation_normalization_mapper";

/// Data-Juicer's table.
const std::map<char32_t, std::string>& table() {
    static const std::map<char32_t, std::string> kTable{
        {0xFF0C, ","},  {0x3002, "."}, {0x3001, ","},   {0x201E, "\""}, {0x201D, "\""},  {0x201C, "\""},
        {0xAB, "\""},   {0xBB, "\""},  {0xFF11, "\""},  {0x300D, "\""}, {0x300C, "\""},  {0x300A, "\""},
        {0x300B, "\""}, {0xB4, "'"},   {0x2236, ":"},   {0xFF1A, ":"},  {0xFF1F, "?"},   {0xFF01, "!"},
        {0xFF08, "("},  {0xFF09, ")"}, {0xFF1B, ";"},   {0x2013, "-"},  {0x2014, " - "}, {0xFF0E, ". "},
        {0xFF5E, "~"},  {0x2019, "'"}, {0x2026, "..."}, {0x2501, "-"},  {0x3008, "<"},   {0x3009, ">"},
        {0x3010, "["},  {0x3011, "]"}, {0xFF05, "%"},   {0x25BA, "-"}};
    return kTable;
}

std::string plain(const std::string& text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const auto begin = at;
        const auto found = table().find(next_code_point(text, at));
        result += found != table().end() ? found->second : text.substr(begin, at - begin);
    }
    return result;
}

TEST(PunctuationNormalizationMapper, EveryCharacter) {
    std::vector<std::string> texts;
    for (char32_t point = 0; point < 0x110000; point += 64) {
        if (point >= 0xD800 && point < 0xE000) continue;
        std::string text;
        for (char32_t i = 0; i < 64; ++i) append_code_point(text, point + i);
        texts.push_back(text);
    }
    const auto results = mapped(kOp, json::object(), texts);
    for (std::size_t i = 0; i < texts.size(); ++i) ASSERT_EQ(results[i], plain(texts[i]));
}

TEST(PunctuationNormalizationMapper, EqualsThePlainFormOnRandomTexts) {
    constexpr const char* kPieces[] = {
        "，", "。", "“",      "«",  "´", "—",  "…",      "．",
        "１", "►",  "━",      "∶",  "„", "～", "a",      "plain words of ASCII text",
        "é",  "字", "あ",     "、", "€", "®",  "\u3000", "２",
        "‐",  "😀",  "\u200d", "\n", "ﬁ", "ع"};
    const auto texts = random_texts(30'000, kPieces, 30);
    const auto results = mapped(kOp, json::object(), texts);
    for (std::size_t i = 0; i < texts.size(); ++i) ASSERT_EQ(results[i], plain(texts[i])) << json(texts[i]);
}

TEST(PunctuationNormalizationMapper, EveryPlaceOfABlock) {
    std::vector<std::string> texts;
    for (std::size_t before = 0; before < 40; ++before) {
        for (std::size_t after = 0; after < 20; ++after)
            texts.push_back(std::string(before, 'x') + "—" + std::string(after, 'y'));
    }
    const auto results = mapped(kOp, json::object(), texts);
    for (std::size_t i = 0; i < texts.size(); ++i) ASSERT_EQ(results[i], plain(texts[i]));
}

}  // namespace
}  // namespace dj::testing
