// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "dj/ops/op_spec.hpp"
#include "dj/text/python_regex.hpp"

namespace dj {
namespace {

constexpr auto kNowhere = std::string_view::npos;

/// The first comment from `/*` to `*/`.
std::optional<RegexSpan> first_comment(std::string_view text) {
    const auto begin = text.find("/*");
    if (begin == kNowhere) return std::nullopt;
    // `/*/` opens a comment and does not close it. Where nothing closes this one, nothing closes a later one.
    const auto close = text.find("*/", begin + 2);
    if (close == kNowhere) return std::nullopt;
    return RegexSpan{begin, close + 2};
}

/// Behind the lines at the beginning that are empty or look like comments of one line.
std::size_t behind_comment_lines(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto line = text.substr(at);
        const bool skipped = line.starts_with("//") || line.starts_with('#') || line.starts_with("--") ||
                             line.starts_with('\n');
        if (!skipped) break;
        const auto end = line.find('\n');
        if (end == kNowhere) return text.size();
        at += end + 1;
    }
    return at;
}

struct CleanCopyrightMapper {
    struct Scratch {
        RegexMatcher matcher;
    };

    void prepare() { copyright_.emplace("(?i)copyright", RegexModule::regex, /*dot_all=*/false); }

    Scratch make_scratch() const { return {RegexMatcher(*copyright_)}; }

    void map(const Sample& sample, Scratch& scratch) const {
        const auto text = sample.text();
        if (const auto comment = first_comment(text)) {
            scratch.matcher.start(text.substr(comment->begin, comment->end - comment->begin));
            if (scratch.matcher.next() != RegexOutcome::match) return;
            std::string& out = sample.rewrite_text();
            out.append(text, 0, comment->begin);
            out.append(text, comment->end);
        } else if (const auto begin = behind_comment_lines(text); begin > 0) {
            sample.rewrite_text() = text.substr(begin);
        }
    }

private:
    std::optional<PythonRegex> copyright_;
};

}  // namespace

OpSpec clean_copyright_mapper() {
    return Describe<CleanCopyrightMapper>(
               "clean_copyright_mapper",
               "Removes copyright notices from source code.\n\n"
               "If the text has a comment `/* ... */`, the first one goes if it holds the word \"copyright\" "
               "in any case, and nothing else is looked at. A text without such a comment loses the lines at "
               "its beginning that are empty or begin with `//`, `#` or `--`, whatever they say.")
        .example("{}", R"("/* Copyright 2024 */\nint x;")", R"("\nint x;")")
        .example("{}", R"("/* a comment */\n/* Copyright */")", R"("/* a comment */\n/* Copyright */")")
        .example("{}", R"("#!/bin/sh\n# any comment\n\necho")", R"("echo")");
}

}  // namespace dj
