// SPDX-License-Identifier: Apache-2.0
#include "dj/data/batch.hpp"

#include <gtest/gtest.h>

#include "dj/base/byte_codec.hpp"
#include "dj/base/error.hpp"
#include "dj/data/sample.hpp"

namespace dj {
namespace {

using Rows = std::vector<std::uint32_t>;

/// An opaque column of integers, as a format might define one.
class Integers final : public OpaqueColumn {
public:
    explicit Integers(std::vector<std::int32_t> given) : values(std::move(given)) {}
    std::size_t size() const override { return values.size(); }
    std::size_t payload_bytes() const override { return values.size() * sizeof(std::int32_t); }
    std::unique_ptr<OpaqueColumn> take(RowIndices rows) const override {
        return Integers({}).appended(*this, rows);
    }
    std::unique_ptr<OpaqueColumn> appended(const OpaqueColumn& other, RowIndices rows) const override {
        auto result = values;
        for (const auto row : rows) result.push_back(dynamic_cast<const Integers&>(other).values[row]);
        return std::make_unique<Integers>(std::move(result));
    }
    std::unique_ptr<OpaqueColumn> clone() const override { return std::make_unique<Integers>(values); }
    void serialise(std::string& out) const override {
        for (const auto value : values) append_value(out, value);
    }

