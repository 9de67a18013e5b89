// SPDX-License-Identifier: Apache-2.0
#include "format/record_walk.hpp"

#include <array>
#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/format/input.hpp"

namespace dj {
namespace {

constexpr std::size_t kMaxPaths = 64;

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hex_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

constexpr std::array<bool, 256> make_ends_scalar() {
    std::array<bool, 256> table{};
    for (const char c : std::string_view(" \t\n\r,:[]{}")) table[static_cast<unsigned char>(c)] = true;
    return table;
}
constexpr auto kEndsScalar = make_ends_scalar();

constexpr std::array<bool, 256> make_escapable() {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("\"\\/bfnrt")) table[static_cast<unsigned char>(c)] = true;
    return table;
}
constexpr auto kEscapable = make_escapable();

}  // namespace

RecordWalk::RecordWalk(const std::vector<FieldUse>& uses, const std::vector<std::string>& dropped)
    : found_(uses.size()) {
    if (uses.size() > kMaxPaths) {
        throw UserError(
            fmt::format("the recipe's operators use {} different fields, at most {} are supported",
                        uses.size(), kMaxPaths));
    }
    for (const FieldUse& use : uses) {
        if (use.kind == ColumnKind::text) texts_ |= std::uint64_t{1} << paths_.size();
        Path parts;
        std::size_t begin = 0;
        for (std::size_t dot = use.path.find('.'); dot != std::string::npos;
             dot = use.path.find('.', begin)) {
            parts.tails.push_back(use.path.substr(begin));
            parts.heads.push_back(use.path.substr(begin, dot - begin));
            begin = dot + 1;
        }
        parts.tails.push_back(use.path.substr(begin));
        paths_.push_back(std::move(parts));
    }
    for (const std::string& key : dropped) {
        const Member member = match_key(key, 0, ~std::uint64_t{0});
        if (member.leaf == 0 && member.into == 0) dropped_.push_back(key);
    }
}

bool RecordWalk::fail_at(std::string_view reason, std::uint32_t offset) {
    reason_ = reason;
    error_offset_ = offset;
    return false;
}

bool RecordWalk::fail(std::string_view reason) {
    return *at_ < line_end_ ? fail_at(reason, *at_) : fail_at("it ends too early", line_end_);
}

bool RecordWalk::walk(const JsonIndex& index, const char* text, const std::uint32_t*& positions,
                      std::uint32_t line_begin, std::uint32_t line_end) {
    index_ = &index;
    text_ = text;
    at_ = positions;
    line_end_ = line_end;
    next_backslash_ = line_begin;
    dropped_spans_.clear();
    for (FoundField& field : found_) field = FoundField{};
    record_begin_ = *at_;
    record_end_ = line_end;
    while (record_end_ > record_begin_ && is_space(text_[record_end_ - 1])) --record_end_;

    const std::uint64_t all =
        paths_.size() == kMaxPaths ? ~std::uint64_t{0} : (std::uint64_t{1} << paths_.size()) - 1;
    bool valid = false;
    if (peek() != '{') {
        // A valid value of another kind deserves a better reason than a grammar error.
        valid = skip_value() && (*at_ >= line_end_ || fail("something follows the value")) &&
                fail_at("it is not an object", record_begin_);
    } else {
        valid = object(0, all) && (*at_ >= line_end_ || fail("something follows the object"));
    }
    positions = at_;
    return valid;
}

bool RecordWalk::object(std::size_t level, std::uint64_t active) {
    ++at_;
    if (peek() == '}') {
        value_end_ = *at_++ + 1;
        return true;
    }
    bool none_kept = true;
    std::uint32_t comma = 0;
    for (;;) {
        const std::uint32_t key_begin = *at_;
        std::string_view key;
        if (!key_text(key)) return false;
        const Member member = match_key(key, level, active);
        if (peek() != ':') return fail("':' expected behind a key");
        ++at_;
        if (!member_value(level, member)) return false;
        if (member.dropped) {
            drop_member(comma, key_begin, none_kept);
        } else {
            none_kept = false;
        }
        const char c = peek();
        if (c == '}') {
            value_end_ = *at_++ + 1;
            return true;
        }
        if (c != ',') return fail("',' or '}' expected behind a value");
        comma = *at_++;
    }
}

void RecordWalk::drop_member(std::uint32_t comma, std::uint32_t key, bool first_kept) {
    if (!first_kept) {
        dropped_spans_.push_back({comma, value_end_});
    } else if (peek() == ',') {
        dropped_spans_.push_back({key, at_[1] < line_end_ ? at_[1] : line_end_});
    } else {
        dropped_spans_.push_back({key, value_end_});
    }
}

