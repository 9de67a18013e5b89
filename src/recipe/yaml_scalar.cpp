// SPDX-License-Identifier: Apache-2.0
#include "recipe/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <span>
#include <string>

namespace dj {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 9> kTrue{"yes",  "Yes", "YES", "true", "True",
                                                "TRUE", "on",  "On",  "ON"};
constexpr std::array<std::string_view, 9> kFalse{"no",    "No",  "NO",  "false", "False",
                                                 "FALSE", "off", "Off", "OFF"};
constexpr std::array<std::string_view, 5> kNull{"", "~", "null", "Null", "NULL"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_digit_or_bar(char c) { return is_digit(c) || c == '_'; }
bool is_octal_or_bar(char c) { return (c >= '0' && c <= '7') || c == '_'; }
bool is_binary_or_bar(char c) { return c == '0' || c == '1' || c == '_'; }
bool is_hex_or_bar(char c) { return is_digit_or_bar(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string without_bars(std::string_view text) {
    std::string plain(text);
    std::erase(plain, '_');
    return plain;
}

json integer(bool negative, std::string_view digits, int base) {
    const auto plain = (negative ? "-" : "") + without_bars(digits);
    const char* const end = plain.data() + plain.size();
    std::int64_t value = 0;
    if (const auto result = std::from_chars(plain.data(), end, value, base);
        result.ec == std::errc() && result.ptr == end) {
        return value;
    }
    std::uint64_t large = 0;
    if (const auto result = std::from_chars(plain.data(), end, large, base);
        result.ec == std::errc() && result.ptr == end) {
        return large;
    }
    double number = 0;
    for (const char c : std::string_view(plain).substr(negative ? 1 : 0)) {
        const int digit = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
        number = number * base + digit;
    }
    return negative ? -number : number;
}

/// The digits of `text` grouped by colons, each group after the first below 60 (190:20:30).
std::optional<double> sexagesimal(std::string_view text) {
    double value = 0;
    bool first = true;
    while (true) {
        const auto colon = text.find(':');
        const auto group = text.substr(0, colon);
        const bool fits = first ? std::ranges::all_of(group, is_digit_or_bar)
                                : group.size() <= 2 && std::ranges::all_of(group, is_digit);
        if (group.empty() || !fits || (!first && group.size() == 2 && group[0] > '5')) return std::nullopt;
        double number = 0;
        const auto plain = without_bars(group);
        std::from_chars(plain.data(), plain.data() + plain.size(), number);
        value = value * 60 + number;
        if (colon == std::string_view::npos) return first ? std::nullopt : std::optional(value);
        text.remove_prefix(colon + 1);
        first = false;
    }
}

// [-+]?0b[0-1_]+ | [-+]?0[0-7_]+ | [-+]?(?:0|[1-9][0-9_]*) | [-+]?0x[0-9a-fA-F_]+ | [-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+
std::optional<json> as_integer(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || !is_digit(text[0])) return std::nullopt;
    const auto rest = text.substr(std::min<std::size_t>(2, text.size()));
    const auto has_digit = [](std::string_view digits) {
        return digits.find_first_not_of('_') != std::string_view::npos;
    };
    if (text.starts_with("0b") && has_digit(rest) && std::ranges::all_of(rest, is_binary_or_bar)) {
        return integer(negative, rest, 2);
    }
    if (text.starts_with("0x") && has_digit(rest) && std::ranges::all_of(rest, is_hex_or_bar)) {
        return integer(negative, rest, 16);
    }
    if (text[0] == '0') {
        if (!std::ranges::all_of(text, is_octal_or_bar)) return std::nullopt;
        return integer(negative, text, 8);
    }
    if (std::ranges::all_of(text, is_digit_or_bar)) return integer(negative, text, 10);
    if (const auto value = sexagesimal(text); value && *value < 9e15) {
        return static_cast<std::int64_t>(negative ? -*value : *value);
    }
    return std::nullopt;
}

struct FloatParts {
    std::string_view whole;
    std::string_view fraction;
    std::string_view exponent;  // after e or E, with its sign
    bool point = false;
    bool has_exponent = false;
};

std::optional<FloatParts> split_float(std::string_view text) {
    FloatParts parts;
    const auto e = text.find_first_of("eE");
    if (e != std::string_view::npos) {
        parts.has_exponent = true;
        parts.exponent = text.substr(e + 1);
        text = text.substr(0, e);
    }
    const auto point = text.find('.');
    parts.point = point != std::string_view::npos;
    parts.whole = text.substr(0, point);
    if (parts.point) parts.fraction = text.substr(point + 1);
    if (!std::ranges::all_of(parts.whole, is_digit_or_bar) || parts.whole.starts_with('_'))
        return std::nullopt;
    if (!std::ranges::all_of(parts.fraction, is_digit_or_bar)) return std::nullopt;
    return parts;
}

bool is_exponent(std::string_view text, bool sign_required) {
    const bool sign = text.starts_with('-') || text.starts_with('+');
    if (sign) text.remove_prefix(1);
    return (sign || !sign_required) && !text.empty() && std::ranges::all_of(text, is_digit);
}

// jsonargparse/_loaders_dumpers.py: [-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)? | [-+]?[0-9][0-9_]*(?:[eE][-+]?[0-9]+)
// | \.[0-9_]+(?:[eE][-+][0-9]+)? | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]* | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)
std::optional<double> as_number(std::string_view text) {
    const bool negative = text.starts_with('-');
    const bool sign = negative || text.starts_with('+');
    if (sign) text.remove_prefix(1);
    if (text == ".inf" || text == ".Inf" || text == ".INF") {
        return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    }
    if (!sign && (text == ".nan" || text == ".NaN" || text == ".NAN"))
        return std::numeric_limits<double>::quiet_NaN();
    if (const auto point = text.find('.');
        text.find(':') != std::string_view::npos && point != std::string_view::npos) {
        const auto value = sexagesimal(text.substr(0, point));
        const auto fraction = text.substr(point + 1);
        if (!value || !std::ranges::all_of(fraction, is_digit_or_bar)) return std::nullopt;
        const auto digits = "0." + without_bars(fraction) + "0";
        double part = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), part);
        return negative ? -(*value + part) : *value + part;
    }
    const auto parts = split_float(text);
    if (!parts) return std::nullopt;
    if (parts->whole.empty()) {
        if (sign || parts->fraction.empty()) return std::nullopt;
    } else if (!parts->point && !parts->has_exponent) {
        return std::nullopt;
    }
    const auto digits = without_bars(parts->fraction);
    if (parts->whole.empty() && digits.empty()) return std::nullopt;
    // The exponent of ".5e3" lacks the sign that the pattern asks for: the resolver says string, and Data-Juicer's
    // conversion of strings then makes the same number of it where a number is wanted.
    if (parts->has_exponent && !is_exponent(parts->exponent, false)) return std::nullopt;
    auto plain = (negative ? "-" : "") + without_bars(parts->whole);
    if (parts->whole.empty()) plain += '0';
    if (!digits.empty()) plain += "." + digits;
    if (parts->has_exponent) {
        auto exponent = parts->exponent;
        if (exponent.starts_with('+')) exponent.remove_prefix(1);
        plain += "e" + std::string(exponent);
    }
    double value = 0;
    const auto result = std::from_chars(plain.data(), plain.data() + plain.size(), value);
    if (result.ec == std::errc::result_out_of_range) {
        const bool tiny = parts->exponent.starts_with('-');
        return tiny ? 0.0 : std::numeric_limits<double>::infinity() * (negative ? -1 : 1);
    }
    return value;
}

bool contains(std::span<const std::string_view> words, std::string_view text) {
    return std::ranges::find(words, text) != words.end();
}

}  // namespace

json resolve_plain_scalar(std::string_view text) {
    if (contains(kNull, text)) return nullptr;
    if (contains(kTrue, text)) return true;
    if (contains(kFalse, text)) return false;
    if (auto value = as_integer(text)) return *value;
    if (const auto value = as_number(text)) return *value;
    return std::string(text);
}

bool needs_quotes(std::string_view text) {
    if (!resolve_plain_scalar(text).is_string() || text == "<<" || text == "=") return true;
    const auto plain = [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' ||
               c == '/' || c == '-' || c == '+';
    };
    const char first = text.front();
    return first == '-' || first == '+' || !std::ranges::all_of(text, plain);
}

}  // namespace dj
