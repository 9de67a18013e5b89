// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdlib>
#include <limits>
#include <optional>

#include "dj/data/python_json.hpp"

namespace dj {
namespace {

constexpr std::uint32_t kHighSurrogate = 0xD800;
constexpr std::uint32_t kLowSurrogate = 0xDC00;
constexpr std::uint32_t kAfterSurrogates = 0xE000;

void append_utf8(std::string& out, std::uint32_t point) {
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xC0 | (point >> 6));
        tail(0);
    } else if (point < 0x10000) {
        out += static_cast<char>(0xE0 | (point >> 12));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xF0 | (point >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

/// The four hex digits at `at`.
std::optional<std::uint32_t> hex4(std::string_view text, std::size_t at) {
    if (text.size() < at + 4) return std::nullopt;
    std::uint32_t value = 0;
    const auto* const begin = text.data() + at;
    const auto result = std::from_chars(begin, begin + 4, value, 16);
    if (result.ptr != begin + 4) return std::nullopt;
    return value;
}

/// Decodes the escape at `at` (the byte behind the backslash), which it moves behind the escape.
JsonFault append_unescaped(std::string& out, std::string_view body, std::size_t& at) {
    switch (body[at++]) {
        case '"': out += '"'; return JsonFault::none;
        case '\\': out += '\\'; return JsonFault::none;
        case '/': out += '/'; return JsonFault::none;
        case 'b': out += '\b'; return JsonFault::none;
        case 'f': out += '\f'; return JsonFault::none;
        case 'n': out += '\n'; return JsonFault::none;
        case 'r': out += '\r'; return JsonFault::none;
        case 't': out += '\t'; return JsonFault::none;
        case 'u': break;
        default: return JsonFault::malformed;
    }
    auto point = hex4(body, at);
    if (!point) return JsonFault::malformed;
    at += 4;
    if (*point >= kHighSurrogate && *point < kAfterSurrogates) {
        if (*point >= kLowSurrogate || body.substr(at, 2) != "\\u") return JsonFault::lone_surrogate;
        const auto low = hex4(body, at + 2);
        if (!low) return JsonFault::malformed;
        if (*low < kLowSurrogate || *low >= kAfterSurrogates) return JsonFault::lone_surrogate;
        at += 6;
        point = 0x10000 + ((*point - kHighSurrogate) << 10) + (*low - kLowSurrogate);
    }
    append_utf8(out, *point);
    return JsonFault::none;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The grammar of JSON numbers; `fractional` tells whether Python reads a float.
bool valid_number(std::string_view text, bool& fractional) {
    std::size_t at = 0;
    const auto digits = [&] {
        const auto begin = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        return at - begin;
    };
    fractional = false;
    if (at < text.size() && text[at] == '-') ++at;
    const bool leading_zero = at < text.size() && text[at] == '0';
    const auto whole = digits();
    if (whole == 0 || (leading_zero && whole > 1)) return false;
    if (at < text.size() && text[at] == '.') {
        fractional = true;
        ++at;
        if (digits() == 0) return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        fractional = true;
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        if (digits() == 0) return false;
    }
    return at == text.size();
}

double nearest_double(std::string_view text) {
    double value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    // Beyond the range, from_chars does not say on which side; Python gives inf or 0.
    if (result.ec == std::errc::result_out_of_range) value = std::strtod(std::string(text).c_str(), nullptr);
    return value;
}

JsonScalar parse_number(std::string_view slice) {
    JsonScalar result;
    result.digits = slice;
    bool fractional = false;
    if (slice == "NaN") {
        result.number = std::numeric_limits<double>::quiet_NaN();
        result.type = JsonType::number;
    } else if (slice == "Infinity" || slice == "-Infinity") {
        result.number = std::numeric_limits<double>::infinity() * (slice[0] == '-' ? -1 : 1);
        result.type = JsonType::number;
    } else if (!valid_number(slice, fractional)) {
        result.type = JsonType::malformed;
        result.fault = JsonFault::malformed;
    } else if (fractional) {
        result.number = nearest_double(slice);
        result.type = JsonType::number;
    } else {
        const auto parsed = std::from_chars(slice.data(), slice.data() + slice.size(), result.integer);
        const bool fits = parsed.ec == std::errc();
        result.type = fits ? JsonType::integer : JsonType::big_integer;
        result.number = fits ? static_cast<double>(result.integer) : nearest_double(slice);
    }
    return result;
}

}  // namespace

std::string_view to_string(JsonFault fault) {
    switch (fault) {
        case JsonFault::none: return "no fault";
        case JsonFault::malformed: return "not valid JSON";
        case JsonFault::lone_surrogate: return "an escape of half a surrogate pair, which UTF-8 cannot hold";
    }
    return "unknown fault";
}

std::string_view to_string(JsonType type) {
    switch (type) {
        case JsonType::absent: return "missing";
        case JsonType::null: return "null";
        case JsonType::boolean: return "a boolean";
        case JsonType::integer:
        case JsonType::big_integer: return "an integer";
        case JsonType::number: return "a number";
        case JsonType::string: return "a string";
        case JsonType::array: return "a list";
        case JsonType::object: return "an object";
        case JsonType::malformed: return "not valid JSON";
    }
    return "unknown type";
}

JsonFault append_decoded_json_string(std::string& out, std::string_view slice) {
    if (slice.size() < 2 || slice.front() != '"' || slice.back() != '"') return JsonFault::malformed;
    const auto body = slice.substr(1, slice.size() - 2);
    std::size_t at = 0;
    for (;;) {
        const auto escape = body.find('\\', at);
        out.append(body.substr(at, escape == std::string_view::npos ? escape : escape - at));
        if (escape == std::string_view::npos) return JsonFault::none;
        at = escape + 1;
        if (at == body.size()) return JsonFault::malformed;
        if (const auto fault = append_unescaped(out, body, at); fault != JsonFault::none) return fault;
    }
}

JsonScalar parse_json_scalar(std::string_view slice, std::string& buffer) {
    JsonScalar result;
    if (slice.empty()) return result;
    switch (slice.front()) {
        case '{': result.type = JsonType::object; return result;
        case '[': result.type = JsonType::array; return result;
        case '"':
            if (slice.size() >= 2 && slice.back() == '"' && slice.find('\\') == std::string_view::npos) {
                result.text = slice.substr(1, slice.size() - 2);
            } else {
                buffer.clear();
                result.fault = append_decoded_json_string(buffer, slice);
                result.text = buffer;
            }
            result.type = result.fault == JsonFault::none ? JsonType::string : JsonType::malformed;
            return result;
        default: break;
    }
    if (slice == "null") {
        result.type = JsonType::null;
    } else if (slice == "true" || slice == "false") {
        result.type = JsonType::boolean;
        result.boolean = slice == "true";
    } else {
        return parse_number(slice);
    }
    return result;
}

}  // namespace dj
