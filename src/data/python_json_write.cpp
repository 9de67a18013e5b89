// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "dj/data/python_json.hpp"
#include "dj/text/byte_vector.hpp"

namespace dj {
namespace {

bool must_escape(unsigned char byte) { return byte < 0x20 || byte == '"' || byte == '\\'; }

/// Bytes that one character takes at most: `\\u001f`.
constexpr std::size_t kLongestEscape = 6;

char* write_escape(char* out, unsigned char byte) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    *out++ = '\\';
    switch (byte) {
        case '"': *out++ = '"'; return out;
        case '\\': *out++ = '\\'; return out;
        case '\n': *out++ = 'n'; return out;
        case '\r': *out++ = 'r'; return out;
        case '\t': *out++ = 't'; return out;
        case '\b': *out++ = 'b'; return out;
        case '\f': *out++ = 'f'; return out;
        default: break;
    }
    *out++ = 'u';
    *out++ = '0';
    *out++ = '0';
    *out++ = kDigits[byte >> 4];
    *out++ = kDigits[byte & 15];
    return out;
}

/// Writes `in` to `out`, escaped; returns the end. There is room for all of it and for a vector more.
char* write_escaped(char* out, std::string_view in) {
    const char* at = in.data();
    const char* const end = at + in.size();
#ifdef DJ_BYTE_VECTOR
    // A vector is copied and looked at in one go; only up to the first byte that needs an escape does it count.
    while (static_cast<std::size_t>(end - at) >= ByteVector::kSize) {
        const ByteVector bytes = ByteVector::load(at);
        bytes.store(out);
        const auto special = bytes.between(0, 0x1F) | bytes.equal('"') | bytes.equal('\\');
        const std::uint32_t mask = special.mask();
        if (mask == 0) {
            at += ByteVector::kSize;
            out += ByteVector::kSize;
            continue;
        }
        const int plain = std::countr_zero(mask);
        at += plain;
        out = write_escape(out + plain, static_cast<unsigned char>(*at++));
    }
#endif
    for (; at != end; ++at) {
        const auto byte = static_cast<unsigned char>(*at);
        if (must_escape(byte)) {
            out = write_escape(out, byte);
        } else {
            *out++ = *at;
        }
    }
    return out;
}

}  // namespace

void append_json_string(std::string& out, std::string_view utf8) {
    // By way of the stack, a piece at a time: a string cannot be made longer without its bytes being written twice.
    constexpr std::size_t kPiece = 1024;
    constexpr std::size_t kVector = 32;
    std::array<char, kPiece * kLongestEscape + kVector> escaped;
    out.reserve(out.size() + utf8.size() + utf8.size() / 32 + 2);
    out += '"';
    for (std::size_t at = 0; at < utf8.size(); at += kPiece) {
        out.append(escaped.data(), write_escaped(escaped.data(), utf8.substr(at, kPiece)));
    }
    out += '"';
}

void append_json_int(std::string& out, std::int64_t value) {
    std::array<char, 24> digits;
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out.append(digits.data(), result.ptr);
}

void append_json_float(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "NaN";
        return;
    }
    if (std::isinf(value)) {
        out += value > 0 ? "Infinity" : "-Infinity";
        return;
    }
    // "d.ddde[+-]xx": the shortest digits that read back as `value`, and where the point stands.
    std::array<char, 32> buffer;
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
    std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    if (text.front() == '-') {
        out += '-';
        text.remove_prefix(1);
    }
    const auto e = text.find('e');
    int exponent = 0;
    const char* exponent_begin = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
    std::from_chars(exponent_begin, end, exponent);
    constexpr int kFirstLargeExponent = 16;
    constexpr int kLastSmallExponent = -5;
    if (exponent >= kFirstLargeExponent || exponent <= kLastSmallExponent) {
        out += text;  // to_chars writes exponents as Python does: a sign and at least two digits
        return;
    }
    std::array<char, 24> digits;
    std::size_t count = 0;
    for (const char c : text.substr(0, e)) {
        if (c != '.') digits[count++] = c;
    }
    if (exponent < 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-exponent - 1), '0');
        out.append(digits.data(), count);
        return;
    }
    const std::size_t whole = static_cast<std::size_t>(exponent) + 1;
    if (count <= whole) {
        out.append(digits.data(), count);
        out.append(whole - count, '0');
        out += ".0";
        return;
    }
    out.append(digits.data(), whole);
    out += '.';
    out.append(digits.data() + whole, count - whole);
}

}  // namespace dj
