// SPDX-License-Identifier: Apache-2.0
#include "dj/storage/checkpoint_state.hpp"

#include <random>

#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/table.h>
#include <arrow/util/compression.h>
#include <arrow/util/key_value_metadata.h>
#include <gmock/gmock.h>
#include <zstd.h>

#include "dj/base/error.hpp"
#include "storage/checkpoint_samples.hpp"

namespace dj {
namespace {

class CheckpointStateTest : public testing::TestWithParam<CheckpointCompression> {
protected:
    [[nodiscard]] std::string payload(const std::vector<MorselDelta>& morsels,
                                      const nlohmann::json& about = {{"records", 9}}) {
        raw_bytes_ = 0;
        return joined(payload_pieces(sample_columns(), about, morsels, GetParam(), raw_bytes_));
    }
    std::uint64_t raw_bytes_ = 0;
};

TEST_P(CheckpointStateTest, ComesBackToTheLastBit) {
    const std::vector<MorselDelta> morsels{sample_delta(0), empty_delta(1), sample_delta(2)};
    const nlohmann::json about = {{"counters", {{"kept", 5}}}, {"name", "\xC3\xA9\n"}};
    const auto state = StoredState::decode(payload(morsels, about));
    EXPECT_EQ(state.about(), about);
    EXPECT_EQ(state.columns(), sample_columns());
    EXPECT_EQ(state.compression(), GetParam());
    ASSERT_EQ(state.morsels(), morsels.size());
    for (std::size_t i = 0; i < morsels.size(); ++i)
        EXPECT_EQ(as_bytes(state.morsel(i)), as_bytes(morsels[i]));
}

TEST_P(CheckpointStateTest, WithoutMorselsOrColumns) {
    std::uint64_t raw = 0;
    const auto state = StoredState::decode(joined(payload_pieces({}, nullptr, {}, GetParam(), raw)));
    EXPECT_EQ(state.morsels(), 0U);
    EXPECT_TRUE(state.about().is_null());
    MorselDelta gone{.sequence = 3, .base_rows = 1000};
    const auto all_gone = StoredState::decode(joined(payload_pieces({}, 1, {gone}, GetParam(), raw)));
    EXPECT_EQ(as_bytes(all_gone.morsel(0)), as_bytes(gone));
}

TEST_P(CheckpointStateTest, AFiltersStateIsSmall) {
    MorselDelta delta{.base_rows = 100000};
    for (std::uint32_t row = 0; row < 100000; ++row) {
        if (row % 3 != 0) delta.sources.push_back(row);
    }
    const auto bytes = joined(payload_pieces({}, 1, {delta}, GetParam(), raw_bytes_));
    EXPECT_LT(bytes.size(), 2U * 8192 + 2000) << "a bit a row, in blocks of 65,536";
    EXPECT_EQ(StoredState::decode(bytes).morsel(0).sources, delta.sources);
    delta.sources.resize(0);
    for (std::uint32_t row = 0; row < 100000; ++row) delta.sources.push_back(row);
    EXPECT_LT(joined(payload_pieces({}, 1, {delta}, GetParam(), raw_bytes_)).size(), 2000U)
        << "nothing dropped";
}

TEST_P(CheckpointStateTest, ManyRowsOfManySizes) {
    std::mt19937 random(7);
    StateColumns columns{.texts = {"t"}, .scalars = {{"s", ScalarType::float64}}};
    for (const std::uint32_t rows : {1U, 4096U, 70000U}) {
        MorselDelta delta{.sequence = rows, .base_rows = rows};
        for (std::uint32_t row = 0; row < rows; ++row) {
            const auto copies = random() % 4;
            for (std::uint32_t i = 0; i < copies; ++i) delta.sources.push_back(row);
        }
        auto& text = delta.texts.emplace_back();
        for (std::uint32_t row = 0; row < delta.sources.size();
             row += 1 + static_cast<std::uint32_t>(random() % 3)) {
            text.rows.push_back(row);
            text.values.push_back(std::string(random() % 40, 'a'));
        }
        add_numbers(delta, columns);
        const auto bytes = joined(payload_pieces(columns, 1, {delta}, GetParam(), raw_bytes_));
        EXPECT_EQ(as_bytes(StoredState::decode(bytes).morsel(0)), as_bytes(delta));
    }
}

/// Every byte changed, every length cut: the same data, or a refusal. (Files also have hashes; this is what stands
/// between a hostile payload and memory.)
TEST_P(CheckpointStateTest, DamageIsRefusedOrHarmless) {
    const auto whole = payload({sample_delta(0), sample_delta(1)});
    const auto look = [](std::string bytes) {
        try {
            const auto state = StoredState::decode(std::move(bytes));
            for (std::size_t i = 0; i < state.morsels(); ++i) (void)state.morsel(i);
            return true;
        } catch (const EnvironmentError&) {
            return false;
        }
    };
    EXPECT_TRUE(look(whole));
    for (std::size_t length = 0; length < whole.size(); ++length) EXPECT_FALSE(look(whole.substr(0, length)));
    EXPECT_FALSE(look(whole + whole));
    EXPECT_FALSE(look(whole + "x"));
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (const int flip : {0x01, 0x80, 0xFF}) {
            auto damaged = whole;
            damaged[i] = static_cast<char>(damaged[i] ^ flip);
            (void)look(std::move(damaged));
        }
    }
}

TEST_P(CheckpointStateTest, ContradictionsAreBugs) {
    std::uint64_t raw = 0;
    const auto encode = [&](const MorselDelta& delta) {
        (void)StateEncoder(GetParam()).morsel(sample_columns(), delta, raw);
    };
    auto delta = sample_delta(0);
    delta.sources.back() = 9;
    EXPECT_THROW(encode(delta), Bug) << "beyond the base";
    delta = sample_delta(0);
    delta.sources.front() = 3;
    EXPECT_THROW(encode(delta), Bug) << "not ascending";
    delta = sample_delta(0);
    delta.scalars.pop_back();
    EXPECT_THROW(encode(delta), Bug);
    delta = sample_delta(0);
    delta.scalars[0].push_null();
    EXPECT_THROW(encode(delta), Bug);
    delta = sample_delta(0);
    delta.texts[0].rows.pop_back();
    EXPECT_THROW(encode(delta), Bug);
    delta = sample_delta(0);
    delta.texts[0].column = 2;
    EXPECT_THROW(encode(delta), Bug);
}

/// What the payload decompresses to, by the compressors' own means.
std::string plain(const std::string& payload, CheckpointCompression compression) {
    std::string out(payload.size() * 100, '\0');
    if (compression == CheckpointCompression::none) return payload;
    if (compression == CheckpointCompression::zstd) {
        const auto size = ZSTD_decompress(out.data(), out.size(), payload.data(), payload.size());
        EXPECT_EQ(ZSTD_isError(size), 0U);
        out.resize(size);
        return out;
    }
    const auto codec = arrow::util::Codec::Create(arrow::Compression::LZ4_FRAME).ValueOrDie();
    const auto stream = arrow::io::BufferReader::FromString(payload);
    std::string_view rest = payload;
    std::size_t filled = 0;
    while (!rest.empty()) {
        const auto decompressor = codec->MakeDecompressor().ValueOrDie();
        while (!decompressor->IsFinished()) {
            const auto step = decompressor
                                  ->Decompress(static_cast<std::int64_t>(rest.size()),
                                               reinterpret_cast<const std::uint8_t*>(rest.data()),
                                               static_cast<std::int64_t>(out.size() - filled),
                                               reinterpret_cast<std::uint8_t*>(out.data()) + filled)
                                  .ValueOrDie();
            rest.remove_prefix(static_cast<std::size_t>(step.bytes_read));
            filled += static_cast<std::size_t>(step.bytes_written);
        }
    }
    out.resize(filled);
    return out;
}

TEST_P(CheckpointStateTest, ThePiecesAreOneArrowStream) {
    const auto stored = payload({sample_delta(0), empty_delta(1)});
    const auto stream = plain(stored, GetParam());
    EXPECT_EQ(stream.size(), raw_bytes_);
    const auto reader =
        arrow::ipc::RecordBatchStreamReader::Open(arrow::io::BufferReader::FromString(stream)).ValueOrDie();
    const auto table = reader->ToTable().ValueOrDie();
    EXPECT_EQ(table->num_rows(), 2) << "a line a morsel";
    EXPECT_TRUE(table->ValidateFull().ok());
    EXPECT_EQ(table->GetColumnByName("text")->type()->ToString(), "list<item: large_string>");
    EXPECT_EQ(table->schema()->metadata()->Get("dj.partition").ValueOrDie(), R"({"records":9})");
}

INSTANTIATE_TEST_SUITE_P(All, CheckpointStateTest,
                         testing::Values(CheckpointCompression::none, CheckpointCompression::zstd,
                                         CheckpointCompression::lz4),
                         [](const auto& tested) { return std::string(to_string(tested.param)); });

}  // namespace
}  // namespace dj
