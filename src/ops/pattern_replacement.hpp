// SPDX-License-Identifier: Apache-2.0
/// What operators with a `pattern` and a `repl` do with them: `regex.sub` with DOTALL.
#pragma once

#include <string>
#include <string_view>

#include "dj/text/python_regex.hpp"

namespace dj {

/// Why a text on which a pattern gave up goes to the quarantine.
inline constexpr std::string_view kTooManySteps =
    "the pattern needs too many steps on this text: simplify the pattern";

/// Data-Juicer takes patterns that are written as Python literals: r'...' or r"...".
[[nodiscard]] std::string_view without_python_quotes(std::string_view pattern);

/// A pattern and what takes the place of its matches. Const and shared by threads.
class PatternReplacement {
public:
    /// Throws UserError as PythonRegex and RegexTemplate do.
    PatternReplacement(std::string_view pattern, std::string_view replacement);

    [[nodiscard]] RegexMatcher make_matcher() const { return RegexMatcher(regex_); }
    [[nodiscard]] const RegexTemplate& replacement() const { return replacement_; }

    /// match: `out` is `text` (valid UTF-8) with all matches replaced. Otherwise `out` means nothing. `text` is no part
    /// of `out`.
    [[nodiscard]] RegexOutcome replace(std::string_view text, RegexMatcher& matcher, std::string& out) const;

private:
    PythonRegex regex_;
    RegexTemplate replacement_;
};

}  // namespace dj
