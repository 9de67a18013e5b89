// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/ops/op_spec.hpp"
#include "ops/pattern_replacement.hpp"

namespace dj {
namespace {

std::vector<std::string> as_list(const StringOrList& value) {
    if (const auto* const one = std::get_if<std::string>(&value)) return {*one};
    return std::get<std::vector<std::string>>(value);
}

struct ReplaceContentMapper {
    std::optional<StringOrList> pattern;
    StringOrList repl;

    struct Scratch {
        std::vector<RegexMatcher> matchers;
        std::array<std::string, 2> texts;  ///< By turns: what a pattern reads, what it writes.
    };

    void prepare() {
        if (!pattern) return;
        const auto patterns = as_list(*pattern);
        auto repls = as_list(repl);
        if (std::holds_alternative<std::string>(repl)) {
            repls.resize(patterns.size(), std::get<std::string>(repl));
        } else if (repls.size() < patterns.size()) {
            throw UserError(
                fmt::format("replace_content_mapper: {} patterns, but only {} in the list repl; give one for "
                            "each, or one string for all",
                            patterns.size(), repls.size()));
        }
        for (std::size_t i = 0; i < patterns.size(); ++i)
            replacements_.emplace_back(without_python_quotes(patterns[i]), repls[i]);
    }

    Scratch make_scratch() const {
        Scratch scratch;
        for (const auto& replacement : replacements_) scratch.matchers.push_back(replacement.make_matcher());
        return scratch;
    }

    void map(const Sample& sample, Scratch& scratch) const {
        auto text = sample.text();
        std::size_t changes = 0;
        for (std::size_t i = 0; i < replacements_.size(); ++i) {
            auto& next = scratch.texts[changes % 2];
            const auto outcome = replacements_[i].replace(text, scratch.matchers[i], next);
            if (outcome == RegexOutcome::none) continue;
            if (outcome == RegexOutcome::limit) {
                sample.fail(kTooManySteps);
                return;
            }
            text = next;
            ++changes;
        }
        if (changes > 0) sample.rewrite_text() = text;
    }

private:
    std::vector<PatternReplacement> replacements_;
};

}  // namespace

OpSpec replace_content_mapper() {
    using T = ReplaceContentMapper;
    return Describe<T>("replace_content_mapper",
                       "Replaces what patterns match.\n\n"
                       "Several patterns are applied one after the other, each to what the one before left. "
                       "Patterns are read as Python's `regex` module reads them, where `.` also matches line "
                       "breaks. Constructs that cannot be run with that meaning are refused when the recipe "
                       "is checked. A text on which a pattern needs millions of steps goes to the "
                       "quarantine.")
        .param(&T::pattern, "pattern", "What to look for. Null: nothing.")
        .param(
            &T::repl, "repl",
            R"(What stands in its place: one string for all patterns, or one for each; `\1` or `\g<name>` )"
            "inserts a group of the pattern.")
        .cost(CostClass::moderate)
        .example(R"({"pattern": "\\s+", "repl": " "})", R"("a \t b\n\nc")", R"("a b c")")
        .example(R"({"pattern": ["colou?r", "(\\d+) ?km"], "repl": ["hue", "\\1 kilometres"]})",
                 R"("color, 5km")", R"("hue, 5 kilometres")")
        .example("{}", R"("stays")", R"("stays")");
}

}  // namespace dj
