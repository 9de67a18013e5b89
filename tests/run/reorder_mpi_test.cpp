// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>

#include "dj/base/byte_stream.hpp"
#include "dj/base/error.hpp"
#include "dj/ops/order_key.hpp"
#include "run/key_order.hpp"
#include "run/staged_rows.hpp"

namespace dj {
namespace {

using testing::HasSubstr;
constexpr std::uint64_t kAmple = 1ULL << 30;
constexpr std::uint64_t kAllRows = ~std::uint64_t{0};

/// A selector of which only the resolving half is asked for.
class Selector final : public Op {
public:
    Selector(bool descending, std::uint64_t count) : descending_(descending), count_(count) {}
    [[nodiscard]] bool descending() const override { return descending_; }
    [[nodiscard]] std::uint64_t select_count(std::uint64_t rows) const override {
        return std::min(rows, count_);
    }
    [[nodiscard]] std::string text_key() const override { return "text"; }

private:
    const bool descending_;
    const std::uint64_t count_;
};

std::string number_key(std::int64_t value) {
    std::string key;
    append_order_key(key, value);
    return key;
}
std::string string_key(std::string_view value) {
    std::string key;
    append_order_key(key, value);
    return key;
}

std::vector<std::uint64_t> plain_sort(const std::vector<std::string>& keys, bool descending,
                                      std::uint64_t count) {
    std::vector<std::uint64_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::uint64_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::uint64_t a, std::uint64_t b) {
        return descending ? keys[a] > keys[b] : keys[a] < keys[b];
    });
    order.resize(std::min<std::uint64_t>(order.size(), count));
    return order;
}

class Reorder : public testing::Test {
protected:
    struct Figures {
        std::uint64_t partitions = 0;
        std::uint64_t ranks_with_rows = 0;
        std::uint64_t largest_partition_bytes = 0;
    };

    /// Reorders, gathers what arrived everywhere and compares with a plain sort on every rank.
    Figures expect_sorted(const StagedKeys& keys, bool descending, std::uint64_t count,
                          std::uint64_t memory_bytes, const StagedRows::TextBytes& text_bytes = {}) {
        StagedRows rows(world_);
        std::vector<StagedPartition> mine = rows.stage(keys, text_bytes);
        const std::vector<std::string> all = flatten(keys);
        const std::vector<std::uint64_t> expected = plain_sort(all, descending, count);
        const RowPlanCounts counts =
            reorder(rows.context(memory_bytes), Selector(descending, count), mine, all.size());
        EXPECT_EQ(counts.rows_in, all.size());
        EXPECT_EQ(counts.rows_out, expected.size());
        EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end(),
                                   [](const auto& a, const auto& b) { return a.partition < b.partition; }));
        std::uint64_t largest = 0;
        for (const StagedPartition& partition : mine) {
            std::uint64_t bytes = 0;
            for (const StagedPartition::Part& part : partition.parts) bytes += part.batch->size_bytes();
            largest = std::max(largest, bytes);
        }
        const std::string arrived = pack_rows(mine, rows, counts.partitions);
        // Rank 0 sees all rows, then everyone hears what it saw.
        std::string joined;
        for (const std::string& bytes : world_.gather(arrived)) joined += bytes;
        std::vector<std::uint64_t> order(expected.size(), kAllRows);
        const std::string everything = world_.broadcast(joined);
        for (ByteReader reader(everything); !reader.empty();) {
            const auto placed = reader.get<PlacedRow>();
            EXPECT_LT(placed.position, order.size());
            if (placed.position < order.size()) {
                EXPECT_EQ(order[placed.position], kAllRows) << "two rows at one position";
                order[placed.position] = placed.row_id;
            }
        }
        EXPECT_EQ(order, expected);
        return {counts.partitions, world_.sum(std::uint64_t{mine.empty() ? 0U : 1U}), world_.max(largest)};
    }

    const mpi::Communicator world_ = mpi::Communicator::world();

private:
    /// The rows that came to this rank, with all that must have come with them.
    static std::string pack_rows(std::vector<StagedPartition>& mine, const StagedRows& rows,
                                 std::uint32_t partitions) {
        ByteWriter writer;
        std::vector<std::pair<std::uint64_t, std::uint64_t>> spans;
        for (StagedPartition& partition : mine) {
            EXPECT_LT(partition.partition, partitions);
            EXPECT_TRUE(partition.scattered);
            EXPECT_TRUE(partition.keep.empty());
            std::uint64_t first = kAllRows;
            std::uint64_t last = 0;
            for (StagedPartition::Part& part : partition.parts) {
                const std::string bytes = part.batch->take();
                std::string_view in = bytes;
                const Batch batch = Batch::deserialise(in, rows.schema);
                EXPECT_EQ(batch.size(), part.rows);
                EXPECT_EQ(part.positions.size(), part.rows);
                EXPECT_EQ(part.record_base, 0U);
                for (std::size_t i = 0; i < batch.size(); ++i) {
                    const std::string_view text = batch.text(rows.text_column).at(i);
                    const std::uint64_t row = std::stoull(std::string(text.substr(0, text.find(':'))));
                    EXPECT_EQ(batch.origins[i].row, row) << "origins count over the whole input from here on";
                    writer.put(PlacedRow{row, part.positions[i]});
                    first = std::min(first, part.positions[i]);
                    last = std::max(last, part.positions[i]);
                }
            }
            EXPECT_EQ(last - first + 1, partition.rows()) << "a partition is one stretch of the new order";
            spans.emplace_back(first, last);
        }
        EXPECT_TRUE(std::is_sorted(spans.begin(), spans.end()));
        return writer.take();
    }
};