bool RecordWalk::key_text(std::string_view& key) {
    if (peek() != '"') return fail("a key in quotes expected");
    const std::uint32_t begin = *at_;
    if (!string_token()) return false;
    key = {text_ + begin + 1, value_end_ - begin - 2};
    if (value_escaped_) {
        key_buffer_.resize(key.size() + kMorselPadding);
        const auto decoded = index_->unescape(text_ + begin + 1, key_buffer_.data(), true);
        if (!decoded) return fail_at("a string has a wrong escape", begin);
        key = *decoded;
    }
    return true;
}

RecordWalk::Member RecordWalk::match_key(std::string_view key, std::size_t level,
                                         std::uint64_t active) const {
    Member member;
    for (std::uint64_t rest = active; rest != 0; rest &= rest - 1) {
        const auto n = static_cast<std::size_t>(std::countr_zero(rest));
        if (n >= paths_.size()) break;
        const Path& path = paths_[n];
        const std::uint64_t bit = std::uint64_t{1} << n;
        if (path.tails[level] == key) {
            member.leaf |= bit;
        } else if (level < path.heads.size() && path.heads[level] == key) {
            member.into |= bit;
        }
    }
    if (level == 0) {
        for (const std::string& dropped : dropped_) member.dropped = member.dropped || dropped == key;
    }
    return member;
}

bool RecordWalk::member_value(std::size_t level, const Member& member) {
    if ((member.leaf | member.into) == 0) return skip_value();
    const std::uint32_t begin = *at_;
    const char first = peek();
    // The last of equal keys counts, so what an earlier one led to is void.
    if (!forget_deeper(member.into, level)) return false;
    bool valid = false;
    if (member.into != 0 && first == '{') {
        valid = object(level + 1, member.into);
    } else if (first == '"' && (member.leaf & ~texts_) == 0) {
        valid = string_token(member.leaf == 0);
    } else {
        valid = skip_value();
    }
    return valid && note_leaves(member, level, begin, first, value_escaped_);
}

// Nobody will decode this value.
bool RecordWalk::superseded(const FoundField& field) {
    return field.kind != FoundField::Kind::string || !field.escaped || escapes(field.begin, field.end);
}

bool RecordWalk::forget_deeper(std::uint64_t paths, std::size_t level) {
    for (std::uint64_t rest = paths; rest != 0; rest &= rest - 1) {
        FoundField& field = found_[static_cast<std::size_t>(std::countr_zero(rest))];
        if (field.kind == FoundField::Kind::missing || field.level <= level) continue;
        if (!superseded(field)) return false;
        field = FoundField{.twice = true};
    }
    return true;
}

bool RecordWalk::note_leaves(const Member& member, std::size_t level, std::uint32_t begin, char first,
                             bool escaped) {
    FoundField found{begin,   value_end_, FoundField::Kind::other,
                     escaped, false,      static_cast<std::uint32_t>(level)};
    if (first == '"') found.kind = FoundField::Kind::string;
    if (first == 'n') found.kind = FoundField::Kind::null;
    for (std::uint64_t rest = member.leaf; rest != 0; rest &= rest - 1) {
        FoundField& field = found_[static_cast<std::size_t>(std::countr_zero(rest))];
        const bool seen = field.kind != FoundField::Kind::missing;
        found.twice = field.twice || (seen && field.level == level);
        // A key with a longer name that was found before stays.
        const bool ignored = seen && field.level < level;
        if (seen && !superseded(ignored ? found : field)) return false;
        if (!ignored) field = found;
    }
    return true;
}

bool RecordWalk::skip_value() {
    const char c = peek();
    if (c == '{' || c == '[') return skip_container(c);
    return scalar(c);
}

bool RecordWalk::scalar(char first) {
    switch (first) {
        case '"': return string_token();
        case 't': return literal("true");
        case 'f': return literal("false");
        case 'n': return literal("null");
        // No JSON, but what Python's json writes and reads.
        case 'N': return literal("NaN");
        case 'I': return literal("Infinity");
        default: return first == '-' || is_digit(first) ? number() : fail("a value expected");
    }
}

