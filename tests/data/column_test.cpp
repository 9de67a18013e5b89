// SPDX-License-Identifier: Apache-2.0
#include "dj/data/column.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "dj/base/error.hpp"
#include "dj/data/short_code.hpp"

namespace dj {
namespace {

using Rows = std::vector<std::uint32_t>;

TextColumn column_of(std::initializer_list<std::string_view> values) {
    TextColumn column;
    for (const auto value : values) column.push_back(value);
    return column;
}

std::vector<std::string> values_of(const TextColumn& column) {
    std::vector<std::string> values;
    for (std::size_t i = 0; i < column.size(); ++i) values.emplace_back(column.at(i));
    return values;
}

TEST(TextColumn, KeepsAnyBytes) {
    const std::string zero("a\0b", 3);
    const auto column = column_of({"", zero, "\xff\xfe", "née"});
    EXPECT_EQ(column.size(), 4U);
    EXPECT_EQ(column.at(0), "");
    EXPECT_EQ(column.at(1), zero);
    EXPECT_EQ(column.at(2), "\xff\xfe");
    EXPECT_EQ(column.payload_bytes(), 0U + 3 + 2 + 4);
}

TEST(TextColumn, AppendsRowsInAnyOrderAndRepeated) {
    const auto source = column_of({"zero", "one", "", "three"});
    auto target = column_of({"before"});
    target.append(source, Rows{3, 0, 1, 2, 2, 3, 0});
    EXPECT_EQ(values_of(target),
              (std::vector<std::string>{"before", "three", "zero", "one", "", "", "three", "zero"}));
    target.append(source, Rows{});
    EXPECT_EQ(target.size(), 8U);
}

TEST(TextColumn, OpenRowEndsWhereItIsClosed) {
    TextColumn column;
    column.tail() += "ab";
    column.tail() += "c";
    column.close_row();
    column.close_row();
    EXPECT_EQ(values_of(column), (std::vector<std::string>{"abc", ""}));
}

TEST(TextColumn, SurvivesSerialisationBesideOtherBytes) {
    const auto column = column_of({"a", "", std::string_view("\0", 1)});
    std::string bytes = "head";
    column.serialise(bytes);
    bytes += "tail";
    std::string_view in = std::string_view(bytes).substr(4);
    EXPECT_EQ(values_of(TextColumn::deserialise(in)), values_of(column));
    EXPECT_EQ(in, "tail");
}

/// Every change of one byte, and every cut, either gives a column or an error: never a read out of bounds.
template <class Column>
void survive_corruption(const Column& column) {
    std::string bytes;
    column.serialise(bytes);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        std::string_view in(bytes.data(), length);
        EXPECT_THROW((void)Column::deserialise(in), EnvironmentError) << length;
    }
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const int change : {0x01, 0x80, 0xff}) {
            auto corrupt = bytes;
            corrupt[at] = static_cast<char>(corrupt[at] ^ change);
            std::string_view in = corrupt;
            try {
                const auto read = Column::deserialise(in);
                for (std::size_t row = 0; row < read.size(); ++row) {
                    if constexpr (std::is_same_v<Column, TextColumn>) {
                        EXPECT_LE(read.at(row).size(), bytes.size());
                    } else {
                        (void)read.int64_at(row);
                    }
                }
            } catch (const EnvironmentError&) {
            }
        }
    }
}

TEST(TextColumn, CorruptBytesAreNoMoreThanAnError) {
    survive_corruption(column_of({"some", "", "text"}));
    survive_corruption(TextColumn());
}

TEST(ScalarColumn, KeepsExtremesAndNulls) {
    ScalarColumn integers(ScalarType::int64);
    integers.push_back(std::numeric_limits<std::int64_t>::min());
    integers.push_null();
    integers.push_back(std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(integers.int64_at(0), std::numeric_limits<std::int64_t>::min());
    EXPECT_FALSE(integers.valid(1));
    EXPECT_EQ(integers.int64_at(2), std::numeric_limits<std::int64_t>::max());

    ScalarColumn numbers(ScalarType::float64);
    numbers.push_back(-0.0);
    numbers.push_back(std::numeric_limits<double>::quiet_NaN());
    numbers.push_back(std::int64_t{3});
    EXPECT_TRUE(std::signbit(numbers.float64_at(0)));
    EXPECT_TRUE(std::isnan(numbers.float64_at(1)));
    EXPECT_EQ(numbers.float64_at(2), 3.0);
}

TEST(ScalarColumn, CodesAreBitsWhicheverVerbMovesThem) {
    const ShortCode code("eng_Latn");
    ScalarColumn codes(ScalarType::code);
    codes.push_back(code.stat());
    codes.push_back(codes.int64_at(0));
    codes.push_null();
    ScalarColumn target(ScalarType::code);
    target.append(codes, std::vector<std::uint32_t>{1, 2, 0});
    std::string bytes;
    target.serialise(bytes);
    std::string_view in = bytes;
    const auto read = ScalarColumn::deserialise(in);
    EXPECT_EQ(read.type(), ScalarType::code);
    EXPECT_EQ(ShortCode::of_stat(read.float64_at(0)), code);
    EXPECT_FALSE(read.valid(1));
    EXPECT_EQ(ShortCode::of_stat(read.float64_at(2)), code);
}

TEST(ScalarColumn, ResizedRowsAreNullUntilSet) {
    ScalarColumn column(ScalarType::boolean);
    column.resize(3);
    column.set(1, std::int64_t{7});
    EXPECT_FALSE(column.valid(0));
    EXPECT_TRUE(column.valid(1));
    EXPECT_EQ(column.int64_at(1), 1);
}

TEST(ScalarColumn, AppendsAndSerialises) {
    ScalarColumn source(ScalarType::float64);
    source.push_back(0.1);
    source.push_null();
    ScalarColumn target(ScalarType::float64);
    target.append(source, Rows{1, 0, 0});
    std::string bytes;
    target.serialise(bytes);
    std::string_view in = bytes;
    const auto read = ScalarColumn::deserialise(in);
    EXPECT_TRUE(in.empty());
    ASSERT_EQ(read.size(), 3U);
    EXPECT_FALSE(read.valid(0));
    EXPECT_EQ(read.float64_at(2), 0.1);
    EXPECT_THROW(target.append(ScalarColumn(ScalarType::int64), Rows{}), Bug);
}

TEST(ScalarColumn, CorruptBytesAreNoMoreThanAnError) {
    ScalarColumn column(ScalarType::int64);
    column.push_back(std::int64_t{5});
    column.push_null();
    survive_corruption(column);
}

}  // namespace
}  // namespace dj
