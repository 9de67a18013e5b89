// SPDX-License-Identifier: Apache-2.0
/// JSON values as Python writes and reads them: what `json.dumps(ensure_ascii=False)` would print, and slices of the
/// input as `json.loads` would understand them. Stateless and thread-safe; `out` is appended to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dj {

/// A string with quotes and escapes. `utf8` must be valid UTF-8; other bytes are copied as they are.
void append_json_string(std::string& out, std::string_view utf8);
/// Python's `repr` of a float: shortest digits, exponent below 1e-4 and from 1e16 on; NaN, Infinity, -Infinity.
void append_json_float(std::string& out, double value);
void append_json_int(std::string& out, std::int64_t value);

enum class JsonFault : std::uint8_t {
    none,
    malformed,
    lone_surrogate,  ///< "\\ud800" without its other half: Python keeps it, UTF-8 cannot.
};

/// A phrase for messages.
[[nodiscard]] std::string_view to_string(JsonFault fault);

/// Unescapes a JSON string (with its quotes) to UTF-8. On a fault `out` may hold a part.
[[nodiscard]] JsonFault append_decoded_json_string(std::string& out, std::string_view slice);

enum class JsonType : std::uint8_t {
    absent,  ///< An empty slice: the row has no such field.
    null,
    boolean,
    integer,      ///< Fits `integer`.
    big_integer,  ///< An integer beyond int64: `digits` is exact, `number` the nearest double.
    number,
    string,  ///< In `text`.
    array,
    object,
    malformed,
};

[[nodiscard]] std::string_view to_string(JsonType type);

struct JsonScalar {
    JsonType type = JsonType::absent;
    bool boolean = false;
    std::int64_t integer = 0;
    double number = 0;                  ///< Set for every kind of number.
    std::string_view digits;            ///< The number as it was written.
    std::string_view text;              ///< Lies in the slice or in the buffer.
    JsonFault fault = JsonFault::none;  ///< Why a string or the slice is `malformed`.
};

/// Looks at one value without white space around it. Containers are recognised by their first byte and not entered.
[[nodiscard]] JsonScalar parse_json_scalar(std::string_view slice, std::string& buffer);

}  // namespace dj
