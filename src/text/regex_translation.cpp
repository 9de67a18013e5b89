// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "text/regex_translator.hpp"

namespace dj::regex_detail {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Translator::Translator(std::string_view pattern, RegexModule module, bool dot_all)
    : reader_(pattern, "the pattern"), module_(module) {
    result_.dot_all = dot_all;
}

Translation Translator::run() {
    take_global_flags();
    while (!reader_.at_end()) take_item();
    if (!open_.empty()) reader_.malformed("a group is not closed by ')'");
    result_.pattern = std::move(out_);
    return std::move(result_);
}

void Translator::take_item() {
    if (flags_.verbose && skip_verbose()) return;
    const auto begin = reader_.position();
    const auto point = reader_.take();
    switch (point) {
        case '\\': take_escape(); return;
        case '[':
            out_ += take_bracketed(reader_, module_, flags_.ignore_case);
            last_ = Last::item;
            return;
        case '(': open_group(); return;
        case ')': close_group(); return;
        case '|':
            out_ += '|';
            last_ = Last::nothing;
            return;
        case '.':
            out_ += '.';
            last_ = Last::item;
            return;
        case '^':
        case '$':
            out_ += static_cast<char>(point);
            last_ = Last::assertion;
            return;
        case '*':
        case '+':
        case '?': take_repetition(std::string(1, static_cast<char>(point))); return;
        case '{': take_brace(begin); return;
        default: add_literal(point);
    }
}

bool Translator::skip_verbose() {
    constexpr std::string_view kSpaces = " \t\n\r\v\f";
    if (kSpaces.find(reader_.peek()) != std::string_view::npos) {
        reader_.skip(1);
        return true;
    }
    if (reader_.peek() != '#') return false;
    while (!reader_.at_end() && reader_.peek() != '\n') reader_.skip(1);
    return true;
}

void Translator::add_literal(char32_t point) {
    CharacterSet set;
    set.add(point);
    if (flags_.ignore_case && set.has_any_i()) {
        out_ += to_pcre2(std::move(set), false, module_, true, reader_);
    } else {
        append_literal(out_, point);
    }
    last_ = Last::item;
}

void Translator::add_set(const CharacterSet& set) {
    out_ += to_pcre2(set, false, module_, flags_.ignore_case, reader_);
    last_ = Last::item;
}

void Translator::take_repetition(std::string_view repetition) {
    if (last_ == Last::nothing) reader_.malformed("nothing to repeat");
    if (last_ == Last::assertion) reader_.unsupported("a repeated assertion");
    if (last_ == Last::repeated) reader_.malformed("a repetition is repeated");
    out_ += repetition;
    if (reader_.peek() == '?' || reader_.peek() == '+') {
        out_ += reader_.peek();
        reader_.skip(1);
    }
    last_ = Last::repeated;
}

void Translator::take_brace(std::size_t begin) {
    const auto digits = [&] {
        std::string text;
        while (is_digit(reader_.peek())) {
            text += reader_.peek();
            reader_.skip(1);
        }
        return text;
    };
    const auto low = digits();
    const bool comma = reader_.accept(",");
    const auto high = comma ? digits() : low;
    if ((comma || !low.empty()) && reader_.accept("}")) {
        // PCRE2 before 10.43 reads {,n} as text.
        take_repetition(comma ? fmt::format("{{{},{}}}", low.empty() ? "0" : low, high)
                              : fmt::format("{{{}}}", low));
        return;
    }
    reader_.go_back_to(begin + 1);
    constexpr std::string_view kFuzzyBegins = "idse0123456789";
    if (module_ == RegexModule::regex && kFuzzyBegins.find(reader_.peek()) != std::string_view::npos) {
        reader_.unsupported("fuzzy matching or an unfinished repetition in braces");
    }
    add_literal('{');
}

void Translator::take_escape() {
    if (reader_.at_end()) reader_.malformed("it ends with a backslash");
    const auto letter = reader_.take();
    CharacterSet set;
    switch (letter) {
        case 'd':
        case 'D':
        case 'w':
        case 'W':
        case 's':
        case 'S':
            add_class_escape(set, letter, module_);
            add_set(set);
            return;
        case 'A': add_assertion("\\A"); return;
        case 'Z': add_assertion("\\z"); return;
        case 'b':
        case 'B': add_word_boundary(letter == 'B'); return;
        case 'x': add_literal(reader_.take_hex(2)); return;
        case 'u': add_literal(reader_.take_hex(4)); return;
        case 'U': add_literal(reader_.take_hex(8)); return;
        case 'N': add_literal(reader_.take_named()); return;
        default: break;
    }
    if (const auto control = PatternReader::control_escape(letter)) {
        add_literal(control);
    } else if (letter == 'z' && module_ == RegexModule::regex) {
        add_assertion("\\z");
    } else if (letter >= '0' && letter <= '9') {
        take_number(letter);
    } else if ((letter == 'p' || letter == 'P') && module_ == RegexModule::regex) {
        add_property(set, reader_, letter == 'P', flags_.ignore_case);
        add_set(set);
    } else if ((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')) {
        refuse_letter(static_cast<char>(letter));
    } else {
        add_literal(letter);
    }
}

void Translator::refuse_letter(char letter) {
    constexpr std::string_view kOfRegex = "gGhHKLmMRX";
    if (module_ == RegexModule::regex && kOfRegex.find(letter) != std::string_view::npos) {
        reader_.unsupported(fmt::format("\\{}", letter));
    }
    reader_.malformed(fmt::format("\\{} has no meaning", letter));
}

void Translator::take_number(char32_t first) {
    const char32_t greatest = module_ == RegexModule::regex ? 0777 : 0377;
    const auto number = take_number_escape(reader_, first, greatest);
    if (number.is_group) {
        add_back_reference(number.group);
    } else {
        add_literal(number.point);
    }
}

void Translator::add_assertion(std::string_view text) {
    out_ += text;
    last_ = Last::assertion;
}

void Translator::add_word_boundary(bool negated) {
    if (module_ == RegexModule::re) {
        // In `re`, \B does not match in an empty text.
        add_assertion(negated ? "(?:(?!\\A\\z)\\B)" : "\\b");
        return;
    }
    // PCRE2's own \b goes by its own \w. In ASCII a class of ASCII decides, many times faster than properties.
    CharacterSet beyond_ascii;
    add_class_escape(beyond_ascii, 'w', module_);
    const auto word = fmt::format("(?:[0-9A-Za-z_]|[^\\x00-\\x7f](?<={}))",
                                  to_pcre2(beyond_ascii, false, module_, false, reader_));
    add_assertion(negated ? fmt::format("(?(?<={0})(?={0})|(?!{0}))", word)
                          : fmt::format("(?(?<={0})(?!{0})|(?={0}))", word));
}

Translation translate(std::string_view pattern, RegexModule module, bool dot_all) {
    return Translator(pattern, module, dot_all).run();
}

}  // namespace dj::regex_detail
