// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "ops/mapper/mapped_texts.hpp"

namespace dj::testing {
namespace {

constexpr const char* kOp = "expand_macro_mapper";

TEST(ExpandMacroMapper, ATextThatExplodesGoesToTheQuarantine) {
    std::string doubling = "\\def\\a{" + std::string(2000, 'x') + "}\n";
    for (int i = 0; i < 200'000; ++i) doubling += "\\a ";
    const auto result = run_on_texts(kOp, {}, {doubling, "\\def\\a{b}\n\\a."});
    ASSERT_EQ(result.faults.size(), 1U);
    EXPECT_NE(result.faults[0].find("longer than 256 MiB"), std::string::npos) << result.faults[0];
    ASSERT_EQ(result.rows.size(), 1U) << "the next row is sound";
    EXPECT_EQ(result.rows[0]["text"], "\\defb{b}\nb.");
}

TEST(ExpandMacroMapper, TooManyMacrosGoToTheQuarantine) {
    std::string many;
    for (int i = 0; i < 80'000; ++i) many += "\\def\\m" + std::to_string(i) + "x{v}\n";
    const auto result = run_on_texts(kOp, {}, {many});
    ASSERT_EQ(result.faults.size(), 1U);
    EXPECT_NE(result.faults[0].find("too many steps"), std::string::npos) << result.faults[0];
}

TEST(ExpandMacroMapper, DefinitionsThatLeadNowhereAreLookedAtOnce) {
    std::string nowhere;
    for (int i = 0; i < 300'000; ++i)
        nowhere += "\\newcommand{\\a}{";  // quadratic if each looked for its line's end
    EXPECT_EQ(mapped(kOp, {}, nowhere), nowhere);
}

}  // namespace
}  // namespace dj::testing
