// SPDX-License-Identifier: Apache-2.0
/// Finds addresses of IPv4 and IPv6: exactly what `finditer` of the `regex` module finds for `IpScanner::kPattern`, in
/// linear time. Text without dots and colons between digits is only searched for them.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "dj/text/python_regex.hpp"

namespace dj {

/// One scan over one text (valid UTF-8, which must stay).
class IpScanner {
public:
    /// The default pattern of Data-Juicer's clean_ip_mapper. It also finds addresses inside of longer numbers.
    static constexpr std::string_view kPattern =
        R"re((?:(?:1[0-9][0-9]\.)|(?:2[0-4][0-9]\.)|(?:25[0-5]\.)|(?:[1-9][0-9]\.)|(?:[0-9]\.)){3})re"
        R"re((?:(?:1[0-9][0-9])|(?:2[0-4][0-9])|(?:25[0-5])|(?:[1-9][0-9])|(?:[0-9]))|)re"
        R"re(([\da-fA-F]{1,4}:){7}[\da-fA-F]{1,4})re";
    /// The greatest of the pattern's groups that always are the whole match.
    static constexpr std::size_t kWholeGroups = 0;

    explicit IpScanner(std::string_view text) : text_(text) {}

    /// The next address, in bytes; nullopt if there are no more.
    [[nodiscard]] std::optional<RegexSpan> next();

private:
    std::string_view text_;
    std::size_t from_ = 0;  ///< End of the address before: no address begins earlier.
    std::size_t scan_ = 0;  ///< Where to look for the next separator.
};

}  // namespace dj
