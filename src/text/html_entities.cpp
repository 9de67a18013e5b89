// SPDX-License-Identifier: Apache-2.0
#include "text/html_entities.hpp"

#include <charconv>
#include <cstdint>
#include <unordered_map>

#include "text/html_entities_1.hpp"
#include "text/html_entities_2.hpp"
#include "text/mojibake_table.hpp"

namespace dj {
namespace {

constexpr int kHexadecimal = 16;
constexpr int kDecimal = 10;
using Entities = std::unordered_map<std::string, std::u32string>;

std::string in_capitals(std::string_view name) {
    std::string capitals(name);
    for (char& c : capitals) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return capitals;
}

void add_entities(Entities& entities, std::string_view list) {
    while (!list.empty()) {
        const std::string_view entry = list.substr(0, list.find(' '));
        list.remove_prefix(entry.size() + 1);
        const auto mark = entry.find_first_of("=:");
        std::u32string value;
        for (auto codes = entry.substr(mark + 1); !codes.empty();) {
            std::uint32_t point = 0;
            const auto end =
                std::from_chars(codes.data(), codes.data() + codes.size(), point, kHexadecimal).ptr;
            value += static_cast<char32_t>(point);
            const auto read = static_cast<std::size_t>(end - codes.data());
            codes.remove_prefix(read < codes.size() ? read + 1 : read);
        }
        const auto name = entry.substr(0, mark);
        if (entry[mark] == ':') entities.emplace(in_capitals(name), value);
        entities.emplace(name, std::move(value));
    }
}

const Entities& entities() {
    static const Entities kEntities = [] {
        Entities all;
        add_entities(all, kHtmlEntities1);
        add_entities(all, kHtmlEntities2);
        return all;
    }();
    return kEntities;
}

/// Numbers that the HTML standard calls errors and Python's `html.unescape` leaves out.
bool is_left_out(std::uint32_t number) {
    constexpr std::uint32_t kPlane = 0x10000;
    return (number >= 0x1 && number <= 0x8) || number == 0xB || (number >= 0xE && number <= 0x1F) ||
           number == 0x7F || (number >= 0xFDD0 && number <= 0xFDEF) || number % kPlane >= 0xFFFE;
}

std::u32string numbered(std::uint32_t number) {
    constexpr char32_t kReplacement = 0xFFFD;
    if (number >= 0x80 && number <= 0x9F) return {windows_1252(number)};
    if (number == 0 || (number >= 0xD800 && number <= 0xDFFF) || number > 0x10FFFF) return {kReplacement};
    if (is_left_out(number)) return {};
    return {number};
}

}  // namespace

std::optional<std::u32string> html_reference(std::string_view name) {
    if (name.empty()) return std::nullopt;
    if (name.front() != '#') {
        const auto found = entities().find(std::string(name));
        return found == entities().end() ? std::nullopt : std::optional(found->second);
    }
    name.remove_prefix(1);
    const bool hexadecimal = !name.empty() && (name.front() == 'x' || name.front() == 'X');
    if (hexadecimal) name.remove_prefix(1);
    std::uint32_t number = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), number,
                                      hexadecimal ? kHexadecimal : kDecimal);
    if (name.empty() || read.ptr != name.data() + name.size()) return std::nullopt;
    if (read.ec == std::errc::result_out_of_range) number = UINT32_MAX;
    // ftfy takes a semicolon in what Python made of it for the one of a reference that was not read whole.
    if (number == ';') return std::nullopt;
    return numbered(number);
}

void unescape_html(std::u32string& text) {
    std::u32string out;
    std::size_t copied = 0;
    for (std::size_t at = text.find(U'&'); at != std::u32string::npos; at = text.find(U'&', at)) {
        const std::string name = html_reference_name(text, at);
        const auto meant = html_reference(name);
        if (!meant) {
            ++at;
            continue;
        }
        out.append(text, copied, at - copied).append(*meant);
        at += name.size() + 2;
        copied = at;
    }
    if (copied == 0) return;
    out.append(text, copied);
    text = std::move(out);
}

}  // namespace dj
