// SPDX-License-Identifier: Apache-2.0
// The part in front of the '@' is the whole run of its class: no other character of the pattern can stand there. What
// stands behind does not depend on it: a run of the domain's class, of which backtracking gives back as little as it
// can, so that the match ends with the letters behind the last dot that has a letter behind it.
#include "dj/text/email_scanner.hpp"

#include "dj/text/byte_finder.hpp"

namespace dj {
namespace {

constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

constexpr ByteFinder kLocal("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-+_");
constexpr ByteFinder kDomain("abcdefghijklmnopqrstuvwxyz0123456789.-+_");

bool has(const ByteFinder& bytes, char c) { return bytes.contains(static_cast<unsigned char>(c)); }

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

/// The end of the domain that begins at `begin`; kNowhere if there is none.
std::size_t domain_end(std::string_view text, std::size_t begin) {
    std::size_t dot = kNowhere;
    for (auto at = begin; at < text.size() && has(kDomain, text[at]); ++at) {
        if (is_letter(text[at]) && at > begin + 1 && text[at - 1] == '.') dot = at - 1;
    }
    if (dot == kNowhere) return kNowhere;
    auto end = dot + 1;
    while (end < text.size() && is_letter(text[end])) ++end;
    return end;
}

}  // namespace

std::optional<RegexSpan> EmailScanner::next() {
    for (auto at = text_.find('@', scan_); at != std::string_view::npos; at = text_.find('@', scan_)) {
        scan_ = at + 1;
        auto begin = at;
        while (begin > from_ && has(kLocal, text_[begin - 1])) --begin;
        if (begin == at) continue;
        const auto end = domain_end(text_, at + 1);
        if (end == kNowhere) continue;
        from_ = scan_ = end;
        return RegexSpan{begin, end};
    }
    scan_ = text_.size();
    return std::nullopt;
}

}  // namespace dj