TEST_F(Reorder, ComesToTheSameAsAPlainStableSort) {
    std::mt19937 random(1);
    for (const std::int64_t different : {3, 200, 1'000'000'000}) {
        const StagedKeys keys = spread(1500, random, [&](std::size_t) {
            return number_key(static_cast<std::int64_t>(random()) % different);
        });
        for (const bool descending : {false, true}) {
            expect_sorted(keys, descending, kAllRows, kAmple);
            expect_sorted(keys, descending, 100, kAmple);
        }
    }
}

TEST_F(Reorder, ManyRoundsComeToTheSameAsOne) {
    std::mt19937 random(2);
    const StagedKeys keys = spread(1200, random, [&](std::size_t) {
        return number_key(static_cast<std::int64_t>(random() % 400) - 200);
    });
    for (const std::uint64_t memory_bytes : {2000U, 10'000U}) {
        expect_sorted(keys, true, kAllRows, memory_bytes);
        expect_sorted(keys, false, 37, memory_bytes);
    }
}

TEST_F(Reorder, StringsOfAnyLength) {
    std::mt19937 random(3);
    const StagedKeys keys = spread(800, random, [&](std::size_t) {
        std::string value(random() % 6, '\0');
        for (char& c : value) c = "\0ab\xc3\xff"[random() % 5];
        return string_key(value);
    });
    expect_sorted(keys, false, kAllRows, 4000);
    expect_sorted(keys, true, kAllRows, kAmple);
}

TEST_F(Reorder, EqualRowsKeepTheirOrder) {
    std::mt19937 random(4);
    const StagedKeys keys = spread(900, random, [](std::size_t) { return number_key(5); });
    expect_sorted(keys, true, kAllRows, 3000);
    expect_sorted(keys, false, 10, kAmple);
}

TEST_F(Reorder, LargeRowsMakeSeveralPartitionsOnAllRanks) {
    std::mt19937 random(5);
    constexpr std::size_t kTextBytes = 200'000;
    const StagedKeys keys = spread(
        240, random, [&](std::size_t) { return number_key(static_cast<std::int64_t>(random() % 1000)); });
    const Figures figures =
        expect_sorted(keys, true, kAllRows, 1000, [](const std::string&) { return kTextBytes; });
    EXPECT_GE(figures.partitions, 5U);
    EXPECT_EQ(figures.ranks_with_rows, static_cast<std::uint64_t>(world_.size()));
}

TEST_F(Reorder, TheLongestRowsFirstDoNotMakeALargePartition) {
    std::mt19937 random(7);
    const auto is_long = [](const std::string& key) { return key >= number_key(970); };
    const StagedKeys keys = spread(
        3000, random, [&](std::size_t) { return number_key(static_cast<std::int64_t>(random() % 1000)); });
    const Figures figures = expect_sorted(keys, true, kAllRows, kAmple, [&](const std::string& key) {
        return is_long(key) ? std::size_t{500'000} : std::size_t{100};
    });
    EXPECT_LE(figures.largest_partition_bytes, 10U << 20U);
    EXPECT_GE(figures.partitions, 4U);
}

TEST_F(Reorder, ThereMayBeNoRowsOrNoneSelected) {
    EXPECT_EQ(expect_sorted({}, true, kAllRows, kAmple).partitions, 0U);
    EXPECT_EQ(expect_sorted(StagedKeys(6), true, kAllRows, kAmple).partitions, 0U);
    EXPECT_EQ(expect_sorted({{{number_key(1)}}, {{number_key(2)}}}, true, 0, kAmple).partitions, 0U);
}

TEST_F(Reorder, PartitionsWithoutRowsAndFewRowsOnManyRanks) {
    expect_sorted({{}, {{}}, {{number_key(1)}}, {}, {{}, {number_key(2), number_key(0)}, {}}, {}}, false,
                  kAllRows, kAmple);
    expect_sorted({{{number_key(3)}}}, true, 1, 0);
}

TEST_F(Reorder, NumbersAndStringsDoNotMeet) {
    std::mt19937 random(6);
    for (const std::size_t odd : {0U, 150U, 299U}) {
        const StagedKeys keys = spread(
            300, random, [&](std::size_t row) { return row == odd ? string_key("7") : number_key(7); });
        StagedRows rows(world_);
        std::vector<StagedPartition> mine = rows.stage(keys);
        try {
            (void)reorder(rows.context(kAmple), Selector(true, kAllRows), mine, 300);
            FAIL() << "on rank " << world_.rank();
        } catch (const UserError& error) {
            EXPECT_THAT(error.what(), HasSubstr("topk_selector"));
        }
    }
}

TEST_F(Reorder, ADamagedStoreOnOneRankEndsItOnAll) {
    StagedRows rows(world_);
    std::vector<StagedPartition> mine = rows.stage({{{number_key(1)}}, {{number_key(2)}}, {{number_key(3)}}});
    if (!mine.empty() && world_.is_root()) mine.front().parts.front().keys = rows.store.put("torn");
    EXPECT_ANY_THROW((void)reorder(rows.context(kAmple), Selector(true, 2), mine, 3));
}

}  // namespace
}  // namespace dj
