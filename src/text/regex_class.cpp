// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "text/regex_properties.hpp"
#include "text/regex_translation.hpp"
#include "text/regex_word_ranges.hpp"

namespace dj::regex_detail {
namespace {

constexpr char32_t kCapitalIWithDot = 0x130;
constexpr char32_t kSmallDotlessI = 0x131;

std::string class_range(char32_t first, char32_t last) {
    return fmt::format("\\x{{{:x}}}-\\x{{{:x}}}", static_cast<std::uint32_t>(first),
                       static_cast<std::uint32_t>(last));
}

template <std::size_t N>
std::string class_ranges(const std::array<CodePointRange, N>& ranges) {
    std::string result;
    for (const auto& [first, last] : ranges) result += class_range(first, last);
    return result;
}

/// Digits as ranges: PCRE2 can then tell from a character's first byte that it is none, which it cannot from `\p{Nd}`.
std::string digit_ranges() {
    constexpr char32_t kLast = 9;
    std::string result = "0-9";
    for (const char32_t zero : kRegexZeros) result += class_range(zero, zero + kLast);
    return result;
}

std::string class_items(char32_t lower_letter, RegexModule module) {
    const bool regex = module == RegexModule::regex;
    if (lower_letter == 'd') return regex ? digit_ranges() : "\\p{Nd}";
    if (lower_letter == 'w') {
        if (!regex) return "\\p{L}\\p{N}_";
        return "\\p{L}\\p{M}\\p{Nd}\\p{Nl}\\p{Pc}" + class_ranges(kRegexWordRanges);
    }
    const std::string tail =
        "\\x20\\x85\\xa0\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}";
    return (regex ? "\\x09-\\x0d" : "\\x09-\\x0d\\x1c-\\x1f") + tail;
}

std::string lower_ascii(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

// Of Ll and Mn, `regex` has moved single characters to other categories, which a class cannot leave out.
constexpr std::array<std::string_view, 29> kCategories{
    "L",  "Lu", "Lt", "Lm", "Lo", "M", "Mc", "Me", "N",  "Nd", "Nl", "No", "P",  "Pc", "Pd",
    "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z",  "Zs", "Zl", "Zp"};
constexpr std::array<std::string_view, 15> kScripts{
    "Arabic", "Armenian", "Bengali",  "Cyrillic", "Devanagari", "Georgian", "Greek", "Han",
    "Hangul", "Hebrew",   "Hiragana", "Katakana", "Latin",      "Tamil",    "Thai"};

std::string newer_ranges(std::string_view property) {
    std::string result;
    for (const auto& [of, first, last] : newer_property_ranges()) {
        const bool member =
            of == property || (property.size() == 1 && of.size() == 2 && of.front() == property.front());
        if (member) result += class_range(first, last);
    }
    return result;
}

/// The members of a property as the inside of a class.
std::optional<std::string> property_items(std::string_view name) {
    auto wanted = lower_ascii(name);
    bool script_only = false;
    for (const std::string_view prefix : {"script=", "sc="}) {
        if (!wanted.starts_with(prefix)) continue;
        wanted = wanted.substr(prefix.size());
        script_only = true;
    }
    const auto matches = [&](std::string_view known) { return lower_ascii(known) == wanted; };
    if (const auto found = std::ranges::find_if(kCategories, matches);
        !script_only && found != kCategories.end()) {
        return fmt::format("\\p{{{}}}", *found) + newer_ranges(*found);
    }
    // "sc:" because PCRE2 would look at the script extensions.
    if (const auto found = std::ranges::find_if(kScripts, matches); found != kScripts.end()) {
        return fmt::format("\\p{{sc:{}}}", *found) + newer_ranges(*found);
    }
    return std::nullopt;
}

/// PCRE2 knows i and I as one letter in two cases; Python adds U+0130 and U+0131, each module in its own way.
void add_turkic(CharacterSet& set, RegexModule module) {
    if (module == RegexModule::re && set.has_any_i()) {
        set.items += "i\\x{130}\\x{131}";
        return;
    }
    if (set.has_small_i) set.items += "\\x{130}";
    if (set.has_capital_i) set.items += "\\x{131}";
    if (set.has_dotted && set.has_dotless) set.items += "i";
}

}  // namespace

void CharacterSet::add(char32_t point) { add(point, point); }

void CharacterSet::add(char32_t low, char32_t high) {
    const auto covers = [&](char32_t point) { return low <= point && point <= high; };
    has_small_i |= covers('i');
    has_capital_i |= covers('I');
    has_dotted |= covers(kCapitalIWithDot);
    has_dotless |= covers(kSmallDotlessI);
    append_literal(items, low);
    if (low == high) return;
    items += '-';
    append_literal(items, high);
}

bool CharacterSet::has_any_i() const { return has_small_i || has_capital_i || has_dotted || has_dotless; }

void add_class_escape(CharacterSet& set, char32_t letter, RegexModule module) {
    const bool complement = letter < 'a';
    const auto items = class_items(complement ? letter - 'A' + 'a' : letter, module);
    if (complement) {
        set.complements.push_back(items);
    } else {
        set.items += items;
    }
}

void add_property(CharacterSet& set, PatternReader& reader, bool negated, bool ignore_case) {
    std::string_view name;
    if (reader.accept("{")) {
        name = reader.take_until('}', "\\p{");
    } else {
        const auto begin = reader.position();
        reader.take();
        name = reader.text_from(begin);
    }
    if (name.starts_with('^')) {
        negated = !negated;
        name.remove_prefix(1);
    }
    const auto items = property_items(name);
    if (!items) reader.unsupported(fmt::format("the property {}", name));
    const bool cased = items->starts_with("\\p{Lu}") || items->starts_with("\\p{Lt}");
    if (cased && ignore_case) reader.unsupported(fmt::format("the property {} while ignoring case", name));
    if (negated) {
        set.complements.push_back(*items);
    } else {
        set.items += *items;
    }
}

std::string to_pcre2(CharacterSet set, bool negated, RegexModule module, bool ignore_case,
                     const PatternReader& reader) {
    if (ignore_case) {
        // With one of the two alone, `regex` tells i from I, which PCRE2 cannot do while ignoring case.
        const bool split = set.has_dotted != set.has_dotless && !(set.has_small_i || set.has_capital_i);
        if (module == RegexModule::regex && split) reader.unsupported("U+0130 or U+0131 while ignoring case");
        add_turkic(set, module);
    }
    if (set.complements.empty()) return fmt::format("[{}{}]", negated ? "^" : "", set.items);
    if (set.items.empty() && set.complements.size() == 1) {
        return fmt::format("[{}{}]", negated ? "" : "^", set.complements.front());
    }
    std::string either;
    for (const auto& complement : set.complements)
        either += fmt::format("{}[^{}]", either.empty() ? "" : "|", complement);
    if (!set.items.empty()) either += fmt::format("|[{}]", set.items);
    return negated ? fmt::format("(?:(?!{})(?s:.))", either) : fmt::format("(?:{})", either);
}

}  // namespace dj::regex_detail
