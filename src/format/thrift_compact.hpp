// SPDX-License-Identifier: Apache-2.0
/// Thrift's compact protocol as a tree of values: as much as is needed to move the row groups of a parquet footer
/// without losing what they say, statistics and later additions to the format included.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dj {

enum class ThriftType : std::uint8_t {
    stop = 0,
    boolean_true = 1,
    boolean_false = 2,
    byte = 3,
    i16 = 4,
    i32 = 5,
    i64 = 6,
    float64 = 7,
    binary = 8,
    list = 9,
    set = 10,
    structure = 12,
};

struct ThriftField;

struct ThriftValue {
    ThriftType type = ThriftType::stop;
    std::int64_t number = 0;                  ///< byte, i16, i32, i64
    std::string bytes;                        ///< binary; the eight bytes of a float64
    ThriftType item_type = ThriftType::stop;  ///< list, set
    std::vector<ThriftValue> items;           ///< list, set
    std::vector<ThriftField> fields;          ///< structure, by ascending id

    [[nodiscard]] ThriftValue* find(std::int16_t id);
    /// The field `id`, added at its place with type `added` if it is not there.
    ThriftValue& find_or_add(std::int16_t id, ThriftType added);
    void erase(std::int16_t id);
};

struct ThriftField {
    std::int16_t id = 0;
    ThriftValue value;
};

/// Takes a structure off the front of `in`. Throws EnvironmentError if the bytes are damaged.
[[nodiscard]] ThriftValue read_thrift_struct(std::string_view& in);
void append_thrift_struct(std::string& out, const ThriftValue& structure);

}  // namespace dj
