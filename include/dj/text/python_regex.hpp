// SPDX-License-Identifier: Apache-2.0
/// Patterns with the meaning that Python gives them, run by PCRE2's JIT. What the two read differently is translated, or
/// refused by name when the pattern is compiled; nothing is matched with another meaning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dj {

/// Which of Python's modules reads the pattern.
enum class RegexModule : std::uint8_t {
    re,     ///< The standard library's (CPython 3.11).
    regex,  ///< The third-party `regex`, version 0 behaviour.
};

/// A compiled pattern. Const and shared by threads.
class PythonRegex {
public:
    /// Throws UserError naming what is wrong or not supported, and where. `dot_all` is the flag of that name.
    PythonRegex(std::string_view pattern, RegexModule module, bool dot_all);
    ~PythonRegex();
    PythonRegex(PythonRegex&&) noexcept;
    PythonRegex& operator=(PythonRegex&&) noexcept;

    [[nodiscard]] std::size_t group_count() const;
    [[nodiscard]] const std::map<std::string, std::size_t, std::less<>>& group_names() const;
    /// What PCRE2 is given: for tests.
    [[nodiscard]] const std::string& translated() const;

private:
    friend class RegexMatcher;
    struct State;
    std::unique_ptr<const State> state_;
};

/// Part of a subject, in bytes.
struct RegexSpan {
    std::size_t begin = 0;
    std::size_t end = 0;
};

enum class RegexOutcome : std::uint8_t {
    match,
    none,
    limit,  ///< Gave up: the pattern needs too many steps on this text.
};

/// What matching writes into: one per thread, made for one pattern, which must outlive it.
class RegexMatcher {
public:
    explicit RegexMatcher(const PythonRegex& regex);
    ~RegexMatcher();
    RegexMatcher(RegexMatcher&&) noexcept;
    RegexMatcher& operator=(RegexMatcher&&) noexcept;

    /// Starts a scan of `subject` (valid UTF-8, which must stay), as `finditer` does.
    void start(std::string_view subject);
    /// The next match that does not overlap the one before; empty ones follow Python's rules (3.7 and later).
    [[nodiscard]] RegexOutcome next();
    /// Group 0 is the whole match; nullopt if the group took no part in it.
    [[nodiscard]] std::optional<RegexSpan> group(std::size_t number) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A replacement as `sub` understands it: `\1`, `\g<name>`, `\n`, ...
class RegexTemplate {
public:
    /// Throws UserError for bad escapes and unknown groups.
    RegexTemplate(std::string_view replacement, const PythonRegex& regex, RegexModule module);
    /// Appends the replacement for the matcher's present match in `subject`.
    void append(std::string& out, std::string_view subject, const RegexMatcher& matcher) const;
    /// The same where no group beyond 1 is named, and group 1 is the whole match: `match`.
    void append_whole(std::string& out, std::string_view match) const;
    /// The greatest group that the replacement names; 0 if it names none.
    [[nodiscard]] std::size_t greatest_group() const;

private:
    struct Piece {
        std::string literal;
        std::size_t group = 0;  ///< Behind the literal; kNoGroup at the end.
    };
    static constexpr std::size_t kNoGroup = static_cast<std::size_t>(-1);
    std::vector<Piece> pieces_;
};

}  // namespace dj
