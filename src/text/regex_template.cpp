// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "dj/text/python_regex.hpp"
#include "dj/text/utf8.hpp"
#include "text/regex_translation.hpp"

namespace dj {
namespace {

using regex_detail::PatternReader;

std::size_t checked_group(const PatternReader& reader, std::size_t group, const PythonRegex& regex) {
    if (group > regex.group_count()) {
        reader.malformed(
            fmt::format("the pattern has {} groups, there is no group {}", regex.group_count(), group));
    }
    return group;
}

/// The group of `\g<name>`; `reader` stands behind the g.
std::size_t take_group_name(PatternReader& reader, const PythonRegex& regex) {
    if (!reader.accept("<")) reader.malformed("\\g needs a group in angle brackets");
    const auto name = reader.take_until('>', "\\g<");
    const bool digits =
        !name.empty() && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
    if (digits) {
        std::size_t number = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
        if (parsed.ec != std::errc()) reader.malformed("a group's number is too large");
        return checked_group(reader, number, regex);
    }
    const auto found = regex.group_names().find(name);
    if (found == regex.group_names().end())
        reader.malformed(fmt::format("the pattern has no group named '{}'", name));
    return found->second;
}

/// What an escape stands for: a character, or a group.
struct TemplateEscape {
    std::optional<std::size_t> group;
    std::string text;
};

TemplateEscape character(char32_t point) {
    TemplateEscape result;
    append_code_point(result.text, point);
    return result;
}

TemplateEscape take_escape(PatternReader& reader, const PythonRegex& regex, RegexModule module) {
    const auto letter = reader.take();
    if (letter == 'g') return {.group = take_group_name(reader, regex), .text = {}};
    if (letter == '\\') return character('\\');
    if (letter == 'b') return character('\b');
    if (const auto control = PatternReader::control_escape(letter)) return character(control);
    if (letter >= '0' && letter <= '9') {
        const auto number =
            regex_detail::take_number_escape(reader, letter, module == RegexModule::regex ? 0777 : 0377);
        if (!number.is_group) return character(number.point);
        return {.group = checked_group(reader, number.group, regex), .text = {}};
    }
    if (module == RegexModule::regex) {
        switch (letter) {
            case 'x': return character(reader.take_hex(2));
            case 'u': return character(reader.take_hex(4));
            case 'U': return character(reader.take_hex(8));
            case 'N': return character(reader.take_named());
            default: break;
        }
    }
    if ((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')) {
        reader.malformed(fmt::format("\\{} has no meaning", static_cast<char>(letter)));
    }
    TemplateEscape result = character('\\');
    append_code_point(result.text, letter);
    return result;
}

}  // namespace

RegexTemplate::RegexTemplate(std::string_view replacement, const PythonRegex& regex, RegexModule module) {
    PatternReader reader(replacement, "the replacement");
    pieces_.push_back({.literal = {}, .group = kNoGroup});
    while (!reader.at_end()) {
        const auto point = reader.take();
        if (point != '\\') {
            append_code_point(pieces_.back().literal, point);
            continue;
        }
        if (reader.at_end()) reader.malformed("it ends with a backslash");
        const auto escape = take_escape(reader, regex, module);
        pieces_.back().literal += escape.text;
        if (!escape.group) continue;
        pieces_.back().group = *escape.group;
        pieces_.push_back({.literal = {}, .group = kNoGroup});
    }
}

void RegexTemplate::append(std::string& out, std::string_view subject, const RegexMatcher& matcher) const {
    for (const auto& piece : pieces_) {
        out += piece.literal;
        if (piece.group == kNoGroup) continue;
        if (const auto span = matcher.group(piece.group))
            out.append(subject, span->begin, span->end - span->begin);
    }
}

void RegexTemplate::append_whole(std::string& out, std::string_view match) const {
    for (const auto& piece : pieces_) {
        out += piece.literal;
        if (piece.group != kNoGroup) out += match;
    }
}

std::size_t RegexTemplate::greatest_group() const {
    std::size_t greatest = 0;
    for (const auto& piece : pieces_) {
        if (piece.group != kNoGroup) greatest = std::max(greatest, piece.group);
    }
    return greatest;
}

}  // namespace dj
