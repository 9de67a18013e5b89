// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "support/in_memory_run.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TopkTest : public ::testing::Test {
protected:
    RunResult run(const json& params, const std::vector<std::string>& values) {
        std::vector<Row> rows;
        for (const auto& value : values) {
            auto row = Row{{"id", rows.size()}};
            if (!value.empty()) row["k"] = Row::parse(value);
            row["m"] = Row{{"k", row.contains("k") ? row["k"] : Row()}};
            if (value.empty()) row["m"].erase("k");
            rows.push_back(row);
        }
        return InMemoryRun(*spec(), params, rows).run();
    }
    std::vector<int> ids(const RunResult& result) {
        std::vector<int> found;
        for (const auto& row : result.rows) found.push_back(row["id"].get<int>());
        return found;
    }
    const OpSpec* spec() { return catalog_.find("topk_specified_field_selector"); }

    OpCatalog catalog_ = make_op_catalog();
};

TEST_F(TopkTest, OrdersExactlyBeyondDoubles) {
    EXPECT_THAT(ids(run({{"field_key", "k"}, {"topk", 3}},
                        {"9007199254740992", "9007199254740993", "9007199254740994", "1.5"})),
                ElementsAre(2, 1, 0));
    EXPECT_THAT(ids(run({{"field_key", "m.k"}, {"topk", 3}},
                        {"9007199254740992", "9007199254740993", "9007199254740994", "1.5"})),
                ElementsAre(2, 0, 1))
        << "nested fields count as doubles";
}

TEST_F(TopkTest, TiesKeepTheirOrderBothWays) {
    EXPECT_THAT(ids(run({{"field_key", "k"}, {"topk", 4}}, {"1", "2", "1.0", "true", "2"})),
                ElementsAre(1, 4, 0, 2));
    EXPECT_THAT(
        ids(run({{"field_key", "k"}, {"topk", 4}, {"reverse", false}}, {"1", "2", "1.0", "true", "2"})),
        ElementsAre(0, 2, 3, 1));
}

TEST_F(TopkTest, RowsWithoutAPlaceAreQuarantined) {
    const auto result = run({{"field_key", "k"}, {"topk", 9}}, {"1", "null", "[1]", "{}", "", "2"});
    EXPECT_THAT(ids(result), ElementsAre(5, 0));
    ASSERT_EQ(result.faults.size(), 4U);
    EXPECT_THAT(result.faults[0], HasSubstr("field k is null"));
    EXPECT_THAT(result.faults[1], HasSubstr("field k is a list"));
    EXPECT_THAT(result.faults[2], HasSubstr("field k is an object"));
    EXPECT_THAT(result.faults[3], HasSubstr("field k is missing"));
    const auto nested = run({{"field_key", "m.k"}, {"topk", 9}}, {"1", "null", "\"x\"", "", "\"nan\"", "[]"});
    EXPECT_THAT(ids(nested), ElementsAre(0, 1, 2, 5));
    EXPECT_THAT(nested.faults,
                ElementsAre(HasSubstr("there is no field m.k"), HasSubstr("field m.k is NaN")));
    EXPECT_THAT(ids(run({{"field_key", "m.k"}, {"topk", 9}, {"reverse", false}}, {"1", "null", "-3", "{}"})),
                ElementsAre(2, 0, 1, 3));
}

TEST_F(TopkTest, MixedKindsAreForTheEngineToRefuse) {
    EXPECT_THROW((void)run({{"field_key", "k"}, {"topk", 1}}, {"1", "\"a\""}), UserError);
    EXPECT_THAT(ids(run({{"field_key", "k"}, {"topk", 2}}, {"\"a\"", "\"é\"", "\"z\""})), ElementsAre(1, 2));
}

TEST_F(TopkTest, CountsRowsAsPythonDoes) {
    const auto count = [&](const json& params, std::uint64_t rows) {
        json all{{"field_key", "k"}};
        all.update(params);
        return spec()->make(all)->select_count(rows);
    };
    EXPECT_EQ(count({{"top_ratio", 0.29}}, 100), 28U);
    EXPECT_EQ(count({{"top_ratio", 0.1}}, 5), 0U);
    EXPECT_EQ(count({{"top_ratio", 0.1}}, 1), 1U) << "a single row is left alone";
    EXPECT_EQ(count({{"top_ratio", 0.5}, {"topk", 3}}, 100), 3U);
    EXPECT_EQ(count({{"top_ratio", 0.5}, {"topk", 80}}, 100), 50U);
    EXPECT_EQ(count({{"top_ratio", 0.5}, {"topk", 0}}, 100), 50U);
    EXPECT_EQ(count({{"top_ratio", 0}, {"topk", 7}}, 100), 7U);
    EXPECT_EQ(count({{"topk", 1000}}, 100), 100U);
    EXPECT_EQ(count({{"top_ratio", 1}}, 1'000'000'000'000), 1'000'000'000'000U);
    EXPECT_EQ(count({{"topk", std::numeric_limits<std::int64_t>::max()}}, 5), 5U);
}

TEST_F(TopkTest, LeavesTheDataSetAloneWithoutANumberOrAField) {
    EXPECT_FALSE(spec()->make(json{{"field_key", "k"}})->reorders());
    EXPECT_FALSE(spec()->make(json{{"topk", 3}})->reorders());
    EXPECT_FALSE(spec()->make(json{{"field_key", "k"}, {"topk", 0}})->reorders());
    EXPECT_TRUE(spec()->make(json{{"field_key", "k"}, {"top_ratio", 1}})->reorders());
    EXPECT_THAT(spec()->make(json{{"field_key", "a.b"}, {"topk", 1}})->fields_read(), ElementsAre("a.b"));
    EXPECT_TRUE(spec()->make(json::object())->fields_read().empty());
    EXPECT_FALSE(spec()->reads_text);
}

}  // namespace
}  // namespace dj::testing
