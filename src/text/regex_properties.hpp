// SPDX-License-Identifier: Apache-2.0
/// What the `regex` module (2026.11.15) counts to a general category or script beyond Unicode 14, which is what PCRE2
/// knows. Private to `text`.
#pragma once

#include <span>
#include <string_view>

namespace dj::regex_detail {

struct PropertyRange {
    std::string_view property;  ///< "Lu", "Han", ...
    char32_t first;
    char32_t last;
};

[[nodiscard]] std::span<const PropertyRange> newer_property_ranges();

}  // namespace dj::regex_detail
