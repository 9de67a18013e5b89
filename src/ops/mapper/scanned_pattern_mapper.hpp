// SPDX-License-Identifier: Apache-2.0
/// A mapper that replaces what a pattern matches, whose default pattern has a scanner that finds the same in linear time.
#pragma once

#include <optional>
#include <string>

#include "dj/ops/op_spec.hpp"
#include "ops/pattern_replacement.hpp"

namespace dj {

/// `Scanner`: `kPattern`, `kWholeGroups` and `next()` as LinkScanner has them.
template <class Scanner>
struct ScannedPatternMapper {
    std::optional<std::string> pattern;
    std::string repl;

    struct Scratch {
        RegexMatcher matcher;
        std::string text;
    };

    void prepare() {
        const auto wanted = pattern ? without_python_quotes(*pattern) : Scanner::kPattern;
        replacement_.emplace(wanted, repl);
        scan_ = wanted == Scanner::kPattern &&
                replacement_->replacement().greatest_group() <= Scanner::kWholeGroups;
    }

    Scratch make_scratch() const { return {.matcher = replacement_->make_matcher(), .text = {}}; }

    void map(const Sample& sample, Scratch& scratch) const {
        if (scan_) {
            replace_found(sample);
            return;
        }
        switch (replacement_->replace(sample.text(), scratch.matcher, scratch.text)) {
            case RegexOutcome::match: sample.rewrite_text().swap(scratch.text); break;
            case RegexOutcome::none: break;
            case RegexOutcome::limit: sample.fail(kTooManySteps); break;
        }
    }

private:
    void replace_found(const Sample& sample) const {
        const auto text = sample.text();
        Scanner scanner(text);
        auto found = scanner.next();
        if (!found) return;
        std::string& out = sample.rewrite_text();
        std::size_t copied = 0;
        for (; found; found = scanner.next()) {
            out.append(text, copied, found->begin - copied);
            replacement_->replacement().append_whole(out,
                                                     text.substr(found->begin, found->end - found->begin));
            copied = found->end;
        }
        out.append(text, copied);
    }

    std::optional<PatternReplacement> replacement_;
    bool scan_ = false;
};

}  // namespace dj
