// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "ops/mapper/mapped_texts.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;

constexpr auto kOp = "remove_table_text_mapper";

/// What Data-Juicer does: one pattern for each number of columns.
json as_patterns(int min_col, int max_col) {
    json patterns = json::array();
    for (int columns = min_col; columns <= max_col; ++columns)
        patterns.push_back(R"((?<=\n)((\S+?)([ |\t](\S+?)){)" + std::to_string(columns - 1) + R"(}\n+){2,})");
    return {{"pattern", patterns}, {"repl", ""}};
}

TEST(RemoveTableTextMapper, IsWhatThePatternsDo) {
    constexpr const char* kPieces[] = {"a", "|", " ", "\n", "\n", "\t", "漢", "||", "\n\n", "\u3000"};
    const auto texts = random_texts(20'000, kPieces, 30);
    EXPECT_EQ(mapped(kOp, {{"max_col", 6}}, texts),
              mapped("replace_content_mapper", as_patterns(2, 6), texts));
}

TEST(RemoveTableTextMapper, HasNoTextsThatTakeLong) {
    std::string text = "x\n";
    for (int i = 0; i < 200'000; ++i) text += "|a|||b|\n";
    EXPECT_EQ(mapped(kOp, json::object(), text), "x\n");
    const std::string bars(3'000'000, '|');
    EXPECT_TRUE(mapped(kOp, json::object(), bars) == bars);
}

}  // namespace
}  // namespace dj::testing
