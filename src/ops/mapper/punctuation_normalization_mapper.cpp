// SPDX-License-Identifier: Apache-2.0
#include "dj/ops/op_spec.hpp"
#include "dj/text/byte_finder.hpp"
#include "dj/text/utf8.hpp"

namespace dj {
namespace {

/// What stands for a character in Data-Juicer's table; empty if it stays. That the full-width 1 is a quotation mark and
/// the dash brings spaces along is how the table is.
std::string_view replacement_of(char32_t point) {
    switch (point) {
        case U'，':
        case U'、': return ",";
        case U'。': return ".";
        case U'„':
        case U'”':
        case U'“':
        case U'«':
        case U'»':
        case U'１':
        case U'」':
        case U'「':
        case U'《':
        case U'》': return "\"";
        case U'´':
        case U'’': return "'";
        case U'∶':
        case U'：': return ":";
        case U'？': return "?";
        case U'！': return "!";
        case U'（': return "(";
        case U'）': return ")";
        case U'；': return ";";
        case U'–':
        case U'━':
        case U'►': return "-";
        case U'—': return " - ";
        case U'．': return ". ";
        case U'～': return "~";
        case U'…': return "...";
        case U'〈': return "<";
        case U'〉': return ">";
        case U'【': return "[";
        case U'】': return "]";
        case U'％': return "%";
        default: return {};
    }
}

/// Lead bytes of the characters above; text without them is copied in runs.
constexpr ByteFinder kSuspects("\xC2\xE2\xE3\xEF");

struct PunctuationNormalizationMapper {
    void map(const Sample& sample) const {
        const auto text = sample.text();
        std::string* out = nullptr;
        std::size_t copied = 0;
        for (std::size_t at = kSuspects.find(text, 0); at < text.size(); at = kSuspects.find(text, at)) {
            const auto begin = at;
            const auto replacement = replacement_of(next_code_point(text, at));
            if (replacement.empty()) continue;
            if (out == nullptr) out = &sample.rewrite_text();
            out->append(text, copied, begin - copied);
            *out += replacement;
            copied = at;
        }
        if (out != nullptr) out->append(text, copied);
    }
};

}  // namespace

OpSpec punctuation_normalization_mapper() {
    return Describe<PunctuationNormalizationMapper>(
               "punctuation_normalization_mapper",
               "Turns Unicode punctuation into its ASCII equivalent.\n\n"
               "34 characters, each by itself: `，、` become `,`; `。` becomes `.`; `„”“«»」「《》` become "
               "`\"`; `´’` become `'`; `∶：` become `:`; `？！（）；～％` become `?!();~%`; `–━►` become "
               "`-`; "
               "`〈〉【】` become `<>[]`; `…` becomes `...`. The dash `—` becomes ` - `, with spaces; `．` "
               "becomes `. `, with one; and the full-width digit `１` becomes `\"`, as in Data-Juicer.")
        .example("{}", R"("“你好”，世界！")", R"("\"你好\",世界!")")
        .example("{}", R"("yes—no… １．")", R"("yes - no... \". ")");
}

}  // namespace dj