// A loop with a stack of its own, so that no input can exhaust the thread's stack.
bool RecordWalk::skip_container(char open) {
    nesting_.assign(1, open);
    ++at_;
    bool fresh = true;  // right behind an opening bracket
    while (!nesting_.empty()) {
        const bool in_object = nesting_.back() == '{';
        const char closing = in_object ? '}' : ']';
        char c = peek();
        if (c == closing) {
            nesting_.pop_back();
            value_end_ = *at_++ + 1;
            fresh = false;
            continue;
        }
        if (!fresh) {
            if (c != ',')
                return fail(in_object ? "',' or '}' expected behind a value"
                                      : "',' or ']' expected behind a value");
            ++at_;
        }
        if (in_object) {
            if (peek() != '"') return fail("a key in quotes expected");
            if (!string_token()) return false;
            if (peek() != ':') return fail("':' expected behind a key");
            ++at_;
        }
        c = peek();
        fresh = c == '{' || c == '[';
        if (!fresh) {
            if (!scalar(c)) return false;
        } else {
            if (nesting_.size() >= kMaxJsonDepth) return fail("it is nested more than 1024 levels deep");
            nesting_.push_back(c);
            ++at_;
        }
    }
    return true;
}

// The index lists neither the inside of a string nor its closing quote: behind the quote only white space can stand
// before the next position.
bool RecordWalk::string_token(bool check_escapes) {
    const std::uint32_t begin = *at_++;
    std::uint32_t end = *at_ < line_end_ ? *at_ : line_end_;
    while (end > begin && is_space(text_[end - 1])) --end;
    if (end < begin + 2 || text_[end - 1] != '"') return fail_at("a string is not closed", begin);
    value_end_ = end;
    value_escaped_ = false;
    if (next_backslash_ < begin) next_backslash_ = begin;
    if (next_backslash_ < end && text_[next_backslash_] != '\\') {
        const auto* found =
            static_cast<const char*>(std::memchr(text_ + next_backslash_, '\\', line_end_ - next_backslash_));
        next_backslash_ = found == nullptr ? line_end_ : static_cast<std::uint32_t>(found - text_);
    }
    if (next_backslash_ >= end) return true;
    value_escaped_ = true;
    const std::uint32_t first = next_backslash_;
    next_backslash_ = end;
    return !check_escapes || escapes(first, end);
}

bool RecordWalk::escapes(std::uint32_t begin, std::uint32_t end) {
    const char* p = text_ + begin;
    const char* const stop = text_ + end - 1;  // the closing quote
    while (p != nullptr && p < stop) {
        if (*p != '\\') {
            p = static_cast<const char*>(std::memchr(p, '\\', static_cast<std::size_t>(stop - p)));
            continue;
        }
        if (p[1] == 'u') {
            if (stop - p < 6 || !is_hex_digit(p[2]) || !is_hex_digit(p[3]) || !is_hex_digit(p[4]) ||
                !is_hex_digit(p[5])) {
                return fail_at("a \\u escape without four hex digits", static_cast<std::uint32_t>(p - text_));
            }
            p += 6;
        } else if (kEscapable[static_cast<unsigned char>(p[1])]) {
            p += 2;
        } else {
            return fail_at("a backslash that escapes nothing", static_cast<std::uint32_t>(p - text_));
        }
    }
    return true;
}

bool RecordWalk::ends_scalar(std::uint32_t offset) const {
    return offset >= line_end_ || kEndsScalar[static_cast<unsigned char>(text_[offset])];
}

bool RecordWalk::number() {
    const std::uint32_t begin = *at_;
    if (begin + 1 < line_end_ && text_[begin + 1] == 'I') return literal("-Infinity");
    ++at_;
    const char* const stop = text_ + line_end_;
    const char* p = text_ + begin;
    const auto digits = [&] {
        const char* const first = p;
        while (p < stop && is_digit(*p)) ++p;
        return p != first;
    };
    if (*p == '-') ++p;
    bool valid = true;
    if (p < stop && *p == '0') {
        ++p;
    } else {
        valid = digits();
    }
    if (valid && p < stop && *p == '.') {
        ++p;
        valid = digits();
    }
    if (valid && p < stop && (*p == 'e' || *p == 'E')) {
        ++p;
        if (p < stop && (*p == '+' || *p == '-')) ++p;
        valid = digits();
    }
    value_end_ = static_cast<std::uint32_t>(p - text_);
    value_escaped_ = false;
    return (valid && ends_scalar(value_end_)) || fail_at("a number is malformed", begin);
}

bool RecordWalk::literal(std::string_view word) {
    const std::uint32_t begin = *at_++;
    value_end_ = begin + static_cast<std::uint32_t>(word.size());
    value_escaped_ = false;
    const bool same =
        line_end_ - begin >= word.size() && std::memcmp(text_ + begin, word.data(), word.size()) == 0;
    return (same && ends_scalar(value_end_)) || fail_at("a value expected", begin);
}

}  // namespace dj
