// SPDX-License-Identifier: Apache-2.0
// How the pattern is read here. A link is a head, then units of body; a unit is one character that is neither white
// space nor one of ()<>, or a group in parentheses that holds at most one more level. Backtracking makes the pattern
// end at the last unit, second or later, that is a group or not closing punctuation: units cannot be read in two ways,
// so that is one walk. Heads are of three kinds, and each has an anchor that is rare in text: the ':' of a scheme, the
// '/' behind a bare host name, or "www". Around an anchor stands a run of characters that heads are made of; all heads
// that use the anchor begin in it, and the first of them that is followed by a body is the link.
#include "dj/text/link_scanner.hpp"

#include <algorithm>
#include <bit>

#include "dj/text/byte_vector.hpp"
#include "dj/text/unicode_classes.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

/// `[a-z]` while ignoring case.
bool is_letter(char32_t point) {
    const char32_t lower = point | 0x20;
    if (point < 0x80) return lower >= 'a' && lower <= 'z';
    return point == 0x130 || point == 0x17F || point == 0x212A;
}

bool is_letter_or_digit(char32_t point) { return is_letter(point) || (point >= '0' && point <= '9'); }

bool is_host(char32_t point) { return is_letter_or_digit(point) || point == '.' || point == '-'; }

bool is_scheme(char32_t point) { return point == '-' || regex_is_word(point); }

bool is_head(char32_t point) { return point == '.' || is_scheme(point); }

bool ends_body(char32_t point) {
    return point == ')' || point == '<' || point == '>' || regex_is_space(point);
}

/// Whether a link may end with this character of its body.
bool may_close(char32_t point) {
    constexpr std::string_view kAscii = "`![]{};:'\".,?";
    if (point < 0x80) return kAscii.find(static_cast<char>(point)) == std::string_view::npos;
    return point != 0xAB && point != 0xBB && point != 0x201C && point != 0x201D && point != 0x2018 &&
           point != 0x2019;
}

char byte_at(std::string_view text, std::size_t at) { return at < text.size() ? text[at] : '\0'; }

bool is_w(char c) { return c == 'w' || c == 'W'; }

bool is_anchor(std::string_view text, std::size_t at) {
    const char c = text[at];
    return c == ':' || c == '/' || (is_w(c) && is_w(byte_at(text, at + 1)) && is_w(byte_at(text, at + 2)));
}

/// The first ':', '/' or "www" from `at` on; the size if there is none.
std::size_t next_anchor(std::string_view text, std::size_t at) {
#ifdef DJ_BYTE_VECTOR
    const auto is_w_at = [&](std::size_t from) {
        return ByteVector::load(text.data() + from).with_bit_5().equal('w');
    };
    for (; at + ByteVector::kSize + 2 <= text.size(); at += ByteVector::kSize) {
        const ByteVector bytes = ByteVector::load(text.data() + at);
        const auto www = is_w_at(at) & is_w_at(at + 1) & is_w_at(at + 2);
        const std::uint32_t mask = (bytes.equal(':') | bytes.equal('/') | www).mask();
        if (mask != 0) return at + static_cast<std::size_t>(std::countr_zero(mask));
    }
#endif
    while (at < text.size() && !is_anchor(text, at)) ++at;
    return at;
}

/// The end of the group that the '(' at `at` opens.
std::size_t group_end(std::string_view text, std::size_t at) {
    bool inner = false;
    bool inner_empty = false;
    for (++at; at < text.size();) {
        const auto point = next_code_point(text, at);
        if (point == '(') {
            if (inner) return kNowhere;
            inner = inner_empty = true;
        } else if (point == ')') {
            if (!inner) return at;
            if (inner_empty) return kNowhere;
            inner = false;
        } else if (ends_body(point)) {
            return kNowhere;
        } else {
            inner_empty = false;
        }
    }
    return kNowhere;
}

/// The end of the link whose body begins at `at`; kNowhere if there is no such body.
std::size_t body_end(std::string_view text, std::size_t at) {
    std::size_t end = kNowhere;
    for (bool first = true; at < text.size(); first = false) {
        const auto begin = at;
        const auto point = next_code_point(text, at);
        bool closes = false;
        if (point == '(') {
            at = group_end(text, begin);
            if (at == kNowhere) break;
            closes = true;
        } else if (ends_body(point)) {
            break;
        } else {
            closes = may_close(point);
        }
        if (closes && !first) end = at;
    }
    return end;
}

/// The end of the link whose scheme ends with the ':' at `colon`.
std::size_t scheme_link_end(std::string_view text, std::size_t colon) {
    constexpr std::size_t kMostSlashes = 3;
    std::size_t slashes = 0;
    while (slashes < kMostSlashes && byte_at(text, colon + 1 + slashes) == '/') ++slashes;
    for (std::size_t count = slashes; count > 0; --count) {
        const auto end = body_end(text, colon + 1 + count);
        if (end != kNowhere) return end;
    }
    auto body = colon + 1;
    if (slashes != 0 || body == text.size()) return kNowhere;
    const auto point = next_code_point(text, body);
    return is_letter_or_digit(point) || point == '%' ? body_end(text, body) : kNowhere;
}

