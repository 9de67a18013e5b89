// SPDX-License-Identifier: Apache-2.0
/// The walk through one pattern. Private to `text`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/regex_translation.hpp"

namespace dj::regex_detail {

/// Reads a pattern from left to right and writes PCRE2's form of it.
class Translator {
public:
    Translator(std::string_view pattern, RegexModule module, bool dot_all);
    Translation run();

private:
    struct Flags {
        bool ignore_case = false;
        bool verbose = false;
    };

    /// What may follow: a repetition applies to an item only.
    enum class Last { nothing, item, repeated, assertion };

    struct OpenGroup {
        Flags flags;             // outside of the group
        std::size_t number = 0;  // 0: does not capture
        bool look_around = false;
    };

    // regex_translation.cpp: items and escapes
    void take_item();
    bool skip_verbose();
    void add_literal(char32_t point);
    void add_set(const CharacterSet& set);
    void take_repetition(std::string_view repetition);
    /// `{m}`, `{m,}`, `{,n}`, `{m,n}`; any other brace is a brace, or one of the fuzzy matches of `regex`.
    void take_brace(std::size_t begin);
    void take_escape();
    [[noreturn]] void refuse_letter(char letter);
    void take_number(char32_t first);
    void add_assertion(std::string_view text);
    void add_word_boundary(bool negated);

    // regex_groups.cpp: groups, references to them, flags
    void add_back_reference(std::size_t group);
    void push(std::string_view opening, std::size_t number = 0, bool look_around = false);
    void open_group();
    void open_named();
    std::size_t group_named(std::string_view name);
    void open_conditional();
    void close_group();
    /// `(?imsux)` at the very beginning.
    void take_global_flags();
    void set_global(char flag);
    char take_flag();
    [[noreturn]] void refuse_extension();
    /// `(?i-s:...)`.
    void take_scoped_flags();

    PatternReader reader_;
    RegexModule module_;
    Translation result_;
    std::string out_;
    Flags flags_;
    std::vector<OpenGroup> open_;
    Last last_ = Last::nothing;
};

}  // namespace dj::regex_detail
