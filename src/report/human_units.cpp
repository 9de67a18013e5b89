// SPDX-License-Identifier: Apache-2.0
#include "dj/report/human_units.hpp"

#include <array>
#include <cmath>
#include <ctime>

#include <fmt/format.h>

namespace dj {
namespace {

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

/// The first `count` characters.
std::string_view head(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    while (at < text.size()) {
        if (starts_character(text[at]) && count-- == 0) break;
        ++at;
    }
    return text.substr(0, at);
}

}  // namespace

std::string show_count(std::uint64_t count) {
    const auto digits = fmt::format("{}", count);
    std::string shown;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) shown += ',';
        shown += digits[i];
    }
    return shown;
}

std::string show_bytes(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 6> kUnits = {"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 1000) return fmt::format("{} B", bytes);
    double amount = static_cast<double>(bytes) / 1000;
    std::size_t unit = 0;
    // 999.95 would print as 1000.0.
    while (amount >= 999.95 && unit + 1 < kUnits.size()) {
        amount /= 1000;
        ++unit;
    }
    return fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

std::string show_duration(double seconds) {
    if (!(seconds >= 0) || seconds > 3e9) return "?";
    if (seconds < 9.95) return fmt::format("{:.2f} s", seconds);
    if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
    const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
    if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    if (whole < 86400) return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
    return fmt::format("{} d {:02} h", whole / 86400, whole / 3600 % 24);
}

std::string show_time(double seconds_since_epoch) {
    const auto seconds = static_cast<std::time_t>(seconds_since_epoch);
    std::tm parts{};
    if (!(std::abs(seconds_since_epoch) < 1e11) || gmtime_r(&seconds, &parts) == nullptr) return "?";
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string show_rate(double per_second) {
    if (!(per_second > 0)) return "0";
    if (per_second < 1) return fmt::format("{:.2f}", per_second);
    if (per_second < 100) return fmt::format("{:.1f}", per_second);
    if (per_second > 1e18) return "?";
    return show_count(static_cast<std::uint64_t>(std::llround(per_second)));
}

std::string show_text(std::string_view text) {
    std::string shown;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n') {
            shown += "\\n";
        } else if (c == '\t') {
            shown += ' ';
        } else if (byte < 0x20 || byte == 0x7F) {
            shown += fmt::format("\\x{:02x}", byte);
        } else {
            shown += c;
        }
    }
    return shown;
}

std::string shorten(std::string_view text, std::size_t width) {
    constexpr std::string_view kGap = "...";
    const auto length = display_width(text);
    if (length <= width) return std::string(text);
    if (width <= kGap.size()) return std::string(head(text, width));
    const auto kept = width - kGap.size();
    const auto tail = kept / 2;
    std::string shown(head(text, kept - tail));
    shown += kGap;
    shown += text.substr(head(text, length - tail).size());
    return shown;
}

std::size_t display_width(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) count += starts_character(c) ? 1U : 0U;
    return count;
}

}  // namespace dj
