// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "support/in_memory_run.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;

RunResult run(const json& params, const std::string& text) {
    const auto catalog = make_op_catalog();
    return InMemoryRun(*catalog.find("text_chunk_mapper"), params, {{{"id", 7}, {"text", text}}}).run();
}

std::vector<std::string> chunks(const json& params, const std::string& text) {
    std::vector<std::string> result;
    for (const auto& row : run(params, text).rows) {
        EXPECT_EQ(row["id"], 7);
        result.push_back(row["text"].get<std::string>());
    }
    return result;
}

using Chunks = std::vector<std::string>;

TEST(TextChunkMapper, CutsCharactersNotBytes) {
    EXPECT_EQ(chunks({{"max_len", 2}, {"split_pattern", nullptr}}, "é漢😀ab"), (Chunks{"é漢", "😀a", "b"}));
    EXPECT_EQ(chunks({{"max_len", 9}, {"split_pattern", nullptr}}, ""), (Chunks{""}));
}

TEST(TextChunkMapper, CapturedGroupsArePieces) {
    EXPECT_EQ(chunks({{"split_pattern", "(,)|;"}}, "a,b;c"), (Chunks{"a", ",", "b", "c"}));
}

TEST(TextChunkMapper, MoreChunksThanPythonCanRecurse) {
    const auto result = chunks({{"max_len", 2}, {"split_pattern", ","}}, std::string(20'000, 'x'));
    EXPECT_EQ(result.size(), 10'000U);
}

TEST(TextChunkMapper, NoProgressIsAFault) {
    const auto result = run({{"max_len", 2}, {"split_pattern", "^"}}, "abc");
    EXPECT_TRUE(result.rows.empty());
    ASSERT_EQ(result.faults.size(), 1U);
    EXPECT_THAT(result.faults[0], ::testing::HasSubstr("no text can be split"));
}

TEST(TextChunkMapper, FaultyRowsLeaveNoPieces) {
    const auto result = run({{"split_pattern", "x|(a+)+$"}}, "onextwox" + std::string(60, 'a') + "b");
    EXPECT_TRUE(result.rows.empty());
    EXPECT_EQ(result.faults.size(), 1U);
}

TEST(TextChunkMapper, WrongParametersAreTheUsersError) {
    EXPECT_THROW((void)run({{"split_pattern", nullptr}}, ""), UserError);
    EXPECT_THROW((void)run({{"max_len", 0}}, ""), UserError);
    EXPECT_THROW((void)run({{"max_len", 3}, {"overlap_len", 3}}, ""), UserError);
    EXPECT_THROW((void)run({{"tokenizer", "gpt-4o"}}, ""), UserError);
    EXPECT_THROW((void)run({{"split_pattern", "["}}, ""), UserError);
}

}  // namespace
}  // namespace dj::testing
