// SPDX-License-Identifier: Apache-2.0
/// From Python's pattern syntax to PCRE2's. Private to `text`.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dj/text/python_regex.hpp"

namespace dj::regex_detail {

struct Translation {
    std::string pattern;
    bool ignore_case = false;
    bool multi_line = false;
    bool dot_all = false;
    std::size_t groups = 0;
    std::map<std::string, std::size_t, std::less<>> names;
};

/// Throws UserError.
[[nodiscard]] Translation translate(std::string_view pattern, RegexModule module, bool dot_all);

/// Reads a pattern or a template and says where something is wrong.
class PatternReader {
public:
    PatternReader(std::string_view pattern, std::string_view what) : pattern_(pattern), what_(what) {}

    [[nodiscard]] bool at_end() const { return at_ >= pattern_.size(); }
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0';
    }
    [[nodiscard]] bool looking_at(std::string_view text) const {
        return pattern_.substr(at_).starts_with(text);
    }
    bool accept(std::string_view text);
    char32_t take();  ///< One code point.
    void skip(std::size_t bytes) { at_ += bytes; }
    void go_back_to(std::size_t position) { at_ = position; }
    [[nodiscard]] std::size_t position() const { return at_; }
    [[nodiscard]] std::string_view text_from(std::size_t begin) const {
        return pattern_.substr(begin, at_ - begin);
    }
    /// Bytes up to `end`, which is taken too; an error if it does not come.
    std::string_view take_until(char end, std::string_view construct);

    [[noreturn]] void malformed(std::string_view why) const;
    [[noreturn]] void unsupported(std::string_view construct) const;

    /// `\xhh`, `\uhhhh`, `\Uhhhhhhhh`: the digits behind the letter.
    char32_t take_hex(std::size_t digits);
    /// `\N{NAME}`: what stands behind the N.
    char32_t take_named();
    /// The value of `\a \b \f \n \r \t \v \\`-like letters; 0 if `letter` is none of them.
    [[nodiscard]] static char32_t control_escape(char32_t letter);

private:
    std::string_view pattern_;
    std::string_view what_;
    std::size_t at_ = 0;
};

/// Digits behind a backslash: a group's number or a character in octal.
struct NumberEscape {
    bool is_group = false;
    std::size_t group = 0;
    char32_t point = 0;
};
/// `first` has been taken.
[[nodiscard]] NumberEscape take_number_escape(PatternReader& reader, char32_t first, char32_t greatest);

/// A set of characters as items that stand in a PCRE2 class, and others that cannot (complements).
struct CharacterSet {
    std::string items;
    std::vector<std::string> complements;  ///< Each the inside of a negated class.
    bool has_small_i =
        false;  ///< i, I, U+0130 and U+0131: the letters whose cases Python pairs in its own way.
    bool has_capital_i = false;
    bool has_dotted = false;
    bool has_dotless = false;

    [[nodiscard]] bool has_any_i() const;
    void add(char32_t point);
    void add(char32_t low, char32_t high);
};

/// Adds `\d \w \s` or their complements, as `module` means them.
void add_class_escape(CharacterSet& set, char32_t letter, RegexModule module);

/// `\p{...}` or `\P{...}` behind the backslash; `reader` stands behind the letter.
void add_property(CharacterSet& set, PatternReader& reader, bool negated, bool ignore_case);

/// A set in brackets; `reader` stands behind the `[`.
[[nodiscard]] std::string take_bracketed(PatternReader& reader, RegexModule module, bool ignore_case);

/// The set as PCRE2 syntax for one character. `reader` says where, if it cannot be written.
[[nodiscard]] std::string to_pcre2(CharacterSet set, bool negated, RegexModule module, bool ignore_case,
                                   const PatternReader& reader);

void append_literal(std::string& out, char32_t point);

}  // namespace dj::regex_detail
