// SPDX-License-Identifier: Apache-2.0
/// Arrow values as the JSON that Python would print of them. Stateless.
#pragma once

#include <string>
#include <string_view>

#include <arrow/type_fwd.h>

namespace dj {

/// Throws UserError naming `field` for types that JSON cannot show: binary, durations, intervals, unions.
void check_shown_as_json(const arrow::DataType& type, std::string_view field);

/// Lists and maps (of pairs) as arrays, structs as objects, dates and times in ISO 8601 (timestamps with a time zone
/// in UTC), decimals as strings so that no digit is lost. The type has been checked.
void append_arrow_json(std::string& out, const arrow::Array& values, std::int64_t row);

}  // namespace dj
