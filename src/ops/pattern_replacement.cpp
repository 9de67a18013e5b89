// SPDX-License-Identifier: Apache-2.0
#include "ops/pattern_replacement.hpp"

namespace dj {

std::string_view without_python_quotes(std::string_view pattern) {
    const auto quoted = [&](std::string_view opening) {
        return pattern.size() > 2 && pattern.starts_with(opening) && pattern.back() == opening.back();
    };
    return quoted("r'") || quoted("r\"") ? pattern.substr(2, pattern.size() - 3) : pattern;
}

PatternReplacement::PatternReplacement(std::string_view pattern, std::string_view replacement)
    : regex_(pattern, RegexModule::regex, /*dot_all=*/true),
      replacement_(replacement, regex_, RegexModule::regex) {}

RegexOutcome PatternReplacement::replace(std::string_view text, RegexMatcher& matcher,
                                         std::string& out) const {
    matcher.start(text);
    auto outcome = matcher.next();
    if (outcome != RegexOutcome::match) return outcome;
    out.clear();
    std::size_t copied = 0;
    for (; outcome == RegexOutcome::match; outcome = matcher.next()) {
        const auto match = *matcher.group(0);
        out.append(text, copied, match.begin - copied);
        replacement_.append(out, text, matcher);
        copied = match.end;
    }
    if (outcome == RegexOutcome::limit) return outcome;
    out.append(text, copied);
    return RegexOutcome::match;
}

}  // namespace dj
