// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "ops/mapper/mapped_texts.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;

constexpr auto kOp = "remove_repeat_sentences_mapper";

TEST(RemoveRepeatSentencesMapper, RemembersTheSentencesOfOneText) {
    std::string first;
    std::string unique;
    for (int i = 0; i < 50'000; ++i) first += "Sentence " + std::to_string(i % 10'000) + ".\n";
    for (int i = 0; i < 10'000; ++i) unique += "Sentence " + std::to_string(i) + ".\n";
    // The second text has the room of the first for its sentences, but none of them.
    const auto texts =
        mapped(kOp, json::object(), std::vector<std::string>{first, "Sentence 1. Sentence 2. Sentence 1."});
    EXPECT_TRUE(texts.at(0) == unique + std::string(40'000, '\n'));
    EXPECT_EQ(texts.at(1), "Sentence 1. Sentence 2.");
}

TEST(RemoveRepeatSentencesMapper, RefusesPython) {
    EXPECT_THROW(mapped(kOp, {{"tokenizer", "lambda text: [text]"}}, "a"), UserError);
}

}  // namespace
}  // namespace dj::testing
