// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "dj/data/python_json.hpp"

namespace dj {
namespace {

bool must_escape(unsigned char byte) { return byte < 0x20 || byte == '"' || byte == '\\'; }

/// The length of the run at `begin` that needs no escape.
std::size_t plain_run(const char* begin, const char* end) {
    const char* at = begin;
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i last_control = _mm_set1_epi8(0x1f);
    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
        const __m128i special = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
        const auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, special)));
        if (mask != 0)
            return static_cast<std::size_t>(at - begin) + static_cast<std::size_t>(std::countr_zero(mask));
    }
#endif
    while (at != end && !must_escape(static_cast<unsigned char>(*at))) ++at;
    return static_cast<std::size_t>(at - begin);
}

void append_escape(std::string& out, unsigned char byte) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    switch (byte) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        default: break;
    }
    out += "\\u00";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
}

}  // namespace

void append_json_string(std::string& out, std::string_view utf8) {
    out.reserve(out.size() + utf8.size() + 2);
    out += '"';
    const char* at = utf8.data();
    const char* const end = at + utf8.size();
    for (;;) {
        const auto run = plain_run(at, end);
        out.append(at, run);
        at += run;
        if (at == end) break;
        append_escape(out, static_cast<unsigned char>(*at++));
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