    std::vector<std::int32_t> values;
};

class IntegersDecoder final : public OpaqueDecoder {
public:
    std::unique_ptr<OpaqueColumn> deserialise(std::string_view& in) const override {
        LayoutReader reader(in, "integers");
        std::vector<std::int32_t> values;
        while (!in.empty()) values.push_back(reader.value<std::int32_t>());
        return std::make_unique<Integers>(std::move(values));
    }
    std::unique_ptr<OpaqueColumn> empty() const override {
        return std::make_unique<Integers>(std::vector<std::int32_t>());
    }
};

enum Column : std::size_t { text, raw, score, note, carrier };

std::shared_ptr<const BatchSchema> schema() {
    auto result = std::make_shared<BatchSchema>();
    result->find_or_add({.name = "text", .kind = ColumnKind::text});
    result->find_or_add({.name = "raw", .kind = ColumnKind::json});
    result->find_or_add({.name = "score", .kind = ColumnKind::scalar, .scalar = ScalarType::float64});
    result->find_or_add({.name = "note", .kind = ColumnKind::text});
    result->find_or_add({.name = "carrier", .kind = ColumnKind::opaque});
    result->opaque = std::make_shared<IntegersDecoder>();
    return result;
}

/// Rows 0..n-1; the columns score and note are not filled.
Batch batch_of(std::size_t rows, std::uint32_t file = 0) {
    Batch batch(schema());
    std::vector<std::int32_t> carried;
    for (std::size_t i = 0; i < rows; ++i) {
        batch.origins.push_back({.offset = 100 * i, .row = i, .file = file, .partition = 7});
        batch.text(text).push_back("text " + std::to_string(i));
        batch.json(raw).push_back(i % 2 == 0 ? "{\"a\": 1}" : "");
        carried.push_back(static_cast<std::int32_t>(i * 11));
    }
    batch.set_opaque(carrier, std::make_unique<Integers>(carried));
    return batch;
}

const std::vector<std::int32_t>& carried(const Batch& batch) {
    return dynamic_cast<const Integers&>(batch.opaque(carrier)).values;
}

TEST(BatchSchema, FindsOrAddsByName) {
    BatchSchema columns;
    EXPECT_EQ(columns.find("text"), std::nullopt);
    EXPECT_EQ(columns.find_or_add({.name = "text"}), 0U);
    EXPECT_EQ(columns.find_or_add({.name = "other"}), 1U);
    EXPECT_EQ(columns.find_or_add({.name = "text"}), 0U);
    EXPECT_EQ(columns.find("other"), 1U);
}

TEST(Batch, TakesRowsOfEveryColumn) {
    const auto taken = batch_of(4).take(Rows{3, 1, 1});
    ASSERT_EQ(taken.size(), 3U);
    EXPECT_EQ(taken.text(text).at(0), "text 3");
    EXPECT_EQ(taken.text(text).at(2), "text 1");
    EXPECT_EQ(taken.json(raw).at(1), "");
    EXPECT_EQ(taken.origins[1].offset, 100U);
    EXPECT_EQ(carried(taken), (std::vector<std::int32_t>{33, 11, 11}));
    EXPECT_EQ(taken.scalar(score).size(), 0U) << "a column that nothing filled stays so";
}

TEST(Batch, TakesWithoutOneColumn) {
    auto taken = batch_of(2).take_without(Rows{0, 0, 1}, text);
    EXPECT_EQ(taken.text(text).size(), 0U);
    EXPECT_EQ(taken.size(), 3U);
    for (const auto* piece : {"a", "b", "c"}) taken.text(text).push_back(piece);
    EXPECT_EQ(taken.take(Rows{2}).text(text).at(0), "c");
}

TEST(Batch, FilledAndUnfilledColumnsMeet) {
    auto filled = batch_of(2);
    filled.scalar(score).resize(2);
    filled.scalar(score).set(1, 0.5);
    auto target = batch_of(1);
    target.append(filled, Rows{1});
    ASSERT_EQ(target.scalar(score).size(), 2U);
    EXPECT_FALSE(target.scalar(score).valid(0));
    EXPECT_EQ(target.scalar(score).float64_at(1), 0.5);
    target.append(batch_of(1), Rows{0});
    ASSERT_EQ(target.scalar(score).size(), 3U);
    EXPECT_FALSE(target.scalar(score).valid(2));
    EXPECT_EQ(carried(target), (std::vector<std::int32_t>{0, 11, 0}));
}

TEST(Batch, DroppedValuesAreEmpty) {
    auto batch = batch_of(3);
    const auto before = batch.payload_bytes();
    batch.drop_values(text);
    EXPECT_EQ(batch.text(text).at(2), "");
    EXPECT_LT(batch.payload_bytes(), before);
    EXPECT_EQ(batch.size(), 3U);
}

TEST(Batch, SurvivesSerialisation) {
    auto batch = batch_of(3, 9);
    batch.scalar(score).resize(3);
    batch.scalar(score).set(2, 0.25);
    std::string bytes;
    batch.serialise(bytes);
    batch_of(0).serialise(bytes);
    std::string_view in = bytes;
    const auto read = Batch::deserialise(in, schema());
    const auto empty = Batch::deserialise(in, schema());
    EXPECT_TRUE(in.empty());
    EXPECT_EQ(empty.size(), 0U);
    ASSERT_EQ(read.size(), 3U);
    EXPECT_EQ(read.origins[2].file, 9U);
    EXPECT_EQ(read.origins[2].offset, 200U);
    EXPECT_EQ(read.text(text).at(2), "text 2");
    EXPECT_EQ(read.json(raw).at(0), "{\"a\": 1}");
    EXPECT_EQ(read.scalar(score).float64_at(2), 0.25);
    EXPECT_EQ(carried(read), carried(batch));
    std::string again;
    read.serialise(again);
    EXPECT_EQ(bytes.substr(0, again.size()), again);
}

TEST(Batch, CorruptBytesAreNoMoreThanAnError) {
    std::string bytes;
    batch_of(2).serialise(bytes);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string_view cut(bytes.data(), at);
        EXPECT_THROW((void)Batch::deserialise(cut, schema()), EnvironmentError) << at;
        auto corrupt = bytes;
        corrupt[at] = static_cast<char>(corrupt[at] ^ 0xff);
        std::string_view in = corrupt;
        try {
            const auto read = Batch::deserialise(in, schema());
            EXPECT_EQ(read.take(Rows{0, 1}).size(), 2U) << at;
        } catch (const EnvironmentError&) {
        }
    }
}

TEST(Batch, AnotherSchemaIsRefused) {
    std::string bytes;
    batch_of(1).serialise(bytes);
    auto other = std::make_shared<BatchSchema>();
    other->find_or_add({.name = "text"});
    std::string_view in = bytes;
    EXPECT_THROW((void)Batch::deserialise(in, other), EnvironmentError);
}

TEST(Sample, SeesFieldsAsJson) {
    auto batch = batch_of(2);
    batch.scalar(score).resize(2);
    batch.scalar(score).set(0, 1e16);
    for (const auto* note_text : {"say \"hi\"\n", ""}) batch.text(note).push_back(note_text);
    const SampleBinding binding{.text_column = text, .field_columns = {raw, score, note}};
    SampleOutput output;
    TextFacts facts;
    std::string buffer;
    facts.reset(batch.text(text).at(0));
    const Sample first(batch, binding, 0, output, facts);
    EXPECT_EQ(first.text(), "text 0");
    EXPECT_EQ(first.field_json(0, buffer), "{\"a\": 1}");
    EXPECT_EQ(first.field_json(1, buffer), "1e+16");
    EXPECT_EQ(first.field_json(2, buffer), R"("say \"hi\"\n")");
    const Sample second(batch, binding, 1, output, facts);
    EXPECT_EQ(second.field_json(0, buffer), "");
    EXPECT_EQ(second.field_json(1, buffer), "");
    EXPECT_EQ(second.field_json(2, buffer), "\"\"");
}

TEST(Sample, RemembersWhatAnOperatorWroteOrWhyItFailed) {
    const auto batch = batch_of(1);
    const SampleBinding binding{};
    SampleOutput output;
    TextFacts facts;
    const Sample sample(batch, binding, 0, output, facts);
    EXPECT_FALSE(output.text_written);
    sample.rewrite_text() += "new";
    EXPECT_TRUE(output.text_written);
    EXPECT_EQ(output.text, "new");
    sample.fail("why");
    EXPECT_TRUE(sample.failed());
    output.reset();
    EXPECT_FALSE(sample.failed());
}

}  // namespace
}  // namespace dj
