// SPDX-License-Identifier: Apache-2.0
// Repairs against what ftfy 6.3.1 made of the same texts: tools/unicode/repair_cases.py, which also makes more of them
// ($DJ_REPAIR_CASES, not compressed).
#include "dj/text/text_repair.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/compressed_file.hpp"
#include "text/repair_scanner.hpp"

namespace dj {
namespace {

using nlohmann::json;

struct Case {
    NormalizationForm form;
    std::string text;
    std::string repaired;
};

NormalizationForm form_of(const std::string& name) {
    constexpr std::array<const char*, 4> kNames{"NFC", "NFKC", "NFD", "NFKD"};
    const auto* const found = std::find(kNames.begin(), kNames.end(), name);
    return static_cast<NormalizationForm>(found - kNames.begin());
}

void for_each_case(const std::function<void(const Case&)>& look) {
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    std::unique_ptr<std::istream> lines;
    if (const char* const more = std::getenv("DJ_REPAIR_CASES")) {
        lines = std::make_unique<std::ifstream>(more);
    } else {
        const auto folder = std::filesystem::path(root == nullptr ? "." : root) / "tests/text/data";
        lines =
            std::make_unique<std::istringstream>(testing::read_zstd_file(folder / "repair_cases.jsonl.zst"));
    }
    ASSERT_TRUE(*lines);
    for (std::string line; std::getline(*lines, line);) {
        const auto entry = json::parse(line);
        look({form_of(entry[0]), entry[1], entry[entry.size() - 1]});
    }
}

std::string repaired(std::string_view text, NormalizationForm form = NormalizationForm::nfc) {
    TextRepair repair(form);
    std::string out = "what was there before";
    switch (repair.repair(text, out)) {
        case RepairResult::unchanged: return std::string(text);
        case RepairResult::changed: return out;
        case RepairResult::endless: break;
    }
    return "endless";
}

TEST(TextRepair, GivesWhatFtfyGives) {
    std::vector<TextRepair> repairs;
    for (std::size_t form = 0; form < 4; ++form) repairs.emplace_back(static_cast<NormalizationForm>(form));
    std::size_t cases = 0;
    std::size_t changed = 0;
    std::string out;
    for_each_case([&](const Case& one) {
        const auto result = repairs[static_cast<std::size_t>(one.form)].repair(one.text, out);
        EXPECT_NE(result, RepairResult::endless) << json(one.text);
        const bool differs = result == RepairResult::changed;
        EXPECT_EQ(differs ? out : one.text, one.repaired) << json(one.text);
        // "Changed" is said of texts alone that are not what they were.
        EXPECT_EQ(differs, one.text != one.repaired) << json(one.text);
        ++cases;
        changed += differs ? 1U : 0U;
    });
    EXPECT_GE(cases, 20'000U);
    EXPECT_GT(changed, cases / 2);
}

TEST(TextRepair, TheScannerPassesNothingThatNeedsRepairAndMostOfTheRest) {
    std::size_t right = 0;
    std::size_t passed = 0;
    for_each_case([&](const Case& one) {
        const RepairScanner scanner(one.text, one.form, RepairScanner::Unit::lines, one.text.find('<'));
        const bool passes = scanner.find(0) == one.text.size();
        if (passes) {
            EXPECT_EQ(one.text, one.repaired) << json(one.text);
        }
        right += one.text == one.repaired ? 1U : 0U;
        passed += passes ? 1U : 0U;
    });
    EXPECT_GT(passed, right * 6 / 10);
}

TEST(TextRepair, RepairedTextIsRepairedNoFurther) {
    // ftfy itself finds more to do where a repair has made lines of one, or put a `<` in front of references.
    EXPECT_EQ(repaired(repaired("KÃ¤se â€” “ﬁ”")), "Käse — \"fi\"");
    EXPECT_EQ(repaired("&amp;amp;lt;"), "<");
    EXPECT_EQ(repaired("ÃƒÆ’Ã‚Â©"), "é");
}

TEST(TextRepair, LinesStandForThemselves) {
    // Each line has its own encoding, and the line without one is as it was.
    EXPECT_EQ(repaired("Ã©\néÃ\nÐ¿Ñ€Ð¸Ð²ÐµÑ‚\n"), "é\néÃ\nпривет\n");
    EXPECT_EQ(repaired("&lt;\n<p>&lt;\n&lt;"), "<\n<p>&lt;\n&lt;");
    EXPECT_EQ(repaired("Ã \nx"), "à \nx");
    EXPECT_EQ(repaired(""), "");
    EXPECT_EQ(repaired("\n\n"), "\n\n");
}

TEST(TextRepair, LinesOfMoreThanAMillionCharactersAreCutInPieces) {
    constexpr std::size_t kMillion = 1'000'000;
    const auto many = [](const std::string& piece, std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += piece;
        return text;
    };
    // The cut is between a letter and its accent, in a reference, between two halves of a character.
    const auto mark = std::string(kMillion - 1, 'x') + "e\u0301";
    EXPECT_EQ(repaired(mark), mark);
    EXPECT_EQ(repaired(std::string(kMillion, 'x') + "\u0301e\u0301"), std::string(kMillion, 'x') + "\u0301é");
    const auto reference = std::string(kMillion - 2, 'a') + "&lt;";
    EXPECT_EQ(repaired(reference), reference);
    const auto halves = many("é", kMillion - 1) + "Ã©";
    EXPECT_EQ(repaired(halves), halves);
    // A piece begins as a text does; characters are counted, not bytes; short lines before and after are whole.
    EXPECT_EQ(repaired(many("é", kMillion) + "Ã a"), many("é", kMillion) + "à a");
    EXPECT_EQ(repaired(many("é\n", 10) + std::string(kMillion, 'y') + "Ã©\nÃ©"),
              many("é\n", 10) + std::string(kMillion, 'y') + "é\né");
}

}  // namespace
}  // namespace dj
