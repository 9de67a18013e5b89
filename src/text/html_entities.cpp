// SPDX-License-Identifier: Apache-2.0
#include "text/html_entities.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "text/html_entities_1.hpp"
#include "text/html_entities_2.hpp"
#include "text/mojibake_table.hpp"

namespace dj {
namespace {

constexpr int kHexadecimal = 16;
constexpr int kDecimal = 10;

constexpr std::size_t count_entries(std::string_view list) {
    return static_cast<std::size_t>(std::count(list.begin(), list.end(), ' '));
}

/// Where the entries of a list begin; they are sorted by name.
template <std::size_t Count>
constexpr std::array<std::uint16_t, Count> find_entries(std::string_view list) {
    std::array<std::uint16_t, Count> begins{};
    std::size_t at = 0;
    for (auto& begin : begins) {
        begin = static_cast<std::uint16_t>(at);
        at = list.find(' ', at) + 1;
    }
    return begins;
}
constexpr auto kEntries1 = find_entries<count_entries(kHtmlEntities1)>(kHtmlEntities1);
constexpr auto kEntries2 = find_entries<count_entries(kHtmlEntities2)>(kHtmlEntities2);

struct Entity {
    std::string_view name;
    bool in_capitals_too;
    std::string_view codes;
};

Entity entity_at(std::string_view list, std::size_t begin) {
    const auto entry = list.substr(begin, list.find(' ', begin) - begin);
    const auto mark = entry.find_first_of("=:");
    return {entry.substr(0, mark), entry[mark] == ':', entry.substr(mark + 1)};
}

template <std::size_t Count>
std::optional<Entity> find_entity(std::string_view list, const std::array<std::uint16_t, Count>& begins,
                                  std::string_view name) {
    const auto found = std::lower_bound(
        begins.begin(), begins.end(), name,
        [&](std::size_t begin, std::string_view n) { return entity_at(list, begin).name < n; });
    if (found == begins.end()) return std::nullopt;
    const Entity entity = entity_at(list, *found);
    return entity.name == name ? std::optional(entity) : std::nullopt;
}

std::optional<Entity> find_entity(std::string_view name) {
    const auto found = find_entity(kHtmlEntities1, kEntries1, name);
    return found ? found : find_entity(kHtmlEntities2, kEntries2, name);
}

/// The name in lower case, if it has no lower-case letters.
std::optional<std::string> from_capitals(std::string_view name) {
    std::string lower(name);
    for (char& c : lower) {
        if (c >= 'a' && c <= 'z') return std::nullopt;
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

std::u32string characters(std::string_view codes) {
    std::u32string found;
    while (!codes.empty()) {
        std::uint32_t point = 0;
        const auto* const end =
            std::from_chars(codes.data(), codes.data() + codes.size(), point, kHexadecimal).ptr;
        found += static_cast<char32_t>(point);
        const auto read = static_cast<std::size_t>(end - codes.data());
        codes.remove_prefix(std::min(read + 1, codes.size()));
    }
    return found;
}

std::optional<std::u32string> named(std::string_view name) {
    if (const auto entity = find_entity(name)) return characters(entity->codes);
    if (const auto lower = from_capitals(name)) {
        const auto entity = find_entity(*lower);
        if (entity && entity->in_capitals_too) return characters(entity->codes);
    }
    return std::nullopt;
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
    if (name.front() != '#') return named(name);
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
        const ReferenceName reference = html_reference_name(text, at);
        const auto name = reference.view();
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
