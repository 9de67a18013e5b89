// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <gtest/gtest.h>

#include "support/in_memory_run.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;

TEST(TextLengthFilter, CountsCodePoints) {
    const auto catalog = make_op_catalog();
    const auto result = InMemoryRun(*catalog.find("text_length_filter"), json{{"min_len", 2}, {"max_len", 2}},
                                    {{{"text", "é漢"}},
                                     {{"text", "e\u0301\u200d"}},
                                     {{"text", std::string("\0\0", 2)}},
                                     {{"text", ""}}})
                            .run();
    ASSERT_EQ(result.rows.size(), 2U);
    EXPECT_EQ(result.stats[1]["text_len"], 3);
    EXPECT_EQ(result.rows[1]["__dj__stats__"].dump(), R"({"text_len":2})");
}

TEST(TextLengthFilter, BoundsOf64Bits) {
    const auto catalog = make_op_catalog();
    const auto* const spec = catalog.find("text_length_filter");
    const auto kept = [&](const json& params) {
        return InMemoryRun(*spec, params, {{{"text", "abc"}}}).run().rows.size();
    };
    EXPECT_EQ(kept({{"min_len", std::numeric_limits<std::int64_t>::min()}}), 1U);
    EXPECT_EQ(kept({{"min_len", std::numeric_limits<std::int64_t>::max()}}), 0U);
    EXPECT_EQ(kept({{"min_len", nullptr}, {"max_len", nullptr}}), 1U);
    EXPECT_EQ(kept({{"min_len", 3.0}}), 1U);
    EXPECT_THROW((void)kept({{"min_len", 2.5}}), UserError);
}

}  // namespace
}  // namespace dj::testing
