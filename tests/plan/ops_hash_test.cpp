// SPDX-License-Identifier: Apache-2.0
#include "dj/plan/ops_hash.hpp"

#include <functional>
#include <limits>
#include <set>

#include <gtest/gtest.h>

namespace dj {
namespace {

OpsIdentity identity() {
    return {.input = "0a0b",
            .input_format = "jsonl",
            .text_key = "text",
            .text_fields = {"text"},
            .morsel_bytes = 1 << 19};
}

OpCall op(std::string name, nlohmann::json params = nlohmann::json::object()) {
    return {.name = std::move(name), .params = std::move(params)};
}

std::vector<OpCall> recipe() {
    return {op("clean_email_mapper"), op("text_length_filter", {{"min_len", 10}, {"max_len", 100}}),
            op("document_deduplicator")};
}

TEST(OpsHash, OnePerPositionAndAllDifferent) {
    const auto hashes = ops_hashes(identity(), recipe());
    ASSERT_EQ(hashes.size(), 4U);
    EXPECT_EQ(std::set<Digest128>(hashes.begin(), hashes.end()).size(), 4U);
    EXPECT_EQ(ops_hashes(identity(), {}).front(), hashes.front());
}

/// Stored states of other machines and of earlier builds must be found again. A change here is one of kOpsHashVersion.
TEST(OpsHash, IsTheSameOnEveryMachine) {
    const auto hashes = ops_hashes(identity(), recipe());
    EXPECT_EQ(to_hex(hashes[0]), "d9dc4c5e8605e41642866bf07abcfc41");
    EXPECT_EQ(to_hex(hashes[3]), "d7fdf4a2781e7bd72ac54e74323142c7");
}

TEST(OpsHash, AnEditChangesWhatComesAfterItAlone) {
    const auto before = ops_hashes(identity(), recipe());
    auto edited = recipe();
    edited[1].params["min_len"] = 20;
    const auto after = ops_hashes(identity(), edited);
    EXPECT_EQ(after[0], before[0]);
    EXPECT_EQ(after[1], before[1]);
    EXPECT_NE(after[2], before[2]);
    EXPECT_NE(after[3], before[3]);
    EXPECT_EQ(common_prefix(recipe(), edited), 1U);
}

TEST(OpsHash, TheOrderOfParametersDoesNotCount) {
    const auto a = nlohmann::json::parse(R"({"min_len": 1, "max_len": 2})");
    const auto b = nlohmann::json::parse(R"({"max_len": 2, "min_len": 1})");
    EXPECT_EQ(ops_hashes(identity(), {op("f", a)}), ops_hashes(identity(), {op("f", b)}));
}

TEST(OpsHash, ValuesThatLookAlikeAreNotTheSame) {
    const double infinity = std::numeric_limits<double>::infinity();
    const std::vector<nlohmann::json> values{1,
                                             1.5,
                                             "1",
                                             "",
                                             nullptr,
                                             true,
                                             false,
                                             nlohmann::json::array(),
                                             nlohmann::json::object(),
                                             -1,
                                             0,
                                             std::string(1, '\0'),
                                             1e9,
                                             infinity,
                                             -infinity,
                                             {1, 2},
                                             {12},
                                             {{"a", 1}}};
    std::set<Digest128> seen;
    for (const auto& value : values) seen.insert(ops_hashes(identity(), {op("f", {{"p", value}})}).back());
    EXPECT_EQ(seen.size(), values.size());
}

TEST(OpsHash, WordsCount) {
    std::set<Digest128> seen;
    const std::vector<std::optional<std::vector<std::string>>> lists{std::nullopt, {{}},     {{"a"}},
                                                                     {{"a", "b"}}, {{"ab"}}, {{"\xff\xfe"}}};
    for (const auto& words : lists) {
        auto call = op("stopwords_filter");
        call.words = words;
        seen.insert(ops_hashes(identity(), {call}).back());
    }
    EXPECT_EQ(seen.size(), lists.size());
}

TEST(OpsHash, ModelsCountByWhatIsInThem) {
    auto call = op("language_id_score_filter");
    const auto none = ops_hashes(identity(), {call});
    call.models = {{.path = "/a/lid.176.ftz", .size_bytes = 7, .hash = "00"}};
    const auto here = ops_hashes(identity(), {call});
    EXPECT_NE(here, none);
    call.models[0].path = "/b/model.ftz";
    EXPECT_EQ(ops_hashes(identity(), {call}), here) << "another place";
    call.models[0].hash = "01";
    EXPECT_NE(ops_hashes(identity(), {call}), here);
}

TEST(OpsHash, CostAndFamilyDoNotCount) {
    auto call = op("f");
    call.cost = "dear";
    call.family = "filter";
    call.dataset_wide = true;
    EXPECT_EQ(ops_hashes(identity(), {call}), ops_hashes(identity(), {op("f")}));
}

TEST(OpsHash, WhatChangesRowsOrMorselsCounts) {
    const std::vector<std::function<void(OpsIdentity&)>> changes{
        [](auto& id) { id.input = "ff"; },         [](auto& id) { id.input_format = "parquet"; },
        [](auto& id) { id.text_key = "content"; }, [](auto& id) { id.text_fields.emplace_back("b"); },
        [](auto& id) { id.repair_utf8 = true; },   [](auto& id) { id.keep_stats = true; },
        [](auto& id) { id.keep_hashes = true; },   [](auto& id) { id.morsel_bytes = 1; }};
    std::set<Digest128> seen{ops_hashes(identity(), {}).front()};
    for (const auto& change : changes) {
        auto other = identity();
        change(other);
        EXPECT_TRUE(seen.insert(ops_hashes(other, {}).front()).second);
    }
    auto twice = identity();
    twice.text_fields = {"text", "text"};
    EXPECT_EQ(ops_hashes(twice, {}), ops_hashes(identity(), {}));
}

TEST(CommonPrefix, EndsWithTheShorter) {
    auto longer = recipe();
    longer.push_back(op("x"));
    EXPECT_EQ(common_prefix(recipe(), longer), 3U);
    EXPECT_EQ(common_prefix(longer, recipe()), 3U);
    EXPECT_EQ(common_prefix({}, longer), 0U);
    EXPECT_EQ(common_prefix({op("x")}, recipe()), 0U);
}

}  // namespace
}  // namespace dj
