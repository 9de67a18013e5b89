// SPDX-License-Identifier: Apache-2.0
// What every declaration must keep: names, documentation, defaults that pass their own checks, examples that are true.
#include <set>

#include <gtest/gtest.h>

#include "dj/ops/base_params.hpp"
#include "dj/ops/op_page.hpp"
#include "support/in_memory_run.hpp"
#include "support/language_model.hpp"

namespace dj::testing {
namespace {

using nlohmann::json;

TEST(Catalog, FindsByName) {
    const auto catalog = make_op_catalog();
    ASSERT_GE(catalog.all().size(), 6U);
    for (const auto& spec : catalog.all()) EXPECT_EQ(catalog.find(spec.name), &spec);
    EXPECT_EQ(catalog.find("no_such_op"), nullptr);
    EXPECT_EQ(catalog.find(""), nullptr);
}

TEST(Catalog, RefusesTwoOfOneName) {
    std::vector<OpSpec> specs(2);
    specs[0].name = specs[1].name = "twin";
    EXPECT_THROW(OpCatalog{std::move(specs)}, Bug);
}

TEST(Catalog, DeclarationsAreComplete) {
    const auto catalog = make_op_catalog();
    for (const auto& spec : catalog.all()) {
        SCOPED_TRACE(spec.name);
        EXPECT_TRUE(spec.name.ends_with(to_string(spec.family)));
        EXPECT_FALSE(spec.doc.empty());
        EXPECT_FALSE(spec.examples.empty());
        if (spec.family != OpFamily::filter) {
            EXPECT_TRUE(spec.stats.empty());
        }
        if (spec.family != OpFamily::deduplicator) {
            EXPECT_TRUE(spec.hash_column.empty());
        }
        std::set<std::string> names;
        for (const auto& param : spec.params) {
            EXPECT_TRUE(names.insert(param.name).second) << param.name;
            EXPECT_FALSE(param.doc.empty()) << param.name;
            EXPECT_EQ(check_value(param, param.default_value), std::nullopt) << param.name;
        }
        for (const auto* shared :
             {"text_key", "batch_size", "num_proc", "skip_op_error", "accelerator", "image_key"}) {
            EXPECT_TRUE(names.contains(shared)) << shared;
        }
        EXPECT_EQ(names.contains("reversed_range"), spec.family == OpFamily::filter);
        EXPECT_NE(spec.make(json::object()), nullptr) << "the defaults make an operator";
    }
}

/// An example's input or output: one text, or a list of texts or rows.
std::vector<Row> rows_of(const Row& value) {
    if (!value.is_array()) return rows_of(Row::array({value}));
    std::vector<Row> rows;
    for (const auto& item : value) rows.push_back(item.is_object() ? item : Row{{"text", item}});
    return rows;
}

TEST(Catalog, ExamplesAreTrue) {
    const auto catalog = make_op_catalog();
    for (const auto& spec : catalog.all()) {
        if (!has_models(spec)) continue;  // tools/setup.sh --test fetches it
        for (const auto& example : spec.examples) {
            SCOPED_TRACE(spec.name + " " + example.params + " " + example.input);
            auto result = InMemoryRun(with_models(spec), json::parse(example.params),
                                      rows_of(Row::parse(example.input)))
                              .run();
            EXPECT_TRUE(result.faults.empty());
            if (spec.family == OpFamily::filter) {
                EXPECT_EQ(!result.rows.empty(), json::parse(example.output).get<bool>());
                continue;
            }
            for (auto& row : result.rows) row.erase(spec.hash_column);
            EXPECT_EQ(result.rows, rows_of(Row::parse(example.output)));
        }
    }
}

TEST(BaseParams, AreReadByEveryOperator) {
    const auto catalog = make_op_catalog();
    const auto* const spec = catalog.find("text_length_filter");
    EXPECT_EQ(spec->make(json::object())->text_key(), "text");
    EXPECT_EQ(spec->make(json{{"text_key", "meta.body"}})->text_key(), "meta.body");
    EXPECT_EQ(spec->make(json{{"text_key", nullptr}})->text_key(), "text");
    EXPECT_THROW((void)spec->make(json{{"index_key", "id"}}), UserError);
    EXPECT_TRUE(check_values(spec->params, json{{"num_proc", 4}, {"accelerator", "cuda"}, {"memory", "1GB"}})
                    .empty());
    EXPECT_EQ(check_values(spec->params, json{{"batch_size", "x"}}).size(), 1U);
}

TEST(BaseParams, RangesOpenAndCloseLikeDataJuicer) {
    const KeepRange closed{};
    const KeepRange open{.min_closed_interval = false, .max_closed_interval = false};
    const KeepRange outside{.reversed_range = true};
    const KeepRange outside_open{
        .min_closed_interval = false, .max_closed_interval = false, .reversed_range = true};
    const std::optional<int> low = 2;
    const std::optional<int> high = 4;
    const auto kept = [&](const KeepRange& range) {
        std::string result;
        for (int value = 1; value <= 5; ++value) result += range.keeps(value, low, high) ? '1' : '0';
        return result;
    };
    EXPECT_EQ(kept(closed), "01110");
    EXPECT_EQ(kept(open), "00100");
    EXPECT_EQ(kept(outside), "11011");
    EXPECT_EQ(kept(outside_open), "10001");
    EXPECT_TRUE(closed.keeps(1e300, low, std::optional<int>()));
    EXPECT_FALSE(closed.keeps(1, low, std::optional<int>()));
}

TEST(Op, ShapesItDoesNotHaveAreBugs) {
    const auto catalog = make_op_catalog();
    const auto op = catalog.find("text_length_filter")->make(json::object());
    Batch batch(std::make_shared<BatchSchema>());
    const SampleBinding binding;
    SampleOutput output;
    TextFacts facts;
    const Sample sample(batch, binding, 0, output, facts);
    std::string key;
    EXPECT_THROW(op->map(sample, nullptr), Bug);
    EXPECT_THROW(op->key(sample, key, nullptr), Bug);
    EXPECT_THROW((void)op->hash_text("x"), Bug);
}

}  // namespace
}  // namespace dj::testing
