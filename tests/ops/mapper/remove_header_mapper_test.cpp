// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "ops/mapper/mapped_texts.hpp"

namespace dj::testing {
namespace {

TEST(RemoveHeaderMapper, HeadingsWithoutEndAreLookedAtOnce) {
    std::string open;
    for (int i = 0; i < 300'000; ++i) open += "\\section[";  // quadratic if each looked for its end
    EXPECT_EQ(mapped("remove_header_mapper", {{"drop_no_head", false}}, open + "}"), open + "}");
    EXPECT_EQ(mapped("remove_header_mapper", {}, "x" + open + "]{}"), open + "]{}");
}

}  // namespace
}  // namespace dj::testing
