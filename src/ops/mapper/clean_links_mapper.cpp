// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>

#include "dj/ops/op_spec.hpp"
#include "dj/text/link_scanner.hpp"
#include "dj/text/python_regex.hpp"

namespace dj {
namespace {

/// Data-Juicer takes patterns that are written as Python literals: r'...' or r"...".
std::string_view without_python_quotes(std::string_view pattern) {
    const auto quoted = [&](std::string_view opening) {
        return pattern.size() > 2 && pattern.starts_with(opening) && pattern.back() == opening.back();
    };
    return quoted("r'") || quoted("r\"") ? pattern.substr(2, pattern.size() - 3) : pattern;
}

struct CleanLinksMapper {
    std::optional<std::string> pattern;
    std::string repl;

    struct Scratch {
        RegexMatcher matcher;
    };

    void prepare() {
        const auto wanted = pattern ? without_python_quotes(*pattern) : kLinkPattern;
        constexpr bool kDotAll = true;
        regex_.emplace(wanted, RegexModule::regex, kDotAll);
        replacement_.emplace(repl, *regex_, RegexModule::regex);
        scan_for_links_ = wanted == kLinkPattern && replacement_->greatest_group() <= 1;
    }

    Scratch make_scratch() const { return {RegexMatcher(*regex_)}; }

    void map(const Sample& sample, Scratch& scratch) const {
        if (scan_for_links_) {
            replace_links(sample);
        } else {
            replace_matches(sample, scratch.matcher);
        }
    }

private:
    void replace_links(const Sample& sample) const {
        const auto text = sample.text();
        LinkScanner links(text);
        auto link = links.next();
        if (!link) return;
        std::string& out = sample.rewrite_text();
        std::size_t copied = 0;
        for (; link; link = links.next()) {
            out.append(text, copied, link->begin - copied);
            replacement_->append_whole(out, text.substr(link->begin, link->end - link->begin));
            copied = link->end;
        }
        out.append(text, copied);
    }

    void replace_matches(const Sample& sample, RegexMatcher& matcher) const {
        const auto text = sample.text();
        matcher.start(text);
        auto outcome = matcher.next();
        if (outcome == RegexOutcome::none) return;
        std::string& out = sample.rewrite_text();
        std::size_t copied = 0;
        for (; outcome == RegexOutcome::match; outcome = matcher.next()) {
            const auto match = *matcher.group(0);
            out.append(text, copied, match.begin - copied);
            replacement_->append(out, text, matcher);
            copied = match.end;
        }
        if (outcome == RegexOutcome::limit) {
            sample.fail("the pattern needs too many steps on this text: simplify the pattern");
            return;
        }
        out.append(text, copied);
    }

    std::optional<PythonRegex> regex_;
    std::optional<RegexTemplate> replacement_;
    bool scan_for_links_ = false;
};

}  // namespace

OpSpec clean_links_mapper() {
    using T = CleanLinksMapper;
    return Describe<T>("clean_links_mapper",
                       "Removes or replaces links: web, mail and other addresses with a scheme "
                       "(`https://...`, `mailto:...`, "
                       "`key:value`), `www.` addresses, and bare host names followed by a path "
                       "(`example.com/page`).\n\n"
                       "A pattern of one's own is read as Python's `regex` module reads it, where `.` also "
                       "matches line "
                       "breaks. Constructs that cannot be run with that meaning are refused when the recipe "
                       "is checked. "
                       "A text on which a pattern needs millions of steps goes to the quarantine; the "
                       "default pattern "
                       "has no such texts.")
        .param(&T::pattern, "pattern", "What to look for, instead of links. Null: links.")
        .param(&T::repl, "repl",
               R"(What stands in its place; `\1` or `\g<name>` inserts a group of the pattern.)")
        .cost(CostClass::moderate)
        .example("{}", R"("see https://example.com/a?b=c, or www.example.org.")", R"("see , or .")")
        .example(R"({"repl": "<LINK>"})", R"("mail mailto:me@example.com or read example.com/ab")",
                 R"("mail <LINK> or read <LINK>")")
        .example(R"({"pattern": "(\\w+)@\\w+", "repl": "\\1 at home"})", R"("ann@host")", R"("ann at home")");
}

}  // namespace dj
