// SPDX-License-Identifier: Apache-2.0
/// Keys of selectors: bytes whose order is the order of the values. The first byte names the kind of value; an engine
/// that finds both kinds in one data set refuses to order them, as Python does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dj {

enum class OrderKeyKind : char { number = 1, string = 2 };

/// Integers and floats compare by their exact values, also beyond 2^53.
void append_order_key(std::string& key, std::int64_t value);
/// `value` is no NaN.
void append_order_key(std::string& key, double value);
/// By code points, as Python compares strings.
void append_order_key(std::string& key, std::string_view value);

}  // namespace dj