/// Behind `www\d{0,3}[.]` at `at`.
std::size_t behind_www(std::string_view text, std::size_t at) {
    constexpr int kMostDigits = 3;
    if (!is_anchor(text, at) || !is_w(text[at])) return kNowhere;
    at += 3;
    for (int digits = 0; digits < kMostDigits && at < text.size(); ++digits) {
        auto behind = at;
        if (!regex_is_digit(next_code_point(text, behind))) break;
        at = behind;
    }
    return byte_at(text, at) == '.' ? at + 1 : kNowhere;
}

/// Walks back from `end` over characters of a class, not beyond `limit`.
template <class Class>
std::size_t run_begin(std::string_view text, std::size_t limit, std::size_t end, Class is_member) {
    while (end > limit) {
        auto before = end;
        if (!is_member(previous_code_point(text, before))) break;
        end = before;
    }
    return end;
}

/// A bare host name that ends in front of a '/'.
struct BareHost {
    std::size_t begin = kNowhere;
    std::size_t last_dot = kNowhere;
};

BareHost bare_host(std::string_view text, std::size_t limit, std::size_t slash) {
    constexpr std::size_t kFewestLetters = 2;
    constexpr std::size_t kMostLetters = 4;
    std::size_t letters = 0;
    auto at = slash;
    while (at > limit && letters <= kMostLetters) {
        auto before = at;
        if (!is_letter(previous_code_point(text, before))) break;
        at = before;
        ++letters;
    }
    if (letters < kFewestLetters || letters > kMostLetters || at == limit || text[at - 1] != '.') return {};
    return {.begin = run_begin(text, limit, at - 1, is_host), .last_dot = at - 1};
}

/// Whether the anchor at `at` is worth a look around it.
bool is_plausible(std::string_view text, std::size_t from, std::size_t at) {
    if (text[at] == ':') {
        const auto next = static_cast<unsigned char>(byte_at(text, at + 1));
        const auto before = static_cast<unsigned char>(at > from ? text[at - 1] : ' ');
        const bool body = next >= 0x80 || next == '/' || next == '%' || is_letter_or_digit(next);
        return body && (before >= 0x80 || is_scheme(before));
    }
    if (text[at] == '/') return bare_host(text, from, at).last_dot != kNowhere;
    return behind_www(text, at) != kNowhere;
}

/// All heads in the run [begin, end) of head characters, from the left.
std::optional<RegexSpan> link_in_run(std::string_view text, std::size_t begin, std::size_t end) {
    const char terminator = byte_at(text, end);
    const auto scheme_begin = terminator == ':' ? run_begin(text, begin, end, is_scheme) : kNowhere;
    const auto bare = terminator == '/' ? bare_host(text, begin, end) : BareHost();
    // Where these links end does not depend on where they begin.
    const auto scheme_end = scheme_begin < end ? scheme_link_end(text, end) : kNowhere;
    const auto bare_end = bare.last_dot != kNowhere ? body_end(text, end + 1) : kNowhere;

    bool word_before = false;
    if (begin > 0) {
        auto before = begin;
        word_before = regex_is_word(previous_code_point(text, before));
    }
    for (auto at = begin; at < end;) {
        const auto start = at;
        const auto point = next_code_point(text, at);
        const bool word = regex_is_word(point);
        const bool boundary = word != word_before;
        word_before = word;
        if (!boundary) continue;
        if (scheme_end != kNowhere && start >= scheme_begin && is_letter(point) && at < end) {
            return RegexSpan{start, scheme_end};
        }
        if (const auto body = behind_www(text, start); body != kNowhere) {
            const auto www_end = body_end(text, body);
            if (www_end != kNowhere) return RegexSpan{start, www_end};
        }
        if (bare_end != kNowhere && start >= bare.begin && start < bare.last_dot)
            return RegexSpan{start, bare_end};
    }
    return std::nullopt;
}

}  // namespace

std::optional<RegexSpan> LinkScanner::next() {
    for (;;) {
        const auto anchor = next_anchor(text_, scan_);
        if (anchor == text_.size()) {
            scan_ = anchor;
            return std::nullopt;
        }
        scan_ = anchor + 1;
        if (!is_plausible(text_, from_, anchor)) continue;
        const auto begin = run_begin(text_, from_, anchor, is_head);
        auto end = anchor;
        for (auto behind = end; behind < text_.size(); end = behind) {
            if (!is_head(next_code_point(text_, behind))) break;
        }
        const auto link = link_in_run(text_, begin, end);
        // A run without a link is done with, its terminator included.
        scan_ = link ? link->end : std::max(scan_, end);
        if (link) {
            from_ = link->end;
            return link;
        }
    }
}

}  // namespace dj
