// SPDX-License-Identifier: Apache-2.0
// Every address has a first separator, a dot or a colon, and of two addresses the one that begins earlier has the
// earlier one, for no separator stands in front of it. So the separators are tried from the left. What may stand around
// each is bounded by the pattern, which makes the work linear.
#include "dj/text/ip_scanner.hpp"

#include <algorithm>

#include "dj/text/byte_finder.hpp"
#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
constexpr std::size_t kMostOctetDigits = 3;
constexpr std::size_t kMostHexDigits = 4;

constexpr ByteFinder kSeparators(".:");

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `[\da-fA-F]`: digits of every script.
bool is_hex(char32_t point) {
    const char32_t lower = point | 0x20;
    return regex_is_digit(point) || (point < 0x80 && lower >= 'a' && lower <= 'f');
}

/// Whether `digits` is a number below 256 that does not begin with a needless zero.
bool is_octet(std::string_view digits) {
    for (const char c : digits) {
        if (!is_digit(c)) return false;
    }
    switch (digits.size()) {
        case 1: return true;
        case 2: return digits[0] != '0';
        case 3: return digits[0] == '1' || (digits[0] == '2' && digits <= "255");
        default: return false;
    }
}

/// Digits of the longest octet at the end of `text`; 0 if there is none.
std::size_t octet_before(std::string_view text) {
    for (auto count = std::min(kMostOctetDigits, text.size()); count > 0; --count) {
        if (is_octet(text.substr(text.size() - count))) return count;
    }
    return 0;
}

/// Digits of the longest octet that begins `text`; 0 if there is none.
std::size_t octet_behind(std::string_view text) {
    for (auto count = std::min(kMostOctetDigits, text.size()); count > 0; --count) {
        if (is_octet(text.substr(0, count))) return count;
    }
    return 0;
}

/// The address of IPv4 whose first dot is at `dot`.
std::optional<RegexSpan> ipv4(std::string_view text, std::size_t from, std::size_t dot) {
    constexpr int kFurtherDots = 2;
    if (dot == from || !is_digit(text[dot - 1])) return std::nullopt;
    auto at = dot + 1;
    for (int i = 0; i < kFurtherDots; ++i) {
        std::size_t count = 0;
        while (count <= kMostOctetDigits && at + count < text.size() && is_digit(text[at + count])) ++count;
        if (at + count >= text.size() || text[at + count] != '.' || !is_octet(text.substr(at, count)))
            return std::nullopt;
        at += count + 1;
    }
    const auto last = octet_behind(text.substr(at));
    if (last == 0) return std::nullopt;
    return RegexSpan{dot - octet_before(text.substr(from, dot - from)), at + last};
}

/// Behind the one to four hexadecimal digits at `at`, as many as there are; kNowhere if there is none.
std::size_t behind_hex(std::string_view text, std::size_t at) {
    std::size_t count = 0;
    while (count < kMostHexDigits && at < text.size()) {
        auto behind = at;
        if (!is_hex(next_code_point(text, behind))) break;
        at = behind;
        ++count;
    }
    return count == 0 ? kNowhere : at;
}

/// The address of IPv6 whose first colon is at `colon`.
std::optional<RegexSpan> ipv6(std::string_view text, std::size_t from, std::size_t colon) {
    constexpr int kFurtherColons = 6;
    auto begin = colon;
    for (std::size_t count = 0; count < kMostHexDigits && begin > from; ++count) {
        auto before = begin;
        if (!is_hex(previous_code_point(text, before))) break;
        begin = before;
    }
    if (begin == colon) return std::nullopt;
    auto at = colon + 1;
    for (int i = 0; i < kFurtherColons; ++i) {
        at = behind_hex(text, at);
        if (at == kNowhere || at == text.size() || text[at] != ':') return std::nullopt;
        ++at;
    }
    const auto end = behind_hex(text, at);
    if (end == kNowhere) return std::nullopt;
    return RegexSpan{begin, end};
}

}  // namespace

std::optional<RegexSpan> IpScanner::next() {
    for (auto at = kSeparators.find(text_, scan_); at < text_.size(); at = kSeparators.find(text_, scan_)) {
        scan_ = at + 1;
        const auto address = text_[at] == '.' ? ipv4(text_, from_, at) : ipv6(text_, from_, at);
        if (!address) continue;
        from_ = scan_ = address->end;
        return address;
    }
    scan_ = text_.size();
    return std::nullopt;
}

}  // namespace dj
