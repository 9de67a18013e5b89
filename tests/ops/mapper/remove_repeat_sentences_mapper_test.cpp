// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "ops/mapper/mapped_texts.hpp"

namespace dj::testing {
namespace {

constexpr const char* kOp = "remove_repeat_sentences_mapper";

TEST(RemoveRepeatSentencesMapper, KnowsASentenceAmongMany) {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += "Sentence " + std::to_string(i) + ".";
    const auto twice = text + text;
    // The second half has nothing new; the next text knows nothing of the first.
    EXPECT_EQ(mapped(kOp, {}, std::vector{twice, std::string("Sentence 7. Sentence 8.")}),
              (std::vector{text, std::string("Sentence 7. Sentence 8.")}));
}

TEST(RemoveRepeatSentencesMapper, RefusesATokenizer) {
    EXPECT_THROW((void)run_on_texts(kOp, {{"tokenizer", "lambda text: text.split()"}}, {"a"}), UserError);
}

}  // namespace
}  // namespace dj::testing
