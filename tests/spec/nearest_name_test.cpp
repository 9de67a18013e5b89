// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "dj/spec/param.hpp"

namespace dj {
namespace {

TEST(NearestName, FindsSlipsOfTheHand) {
    const std::vector<std::string> names{"min_len", "max_len", "text_key", "document_deduplicator", "np"};
    EXPECT_EQ(nearest_name("mim_len", names), "min_len");
    EXPECT_EQ(nearest_name("mni_len", names), "min_len") << "neighbours swapped";
    EXPECT_EQ(nearest_name("minlen", names), "min_len");
    EXPECT_EQ(nearest_name("Min-Len", names), "min_len");
    EXPECT_EQ(nearest_name("document_dedup", names), "document_deduplicator")
        << "the beginning of a long name";
    EXPECT_EQ(nearest_name("document_deduplicater", names), "document_deduplicator");
    EXPECT_EQ(nearest_name("pn", names), "np");
}

TEST(NearestName, SuggestsNothingFarAway) {
    const std::vector<std::string> names{"min_len", "max_len"};
    EXPECT_EQ(nearest_name("temperature", names), std::nullopt);
    EXPECT_EQ(nearest_name("", names), std::nullopt);
    EXPECT_EQ(nearest_name("min_len", {}), std::nullopt);
    EXPECT_EQ(nearest_name(std::string(100'000, 'm'), names), std::nullopt);
}

}  // namespace
}  // namespace dj
