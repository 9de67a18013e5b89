// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "text/regex_translator.hpp"

namespace dj::regex_detail {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

void Translator::add_back_reference(std::size_t group) {
    if (group == 0 || group > result_.groups) {
        if (module_ == RegexModule::regex)
            reader_.unsupported("a reference to a group that does not stand before it");
        reader_.malformed(fmt::format("there is no group {} before it", group));
    }
    const bool open =
        std::ranges::any_of(open_, [&](const OpenGroup& outer) { return outer.number == group; });
    if (open) reader_.malformed(fmt::format("it refers to group {} from within", group));
    out_ += fmt::format("\\g{{{}}}", group);
    last_ = Last::item;
}

void Translator::push(std::string_view opening, std::size_t number, bool look_around) {
    open_.push_back({flags_, number, look_around});
    out_ += opening;
    last_ = Last::nothing;
}

void Translator::open_group() {
    if (reader_.peek() == '*') {
        if (module_ == RegexModule::regex) reader_.unsupported("a backtracking verb");
        reader_.malformed("nothing to repeat");
    }
    if (!reader_.accept("?")) {
        push("(", ++result_.groups);
    } else if (reader_.accept("#")) {
        (void)reader_.take_until(')', "a comment");
    } else if (reader_.accept(":")) {
        push("(?:");
    } else if (reader_.accept("=")) {
        push("(?=", 0, true);
    } else if (reader_.accept("!")) {
        push("(?!", 0, true);
    } else if (reader_.accept("<=")) {
        push("(?<=", 0, true);
    } else if (reader_.accept("<!")) {
        push("(?<!", 0, true);
    } else if (reader_.accept(">")) {
        push("(?>");
    } else if (reader_.accept("(")) {
        open_conditional();
    } else if (reader_.accept("P=")) {
        add_back_reference(group_named(reader_.take_until(')', "(?P=")));
    } else if (reader_.accept("P<") || (module_ == RegexModule::regex && reader_.accept("<"))) {
        open_named();
    } else {
        take_scoped_flags();
    }
}

void Translator::open_named() {
    const std::string name(reader_.take_until('>', "a group's name"));
    const bool starts_well = !name.empty() && !is_digit(name.front());
    const bool plain = std::ranges::all_of(name, [](char c) {
        return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
    });
    if (!starts_well || !plain) reader_.malformed(fmt::format("'{}' is no name for a group", name));
    if (result_.names.contains(name)) {
        if (module_ == RegexModule::regex) reader_.unsupported("one name for several groups");
        reader_.malformed(fmt::format("two groups are named {}", name));
    }
    result_.names.emplace(name, ++result_.groups);
    push("(", result_.groups);
}

std::size_t Translator::group_named(std::string_view name) {
    const auto found = result_.names.find(name);
    if (found == result_.names.end())
        reader_.malformed(fmt::format("there is no group named {} before it", name));
    return found->second;
}

void Translator::open_conditional() {
    const auto condition = reader_.take_until(')', "a condition");
    const bool number =
        !condition.empty() && condition.size() < 4 && std::ranges::all_of(condition, is_digit);
    if (!number && !result_.names.contains(condition)) {
        reader_.unsupported("a condition that is not the number or name of a group before it");
    }
    const auto group = number ? std::stoul(std::string(condition)) : group_named(condition);
    if (group == 0 || group > result_.groups)
        reader_.malformed(fmt::format("there is no group {} before it", group));
    push(fmt::format("(?({})", group));
}

void Translator::close_group() {
    if (open_.empty()) reader_.malformed("a ')' closes nothing");
    const auto group = open_.back();
    open_.pop_back();
    flags_ = group.flags;
    out_ += ')';
    // PCRE2 repeats assertions in a way of its own.
    last_ = group.look_around ? Last::assertion : Last::item;
}

void Translator::take_global_flags() {
    for (;;) {
        const auto begin = reader_.position();
        if (!reader_.accept("(?")) return;
        std::size_t letters = 0;
        while (reader_.peek(letters) >= 'A' && reader_.peek(letters) <= 'z' && reader_.peek(letters) != '^')
            ++letters;
        if (letters == 0 || reader_.peek(letters) != ')') {
            reader_.go_back_to(begin);
            return;
        }
        if (module_ == RegexModule::regex && reader_.accept("V0)")) continue;
        while (!reader_.accept(")")) set_global(take_flag());
    }
}

void Translator::set_global(char flag) {
    switch (flag) {
        case 'i': result_.ignore_case = flags_.ignore_case = true; break;
        case 'm': result_.multi_line = true; break;
        case 's': result_.dot_all = true; break;
        case 'x': flags_.verbose = true; break;
        default: break;  // u: always so
    }
}

char Translator::take_flag() {
    const char flag = reader_.peek();
    constexpr std::string_view kKnown = "imsux";
    constexpr std::string_view kOther = "aLbefprVwD";
    if (kKnown.find(flag) != std::string_view::npos) {
        reader_.skip(1);
        return flag;
    }
    if (kOther.find(flag) != std::string_view::npos) reader_.unsupported(fmt::format("the flag {}", flag));
    refuse_extension();
}

void Translator::refuse_extension() {
    const char c = reader_.peek();
    if (module_ == RegexModule::regex) {
        if (c == '|') reader_.unsupported("a branch reset, (?|...)");
        if (c == 'R' || c == '&' || is_digit(c) || reader_.looking_at("P>") || c == '+' || c == '-') {
            reader_.unsupported("recursion or a call of a group");
        }
    }
    reader_.malformed("a group begins in a way that has no meaning");
}

void Translator::take_scoped_flags() {
    const Flags outside = flags_;
    std::string on;
    std::string off;
    while (reader_.peek() != ':' && reader_.peek() != '-') {
        if (reader_.peek() == ')')
            reader_.unsupported("flags for a whole pattern that do not stand at its beginning");
        on += take_flag();
    }
    if (reader_.accept("-")) {
        while (reader_.peek() != ':') off += take_flag();
        if (off.empty()) reader_.malformed("no flag behind the '-'");
    }
    reader_.skip(1);
    const auto has = [](const std::string& flags, char flag) {
        return flags.find(flag) != std::string::npos;
    };
    if (std::ranges::any_of(on, [&](char flag) { return has(off, flag); })) {
        reader_.malformed("a flag is turned on and off");
    }
    std::string opening = "(?";
    for (const char flag : {'i', 'm', 's'}) {
        if (has(on, flag)) opening += flag;
    }
    if (std::ranges::any_of(off, [](char flag) { return flag == 'i' || flag == 'm' || flag == 's'; }))
        opening += '-';
    for (const char flag : {'i', 'm', 's'}) {
        if (has(off, flag)) opening += flag;
    }
    push(opening + ":");
    open_.back().flags = outside;
    flags_.ignore_case = (flags_.ignore_case || has(on, 'i')) && !has(off, 'i');
    flags_.verbose = (flags_.verbose || has(on, 'x')) && !has(off, 'x');
}

}  // namespace dj::regex_detail
