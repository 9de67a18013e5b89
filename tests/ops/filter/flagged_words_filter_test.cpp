// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/in_memory_run.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;

double share_in(const std::string& text, const json& params = json::object()) {
    const auto catalog = make_op_catalog();
    const auto result = InMemoryRun(*catalog.find("flagged_words_filter"), params, {{{"text", text}}}).run();
    EXPECT_TRUE(result.faults.empty());
    return result.stats.at(0)["flagged_words_ratio"].get<double>();
}

TEST(FlaggedWordsFilter, LooksInTheListThatComesWithTheProgram) {
    EXPECT_EQ(share_in("PORN! and nothing else"), 0.25);
    EXPECT_EQ(share_in("Arschloch"), 0.0);
    EXPECT_EQ(share_in("Arschloch", {{"lang", "de"}}), 1.0);
    EXPECT_EQ(share_in("Arschloch porn", {{"lang", "all"}}), 1.0);
    EXPECT_EQ(share_in("classic Scunthorpe assessment of a cocktail"), 0.0) << "whole words only";
}

TEST(FlaggedWordsFilter, KeepsLittleByDefault) {
    const auto catalog = make_op_catalog();
    const auto kept = [&](std::size_t clean_words) {
        std::string text = "porn";
        for (std::size_t i = 0; i < clean_words; ++i) text += " clean";
        return InMemoryRun(*catalog.find("flagged_words_filter"), json::object(), {{{"text", text}}})
                   .run()
                   .rows.size() == 1;
    };
    EXPECT_FALSE(kept(21));  // 1/22 = 0.04545...
    EXPECT_TRUE(kept(22));   // 1/23 = 0.04347...
}

}  // namespace
}  // namespace dj::testing
