// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "dj/ops/op_spec.hpp"
#include "dj/text/html_text.hpp"

namespace dj {
namespace {

constexpr std::string_view kNoMemory = "there is not enough memory to parse the text as HTML";

/// What becomes of a tag before the text is parsed, one tag after the other; they are looked for as they are written here.
struct TagReplacement {
    std::string_view tag;
    std::string_view replacement;
};
constexpr TagReplacement kListTags[]{{"<li>", "\n*"}, {"</li>", ""}, {"<ol>", "\n*"}, {"</ol>", ""}};

/// Appends `text` to `out` with its tags replaced.
void replace_tag(const TagReplacement& tag, std::string_view text, std::string& out) {
    std::size_t copied = 0;
    for (auto at = text.find(tag.tag); at != text.npos; at = text.find(tag.tag, copied)) {
        out.append(text, copied, at - copied);
        out += tag.replacement;
        copied = at + tag.tag.size();
    }
    out.append(text, copied);
}

struct CleanHtmlMapper {
    struct Scratch {
        HtmlTextReader reader;
        std::string html;
        std::string replaced;
        std::string text;
    };

    void map(const Sample& sample, Scratch& scratch) const {
        std::string_view html = sample.text();
        for (const auto& tag : kListTags) {
            if (html.find(tag.tag) == html.npos) continue;
            scratch.replaced.clear();
            replace_tag(tag, html, scratch.replaced);
            scratch.html.swap(scratch.replaced);
            html = scratch.html;
        }
        scratch.text.clear();
        if (!scratch.reader.append_text(html, scratch.text)) {
            sample.fail(kNoMemory);
        } else if (scratch.text != sample.text()) {
            sample.rewrite_text().swap(scratch.text);
        }
    }
};

}  // namespace

OpSpec clean_html_mapper() {
    return Describe<CleanHtmlMapper>("clean_html_mapper",
                                     "Turns HTML into its text.\n\n"
                                     "The text is parsed as browsers parse it, and what stands between the "
                                     "tags stays, entities decoded, with "
                                     "nothing in place of the tags: no line breaks between paragraphs. The "
                                     "contents of scripts, styles "
                                     "and titles stay too; comments go. Before that, `<li>` and `<ol>`, "
                                     "written so, become a line break with a "
                                     "`*`. A text without markup may change as well: `&` and `<` have a "
                                     "meaning in HTML, and white space in front "
                                     "of the first word goes.")
        .cost(CostClass::dear)
        .example("{}", R"("<p>One &amp; two</p><ul><li>three</li></ul>")", R"("One & two\n*three")")
        .example("{}", R"("a < b<!-- no --> <b>c</b>")", R"("a < b c")");
}

}  // namespace dj
