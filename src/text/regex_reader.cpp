// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include <fmt/format.h>
#include <unicode/uchar.h>

#include "dj/base/error.hpp"
#include "dj/text/utf8.hpp"
#include "text/regex_translation.hpp"

namespace dj::regex_detail {
namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool PatternReader::accept(std::string_view text) {
    if (!looking_at(text)) return false;
    at_ += text.size();
    return true;
}

char32_t PatternReader::take() { return next_code_point(pattern_, at_); }

std::string_view PatternReader::take_until(char end, std::string_view construct) {
    const auto found = pattern_.find(end, at_);
    if (found == std::string_view::npos) malformed(fmt::format("{} is not closed by '{}'", construct, end));
    const auto text = pattern_.substr(at_, found - at_);
    at_ = found + 1;
    return text;
}

void PatternReader::malformed(std::string_view why) const {
    throw UserError(fmt::format("{} '{}' is not valid: {} (at byte {})", what_, pattern_, why, at_));
}

void PatternReader::unsupported(std::string_view construct) const {
    throw UserError(
        fmt::format("{} '{}' uses {} (at byte {}), which is not supported: write it in another way", what_,
                    pattern_, construct, at_));
}

char32_t PatternReader::take_hex(std::size_t digits) {
    std::uint32_t value = 0;
    const auto text = pattern_.substr(at_, digits);
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (text.size() != digits || result.ptr != text.data() + digits) {
        malformed(fmt::format("an escape needs {} hexadecimal digits", digits));
    }
    at_ += digits;
    if (value > 0x10FFFF) malformed("an escape is beyond the last character, U+10FFFF");
    if (value >= 0xD800 && value < 0xE000) unsupported("half a surrogate pair, which no text can hold");
    return value;
}

char32_t PatternReader::take_named() {
    if (!accept("{") || pattern_.find('}', at_) == std::string_view::npos)
        unsupported("\\N without a character's name");
    const std::string name(take_until('}', "\\N{"));
    UErrorCode status = U_ZERO_ERROR;
    const auto point = u_charFromName(U_UNICODE_CHAR_NAME, name.c_str(), &status);
    if (U_FAILURE(status)) malformed(fmt::format("no character is named {}", name));
    return static_cast<char32_t>(point);
}

char32_t PatternReader::control_escape(char32_t letter) {
    switch (letter) {
        case 'a': return '\a';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case 'v': return '\v';
        default: return 0;
    }
}

NumberEscape take_number_escape(PatternReader& reader, char32_t first, char32_t greatest) {
    const auto digit = [](char c) { return static_cast<char32_t>(c - '0'); };
    char32_t value = first - '0';
    if (first == '0') {
        for (int i = 0; i < 2 && is_octal(reader.peek()); ++i) {
            value = value * 8 + digit(reader.peek());
            reader.skip(1);
        }
        return {.point = value};
    }
    if (!is_digit(reader.peek())) return {.is_group = true, .group = value};
    if (first <= '7' && is_octal(reader.peek()) && is_octal(reader.peek(1))) {
        value = (value * 8 + digit(reader.peek())) * 8 + digit(reader.peek(1));
        if (value > greatest) reader.malformed("an octal escape is beyond \\377");
        reader.skip(2);
        return {.point = value};
    }
    value = value * 10 + digit(reader.peek());
    reader.skip(1);
    return {.is_group = true, .group = value};
}

void append_literal(std::string& out, char32_t point) {
    const bool letter =
        (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
    if (point >= 0x80 || letter) {
        append_code_point(out, point);
    } else if (point < 0x20 || point == 0x7F) {
        out += fmt::format("\\x{{{:x}}}", static_cast<std::uint32_t>(point));
    } else {
        out += '\\';
        out += static_cast<char>(point);
    }
}

}  // namespace dj::regex_detail
