// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <gtest/gtest.h>

#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"
#include "support/in_memory_run.hpp"

namespace dj::testing {
namespace {

/// The definition, character by character.
std::string expected(const std::string& text) {
    std::string out;
    const auto stripped = python_strip(text);
    for (std::size_t at = 0; at < stripped.size();) {
        const auto point = next_code_point(stripped, at);
        const bool space = point == 9 || point == 0x20 || point == 0x84 || point == 0xA0 ||
                           (point >= 0x2000 && point <= 0x200D) || point == 0x202F || point == 0x205F ||
                           point == 0x2060 || point == 0x3000 || point == 0xFFFC;
        append_code_point(out, space ? U' ' : point);
    }
    return out;
}

TEST(WhitespaceNormalizationMapper, EqualsItsDefinitionOnRandomTexts) {
    const auto catalog = make_op_catalog();
    std::mt19937 random(3);
    static constexpr char32_t kPoints[] = {'a',    'a',    'a',    'a',    'b',    ' ',     '\t',
                                           '\n',   0x84,   0x85,   0xA0,   0xA1,   0x1680,  0x2000,
                                           0x200D, 0x200E, 0x2028, 0x202F, 0x205F, 0x2060,  0x2061,
                                           0x3000, 0x3001, 0xFFFC, 0xFFFD, 0x6F22, 0x1F600, 0x1C};
    std::vector<Row> rows;
    for (int i = 0; i < 3000; ++i) {
        std::string text;
        for (auto length = random() % 100; length > 0; --length)
            append_code_point(text, kPoints[random() % std::size(kPoints)]);
        rows.push_back({{"text", text}});
    }
    const auto result = InMemoryRun(*catalog.find("whitespace_normalization_mapper"), {}, rows).run();
    ASSERT_EQ(result.rows.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(result.rows[i]["text"], expected(rows[i]["text"].get<std::string>())) << rows[i];
    }
}

TEST(WhitespaceNormalizationMapper, DoesNotWriteWhatDoesNotChange) {
    const auto catalog = make_op_catalog();
    const auto op = catalog.find("whitespace_normalization_mapper")->make({});
    auto schema = std::make_shared<BatchSchema>();
    schema->columns.push_back({.name = "text"});
    Batch batch(schema);
    batch.text(0).push_back("plain text\nof 漢字 and \u2014 dashes, longer than one block of bytes");
    batch.origins.resize(1);
    const SampleBinding binding;
    SampleOutput output;
    TextFacts facts;
    facts.reset(batch.text(0).at(0));
    op->map(Sample(batch, binding, 0, output, facts), nullptr);
    EXPECT_FALSE(output.text_written);
}

}  // namespace
}  // namespace dj::testing
