// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "ops/mapper/mapped_texts.hpp"

namespace dj::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kOp = "fix_unicode_mapper";

TEST(FixUnicodeMapper, RepairsRowsByThemselves) {
    EXPECT_THAT(mapped(kOp, {}, {"KÃ¤se", "plain", "“ﬁ”\r\n", ""}),
                ElementsAre("Käse", "plain", "\"fi\"\n", ""));
}

TEST(FixUnicodeMapper, NormalizesToTheFormThatIsAskedFor) {
    const std::string text = "e\u0301 é ²";
    EXPECT_EQ(mapped(kOp, {}, text), "é é ²");
    EXPECT_EQ(mapped(kOp, {{"normalization", nullptr}}, text), "é é ²");
    EXPECT_EQ(mapped(kOp, {{"normalization", ""}}, text), "é é ²");
    EXPECT_EQ(mapped(kOp, {{"normalization", "nfkc"}}, text), "é é 2");
    EXPECT_EQ(mapped(kOp, {{"normalization", "NFD"}}, text), "e\u0301 e\u0301 ²");
    EXPECT_EQ(mapped(kOp, {{"normalization", "NfKd"}}, text), "e\u0301 e\u0301 2");
}

TEST(FixUnicodeMapper, AFormThatIsNoneIsTheUsersError) {
    try {
        (void)mapped(kOp, {{"normalization", "NFX"}}, "a");
        FAIL();
    } catch (const UserError& error) {
        EXPECT_THAT(error.what(), HasSubstr("'NFX' is not supported; it can be NFC, NFKC, NFD or NFKD"));
    }
    EXPECT_THROW((void)mapped(kOp, {{"normalization", 1}}, "a"), UserError);
}

}  // namespace
}  // namespace dj::testing
