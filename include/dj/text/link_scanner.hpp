// SPDX-License-Identifier: Apache-2.0
/// Finds web links: exactly what `finditer` of the `regex` module finds for `kLinkPattern`, in linear time. The pattern
/// itself needs cubic time on some texts, and tens of megabytes a second on ordinary ones.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "dj/text/python_regex.hpp"

namespace dj {

/// The default pattern of Data-Juicer's clean_links_mapper. Its group 1 is the whole match.
inline constexpr std::string_view kLinkPattern =
    R"re((?i)\b((?:[a-z][\w-]+:(?:\/{1,3}|[a-z0-9%])|www\d{0,3}[.]|[a-z0-9.\-]+[.][a-z]{2,4}\/))re"
    R"re((?:[^\s()<>]+|\(([^\s()<>]+|(\([^\s()<>]+\)))*\))+)re"
    R"re((?:\(([^\s()<>]+|(\([^\s()<>]+\)))*\)|[^\s`!()\[\]{};:\'\".,<>?«»“”‘’])))re";

/// One scan over one text (valid UTF-8, which must stay).
class LinkScanner {
public:
    static constexpr std::string_view kPattern = kLinkPattern;
    /// The greatest of the pattern's groups that always are the whole match.
    static constexpr std::size_t kWholeGroups = 1;

    explicit LinkScanner(std::string_view text) : text_(text) {}

    /// The next link, in bytes; nullopt if there are no more.
    [[nodiscard]] std::optional<RegexSpan> next();

private:
    std::string_view text_;
    std::size_t from_ = 0;  ///< End of the link before: no link begins earlier.
    std::size_t scan_ = 0;  ///< Where to look for the next anchor.
};

}  // namespace dj
