// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "dj/ops/op_spec.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

std::size_t end_of_line(std::string_view text, std::size_t at) {
    return std::min(text.find('\n', at), text.size());
}

/// What stands from a `%` to the end of its line, and the one character in front of it, unless that is a backslash.
/// `out` is the text without them; false, and nothing, if there are none.
bool without_inline_comments(std::string_view text, std::string& out) {
    out.clear();
    std::size_t copied = 0;
    for (auto at = text.find('%'); at != text.npos; at = text.find('%', at)) {
        const bool something_follows = at + 1 < text.size() && text[at + 1] != '\n';
        if (at == copied || text[at - 1] == '\\' || !something_follows) {
            ++at;
            continue;
        }
        std::size_t begin = at;
        (void)previous_code_point(text, begin);
        out.append(text, copied, begin - copied);
        copied = at = end_of_line(text, at);
    }
    if (copied == 0) return false;
    out.append(text, copied);
    return true;
}

/// The same for lines that begin with a `%`, line breaks included.
bool without_comment_lines(std::string_view text, std::string& out) {
    out.clear();
    std::size_t copied = 0;
    for (auto at = text.find('%'); at != text.npos; at = text.find('%', at)) {
        if (at > 0 && text[at - 1] != '\n') {
            ++at;
            continue;
        }
        out.append(text, copied, at - copied);
        copied = at = std::min(end_of_line(text, at) + 1, text.size());
    }
    if (copied == 0) return false;
    out.append(text, copied);
    return true;
}

struct RemoveCommentsMapper {
    StringOrList doc_type = std::string("tex");
    bool inline_comments = true;
    bool multiline = true;

    struct Scratch {
        std::string without_inline;
        std::string without_lines;
    };

    void map(const Sample& sample, Scratch& scratch) const {
        auto text = sample.text();
        const bool some_inline = inline_comments && without_inline_comments(text, scratch.without_inline);
        if (some_inline) text = scratch.without_inline;
        if (multiline && without_comment_lines(text, scratch.without_lines)) {
            sample.rewrite_text().swap(scratch.without_lines);
        } else if (some_inline) {
            sample.rewrite_text().swap(scratch.without_inline);
        }
    }
};

}  // namespace

OpSpec remove_comments_mapper() {
    using T = RemoveCommentsMapper;
    return Describe<T>("remove_comments_mapper",
                       "Removes comments of LaTeX: what stands behind a `%` that no backslash precedes.\n\n"
                       "As in Data-Juicer, an inline comment takes the character in front of it along, also "
                       "if that is the "
                       "line break before a line that begins with `%`; a `%` at the end of its line stays.")
        .param(&T::doc_type, "doc_type", "Only `tex` is known: any value means it.", {.inert = true})
        .param(&T::inline_comments, "inline", "Whether comments behind other text go.")
        .param(&T::multiline, "multiline", "Whether lines that begin with `%` go, with their line breaks.")
        .example("{}", R"("% head\nText. % why\n50\\% of it")", R"("Text.\n50\\% of it")")
        .example(R"({"inline": false})", R"("a % b\n% c\nd")", R"("a % b\nd")");
}

}  // namespace dj
