// SPDX-License-Identifier: Apache-2.0
/// Finds e-mail addresses: exactly what `finditer` of the `regex` module finds for `EmailScanner::kPattern`, in linear
/// time. Text without an '@' is only searched for one.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "dj/text/python_regex.hpp"

namespace dj {

/// One scan over one text (valid UTF-8, which must stay).
class EmailScanner {
public:
    /// The default pattern of Data-Juicer's clean_email_mapper.
    static constexpr std::string_view kPattern = R"([A-Za-z0-9.\-+_]+@[a-z0-9.\-+_]+\.[a-z]+)";
    /// The greatest of the pattern's groups that always are the whole match.
    static constexpr std::size_t kWholeGroups = 0;

    explicit EmailScanner(std::string_view text) : text_(text) {}

    /// The next address, in bytes; nullopt if there are no more.
    [[nodiscard]] std::optional<RegexSpan> next();

private:
    std::string_view text_;
    std::size_t from_ = 0;  ///< End of the address before: no address begins earlier.
    std::size_t scan_ = 0;  ///< Where to look for the next '@'.
};

}  // namespace dj
