// SPDX-License-Identifier: Apache-2.0
#include "format/thrift_compact.hpp"

#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

ThriftValue random_struct(std::mt19937& random, int depth);

ThriftValue random_value(std::mt19937& random, ThriftType type, int depth) {
    ThriftValue value;
    value.type = type;
    switch (type) {
        case ThriftType::byte: value.number = static_cast<std::int64_t>(random() % 256); break;
        case ThriftType::i16: value.number = static_cast<std::int16_t>(random()); break;
        case ThriftType::i32: value.number = static_cast<std::int32_t>(random()); break;
        case ThriftType::i64:
            value.number = random() % 5 == 0
                               ? std::numeric_limits<std::int64_t>::min()
                               : static_cast<std::int64_t>(std::uint64_t{random()} << (random() % 32));
            break;
        case ThriftType::float64: value.bytes.assign(8, static_cast<char>(random())); break;
        case ThriftType::binary: value.bytes.assign(random() % 300, static_cast<char>(random())); break;
        case ThriftType::list: {
            static constexpr std::array kItems = {ThriftType::boolean_true, ThriftType::i64,
                                                  ThriftType::binary, ThriftType::structure};
            value.item_type = kItems[random() % kItems.size()];
            for (auto n = random() % 20; n > 0; --n)
                value.items.push_back(random_value(random, value.item_type, depth - 1));
            break;
        }
        case ThriftType::structure: return random_struct(random, depth - 1);
        default: break;
    }
    return value;
}

ThriftValue random_struct(std::mt19937& random, int depth) {
    static constexpr std::array kTypes = {
        ThriftType::boolean_true, ThriftType::boolean_false, ThriftType::byte,    ThriftType::i16,
        ThriftType::i32,          ThriftType::i64,           ThriftType::float64, ThriftType::binary,
        ThriftType::list,         ThriftType::structure};
    ThriftValue value;
    value.type = ThriftType::structure;
    std::int16_t id = 0;
    for (auto n = depth > 0 ? random() % 6 : 0; n > 0; --n) {
        id = static_cast<std::int16_t>(id + 1 + static_cast<int>(random() % 40));
        value.fields.push_back({id, random_value(random, kTypes[random() % kTypes.size()], depth)});
    }
    return value;
}

TEST(ThriftCompact, WhatIsWrittenIsRead) {
    std::mt19937 random(2);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes;
        append_thrift_struct(bytes, random_struct(random, 4));
        std::string_view in = bytes;
        std::string again;
        append_thrift_struct(again, read_thrift_struct(in));
        EXPECT_TRUE(in.empty());
        EXPECT_EQ(again, bytes);
    }
}

TEST(ThriftCompact, FieldsAreFoundAddedAndErased) {
    ThriftValue value;
    value.type = ThriftType::structure;
    value.find_or_add(7, ThriftType::i64).number = -5;
    value.find_or_add(3, ThriftType::i16).number = 1;
    value.find_or_add(7, ThriftType::i64).number -= 1;
    ASSERT_EQ(value.fields.size(), 2U);
    EXPECT_EQ(value.fields[0].id, 3);
    EXPECT_EQ(value.find(7)->number, -6);
    EXPECT_EQ(value.find(5), nullptr);
    value.erase(3);
    EXPECT_EQ(value.find(3), nullptr);
}

TEST(ThriftCompact, DamagedBytesAreAnError) {
    std::mt19937 random(3);
    std::string bytes;
    while (bytes.size() < 200) {
        bytes.clear();
        append_thrift_struct(bytes, random_struct(random, 4));
    }
    for (std::size_t size = 0; size + 1 < bytes.size(); ++size) {
        std::string_view in = std::string_view(bytes).substr(0, size);
        EXPECT_THROW(static_cast<void>(read_thrift_struct(in)), EnvironmentError);
    }
    for (int round = 0; round < 3000; ++round) {
        std::string bad = bytes;
        for (int n = 0; n < 3; ++n) bad[random() % bad.size()] = static_cast<char>(random());
        std::string_view in = bad;
        try {
            static_cast<void>(read_thrift_struct(in));
        } catch (const EnvironmentError&) {
        }
    }
    const std::string nested(100000, '\x1C');
    std::string_view in = nested;
    EXPECT_THROW(static_cast<void>(read_thrift_struct(in)), EnvironmentError);
}

}  // namespace
}  // namespace dj
